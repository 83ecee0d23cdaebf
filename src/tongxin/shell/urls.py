"""Addresses of the shell. Short names without a namespace: frames everywhere link to them."""

from django.conf import settings
from django.urls import path

from . import views, views_offline

urlpatterns = [
    path("desk/", views.home, name="home"),
    path("desk/read/", views.read, name="read"),
    path("desk/search/", views.search, name="search"),
    path("desk/waiting/", views_offline.waiting, name="waiting"),
    path("desk/outbox/", views_offline.outbox, name="outbox"),
    path("offline/", views_offline.offline, name="offline"),
    path("sw.js", views_offline.worker, name="worker"),
    path("app.webmanifest", views_offline.manifest, name="manifest"),
    path("papers.css", views.paper_style, name="paper_style"),
    path("healthz", views.healthz, name="healthz"),
    path("language/", views.language, name="language"),
    path("large/", views.large, name="large"),
    path("favicon.ico", views.favicon, name="favicon"),
]
if settings.DEBUG:
    urlpatterns += [path("desk/style/", views.style, name="style"), path("desk/style/<slug:name>/", views.style)]
