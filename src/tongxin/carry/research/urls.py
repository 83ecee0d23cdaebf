"""Addresses of the room, under /desk/research/."""

from django.urls import path

from .views import honours, reports

app_name = "research"
urlpatterns = [
    path("", reports.listing, name="list"),
    path("new/", reports.new, name="new"),
    path("awards/", honours.awards, name="awards"),
    path("awards/<int:pk>/", honours.award, name="award"),
    path("awards/<int:pk>/edit/", honours.award_edit, name="award_edit"),
    path("awards/<int:pk>/file/", honours.award_file, name="award_file"),
    path("honours/", honours.honours, name="honours"),
    path("honours/new/", honours.honour_new, name="honour_new"),
    path("honours/<int:pk>/", honours.honour, name="honour"),
    path("honours/<int:pk>/edit/", honours.honour_edit, name="honour_edit"),
    path("<int:pk>/", reports.read, name="read"),
    path("<int:pk>/text/", reports.text, name="text"),
    path("<int:pk>/file/", reports.file, name="file"),
    path("<int:pk>/instructions/<int:instruction>/", reports.unseal, name="unseal"),
    path("<int:pk>/<slug:move>/", reports.move, name="move"),
]
