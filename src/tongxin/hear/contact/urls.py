"""Addresses of the room, under /desk/contact/."""

from django.urls import path

from .views import areas, dealing, merging, people, records

app_name = "contact"
urlpatterns = [
    path("", people.mine, name="mine"),
    path("record/", records.record, name="record_new"),
    path("record/<int:pk>/", records.record, name="record_with"),
    path("records/", records.listing, name="records"),
    path("records/<int:pk>/", records.read, name="record"),
    path("records/<int:pk>/files/<int:file>/", records.file, name="file"),
    path("records/<int:pk>/<slug:move>/", records.move, name="record_move"),
    path("people/", people.register, name="people"),
    path("people/new/", people.enrol, name="enrol"),
    path("people/<int:pk>/", people.constituent, name="constituent"),
    path("people/<int:pk>/reveal/", people.reveal, name="reveal"),
    path("people/<int:pk>/join/", people.join, name="join"),
    path("people/<int:pk>/merge/", merging.find, name="merge_find"),
    path("people/<int:pk>/merge/<int:other>/", merging.merge, name="merge"),
    path("people/<int:pk>/<slug:move>/", people.move, name="move"),
    path("areas/", areas.listing, name="areas"),
    path("areas/new/", areas.new, name="area_new"),
    path("areas/<int:pk>/", areas.read, name="area"),
    path("areas/<int:pk>/edit/", areas.edit, name="area_edit"),
    path("areas/<int:pk>/assign/", areas.assign, name="area_assign"),
    path("areas/<int:pk>/end/<int:held>/", areas.end, name="area_end"),
    path("plans/", areas.plans, name="plans"),
    path("plans/<int:pk>/", areas.plan, name="plan"),
    path("leaders/", areas.leaders, name="leaders"),
    path("transfer/", dealing.transfer, name="transfer"),
    path("reassign/", dealing.reassign, name="reassign"),
]
