"""The addresses that need no account. Posters and receipts carry /s/<code> and /r/<receipt>: they never change."""

from django.urls import path

from . import meeting, speaking, tracking, views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("stations/", views.stations, name="stations"),
    path("guide/", views.guide, name="guide"),
    path("robots.txt", views.robots, name="robots"),
    path("say/", speaking.say, name="say"),
    path("s/<str:code>", speaking.speak, name="speak"),
    path("s/<str:code>/meet", meeting.meet, name="meet"),
    path("r/", tracking.find, name="find"),
    path("r/<str:receipt>", tracking.track, name="track"),
    path("r/<str:receipt>/rate", tracking.rate, name="rate"),
    path("r/<str:receipt>/withdraw", meeting.withdraw, name="withdraw"),
    path("r/<str:receipt>/erase", tracking.erase, name="erase"),
    path("r/<str:receipt>/files/<int:pk>", tracking.file, name="file"),
]
