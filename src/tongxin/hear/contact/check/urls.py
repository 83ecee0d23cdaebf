"""Addresses of the 1158 check, under /desk/contact/check/."""

from django.urls import path

from . import views

app_name = "check"
urlpatterns = [
    path("", views.index, name="index"),
    path("1158.xlsx", views.xlsx, name="xlsx"),
    path("records/", views.records, name="records"),
    path("records.xlsx", views.records_xlsx, name="records_xlsx"),
    path("remind/", views.remind, name="remind"),
]
