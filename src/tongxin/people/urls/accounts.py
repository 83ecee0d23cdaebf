"""What of allauth is used, under /accounts/: no sign-up, no e-mail, no password by e-mail."""

from allauth.account import views as account
from django.urls import include, path

from ..views import accounts

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", accounts.forgotten, name="account_reset_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", accounts.sessions, name="usersessions_list"),
    path("sessions/<int:pk>/end/", accounts.end_session, name="end_session"),
]
