"""Addresses of the room, under /desk/concerns/."""

from django.urls import path

from .views import desk, importing

app_name = "concerns"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("list/", desk.listing, name="list"),
    path("filter/", desk.filters, name="filter"),
    path("new/", desk.write_down, name="new"),
    path("batch/", desk.batch, name="batch"),
    path("import/", importing.import_file, name="import"),
    path("<int:pk>/", desk.read, name="read"),
    path("<int:pk>/similar/", desk.similar, name="similar"),
    path("<int:pk>/reveal/", desk.reveal, name="reveal"),
    path("<int:pk>/files/<int:file>/", desk.file, name="file"),
    path("<int:pk>/<slug:move>/", desk.move, name="move"),
]
