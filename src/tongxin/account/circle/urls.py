from django.urls import path

from . import views

app_name = "circle"
urlpatterns = [
    path("", views.index, name="index"),
    path("print/", views.printed, name="print"),
]
