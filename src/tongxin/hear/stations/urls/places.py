"""Addresses of the room, under /desk/stations/."""

from django.urls import path

from ..views import places

app_name = "stations"
urlpatterns = [
    path("", places.listing, name="list"),
    path("new/", places.new, name="new"),
    path("<int:pk>/", places.read, name="read"),
    path("<int:pk>/edit/", places.edit, name="edit"),
    path("<int:pk>/door/", places.door_sign, name="door"),
    path("<int:pk>/poster/", places.poster, name="poster"),
    path("<int:pk>/qr.<slug:kind>", places.code, name="code"),
    path("<int:pk>/<slug:move>/", places.move, name="move"),
]
