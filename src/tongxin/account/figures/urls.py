"""Addresses below /figures/. Assembly, year and division stand in the query."""

from django.urls import path

from . import views

app_name = "figures"
urlpatterns = [
    path("", views.index, name="index"),
    path("definitions/", views.definitions, name="definitions"),
    path("sheet.xlsx", views.sheet, name="sheet"),
    path("<slug:code>/", views.records, name="records"),
    path("<slug:code>/records.csv", views.csv, name="csv"),
    path("<slug:code>/records.xlsx", views.xlsx, name="xlsx"),
]
