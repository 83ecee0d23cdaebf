"""Addresses of the room, under /desk/briefs/."""

from django.urls import path

from . import views, views_packages, views_papers, views_text

app_name = "briefs"
urlpatterns = [
    path("", views.queue, name="queue"),
    path("list/", views.listing, name="list"),
    path("filter/", views.filters, name="filter"),
    path("mine/", views.mine, name="mine"),
    path("take-in/", views_packages.take_in, name="take_in"),
    path("new/", views_text.new, name="new"),
    path("<int:pk>/", views.read, name="read"),
    path("<int:pk>/package/<int:report>/", views_packages.download, name="package"),
    path("<int:pk>/as-sent/", views_packages.as_sent, name="as_sent"),
    path("<int:pk>/similar/", views.similar, name="similar"),
    path("<int:pk>/text/", views_text.text, name="text"),
    path("<int:pk>/versions/", views_text.versions, name="versions"),
    path("<int:pk>/evidence/<int:adoption>/", views.evidence, name="evidence"),
    path("<int:pk>/instructions/<int:instruction>/", views.unseal, name="unseal"),
    path("<int:pk>/<slug:move>/", views.move, name="move"),
    path("<int:pk>/papers/<slug:paper>/", views_papers.paper, name="paper"),
    path("<int:pk>/papers/<slug:paper>/word/", views_papers.word, name="paper_word"),
    path("new/alike/", views_text.alike, name="alike"),
]
