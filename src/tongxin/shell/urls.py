"""Addresses of the shell. Short names without a namespace: frames everywhere link to them."""

from django.conf import settings
from django.urls import path

from .views import offline, pages

urlpatterns = [
    path("desk/", pages.home, name="home"),
    path("desk/read/", pages.read, name="read"),
    path("desk/search/", pages.search, name="search"),
    path("desk/waiting/", offline.waiting, name="waiting"),
    path("desk/outbox/", offline.outbox, name="outbox"),
    path("offline/", offline.offline, name="offline"),
    path("sw.js", offline.worker, name="worker"),
    path("app.webmanifest", offline.manifest, name="manifest"),
    path("papers.css", pages.paper_style, name="paper_style"),
    path("healthz", pages.healthz, name="healthz"),
    path("language/", pages.language, name="language"),
    path("large/", pages.large, name="large"),
    path("favicon.ico", pages.favicon, name="favicon"),
]
if settings.DEBUG:
    urlpatterns += [
        path("desk/style/", pages.style, name="style"),
        path("desk/style/<slug:name>/", pages.style),
    ]
