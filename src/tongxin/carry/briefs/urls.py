"""Addresses of the room, under /desk/briefs/."""

from django.urls import path

from .views import desk, packages, papers, text

app_name = "briefs"
urlpatterns = [
    path("", desk.queue, name="queue"),
    path("list/", desk.listing, name="list"),
    path("filter/", desk.filters, name="filter"),
    path("mine/", desk.mine, name="mine"),
    path("take-in/", packages.take_in, name="take_in"),
    path("new/", text.new, name="new"),
    path("<int:pk>/", desk.read, name="read"),
    path("<int:pk>/package/<int:report>/", packages.download, name="package"),
    path("<int:pk>/as-sent/", packages.as_sent, name="as_sent"),
    path("<int:pk>/similar/", desk.similar, name="similar"),
    path("<int:pk>/text/", text.text, name="text"),
    path("<int:pk>/versions/", text.versions, name="versions"),
    path("<int:pk>/versions/<int:number>/file/", text.version_file, name="version_file"),
    path("<int:pk>/evidence/<int:adoption>/", desk.evidence, name="evidence"),
    path("<int:pk>/awards/<int:award>/file/", desk.award_file, name="award_file"),
    path("<int:pk>/instructions/<int:instruction>/", desk.unseal, name="unseal"),
    path("<int:pk>/<slug:move>/", desk.move, name="move"),
    path("<int:pk>/papers/<slug:paper>/", papers.paper, name="paper"),
    path("<int:pk>/papers/<slug:paper>/word/", papers.word, name="paper_word"),
    path("new/alike/", text.alike, name="alike"),
]
