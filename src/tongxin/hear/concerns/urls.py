"""Addresses of the room, under /desk/concerns/."""

from django.urls import path

from . import views, views_import

app_name = "concerns"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("list/", views.listing, name="list"),
    path("filter/", views.filters, name="filter"),
    path("new/", views.write_down, name="new"),
    path("batch/", views.batch, name="batch"),
    path("import/", views_import.import_file, name="import"),
    path("<int:pk>/", views.read, name="read"),
    path("<int:pk>/similar/", views.similar, name="similar"),
    path("<int:pk>/reveal/", views.reveal, name="reveal"),
    path("<int:pk>/files/<int:file>/", views.file, name="file"),
    path("<int:pk>/<slug:move>/", views.move, name="move"),
]
