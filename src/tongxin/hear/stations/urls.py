"""Addresses of the room, under /desk/stations/."""

from django.urls import path

from . import views

app_name = "stations"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.read, name="read"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/door/", views.door_sign, name="door"),
    path("<int:pk>/poster/", views.poster, name="poster"),
    path("<int:pk>/qr.<slug:kind>", views.code, name="code"),
    path("<int:pk>/<slug:move>/", views.move, name="move"),
]
