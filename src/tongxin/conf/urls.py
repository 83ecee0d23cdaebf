"""Every address of the product. `tests/matrix` holds who may open each."""

from django.urls import include, path

urlpatterns = [
    path("", include("tongxin.portal.urls")),
    path("", include("tongxin.shell.urls")),
    path("figures/", include("tongxin.account.figures.urls")),
    path("desk/concerns/", include("tongxin.hear.concerns.urls")),
    path("desk/contact/", include("tongxin.hear.contact.urls")),
    path("desk/stations/", include("tongxin.hear.stations.urls.places")),
    path("desk/briefs/", include("tongxin.carry.briefs.urls")),
    path("desk/research/", include("tongxin.carry.research.urls")),
    path("desk/contact/check/", include("tongxin.hear.contact.check.urls")),
    path("desk/circle/", include("tongxin.account.circle.urls")),
    path("", include("tongxin.hear.stations.urls.duty")),
    path("manage/", include("tongxin.people.urls.manage")),
    path("accounts/", include("tongxin.people.urls.accounts")),
]

handler400 = "tongxin.shell.views.errors.bad_request"
handler403 = "tongxin.shell.views.errors.forbidden"
handler404 = "tongxin.shell.views.errors.not_found"
handler500 = "tongxin.shell.views.errors.server_error"
