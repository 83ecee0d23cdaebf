"""Addresses of the room, under /desk/research/."""

from django.urls import path

from . import views, views_honours

app_name = "research"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("awards/", views_honours.awards, name="awards"),
    path("awards/<int:pk>/", views_honours.award, name="award"),
    path("awards/<int:pk>/edit/", views_honours.award_edit, name="award_edit"),
    path("awards/<int:pk>/file/", views_honours.award_file, name="award_file"),
    path("honours/", views_honours.honours, name="honours"),
    path("honours/new/", views_honours.honour_new, name="honour_new"),
    path("honours/<int:pk>/", views_honours.honour, name="honour"),
    path("honours/<int:pk>/edit/", views_honours.honour_edit, name="honour_edit"),
    path("<int:pk>/", views.read, name="read"),
    path("<int:pk>/text/", views.text, name="text"),
    path("<int:pk>/file/", views.file, name="file"),
    path("<int:pk>/instructions/<int:instruction>/", views.unseal, name="unseal"),
    path("<int:pk>/<slug:move>/", views.move, name="move"),
]
