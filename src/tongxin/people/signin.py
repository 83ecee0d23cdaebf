"""Signing in by name or by telephone, on top of django-allauth: no sign-up, no e-mail, a first password."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.internal.ratelimit import get_rates
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tongxin.kernel.throttle import client_address

from . import accounts, phones, queries
from .models import User

#: Routes that somebody with a first password may still use.
BEFORE_CHANGE = {"account_change_password", "account_logout", "account_reauthenticate", "language", "large"}


def find_user(login: str) -> User | None:
    """The account meant by a sign-in name or a telephone number, however it is written; None when there is none."""
    login = login.strip()
    found = User.objects.filter(username__iexact=login).first() if login else None
    if found or not (number := phones.normalised(login)):
        return found
    return User.objects.filter(phone_index=phones.index_of(number)).first()


class NameOrPhoneBackend(AuthenticationBackend):
    """Checks a password for a name or a telephone; an unknown one costs as much time as a wrong password."""

    def get_user(self, user_id: int) -> User | None:
        """Whoever is signed in, their roles with them: every page of theirs asks for both."""
        user = queries.user_with_roles(user_id)
        return user if user and self.user_can_authenticate(user) else None

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> Any:
        user = find_user(credentials.get("username") or "")
        return self._check_password(user, credentials["password"])


class AccountAdapter(DefaultAccountAdapter):
    """What differs from allauth's ways: accounts are made by the administrator only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy(
            "Name or telephone and password do not belong together. Please check both."
        ),
        "incorrect_password": gettext_lazy("This is not your present password."),
        "enter_current_password": gettext_lazy("Please type your present password."),
    }

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Whoever is locked out is told how long to wait."""
        if code == "too_many_login_attempts":
            minutes = lockout_minutes()
            return ValidationError(
                ngettext(
                    "Too many wrong attempts. Please wait %(n)d minute, or ask your administrator for a new password.",
                    "Too many wrong attempts. Please wait %(n)d minutes, or ask your administrator for a new password.",
                    minutes,
                )
                % {"n": minutes},
                code=code,
            )
        return super().validation_error(code, *args)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: Any, password: str) -> None:
        """The owner chose a password: the first one has done its service."""
        user.must_change_password = False
        super().set_password(user, password)
        journal_own(self.request, user, "password_changed")

    def clean_password(self, password: str, user: Any = None) -> str:
        if user is not None and user.pk and user.must_change_password and user.check_password(password):
            raise ValidationError(_("Please choose a password other than the one you were given."))
        return super().clean_password(password, user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request).split("/")[0] or "0.0.0.0"  # noqa: S104 - a name for “unknown”, nothing listens

    def forget_failures(self, request: HttpRequest, user: User) -> None:
        """A new password ends the lockout."""
        self._delete_login_attempts_cached_email(request, username=user.username)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for an account, whether tried by name or by telephone and whatever host the browser claims."""
        login = str(credentials.get("username") or "")
        user = find_user(login)
        return f"user:{user.pk}" if user else f"name:{login.strip().casefold()}"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The pages say what happened; “signed in as …” would only stand in the way."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No account depends on e-mail."""


def journal_own(request: HttpRequest | None, user: User, verb: str) -> None:
    """Journal what somebody changed of their own account, in the assembly where they work."""
    actor = getattr(request, "actor", None)
    if actor is not None and actor.assembly_id:
        accounts.record(user, verb, actor)


@receiver(authenticator_added)
def second_step_on(request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        journal_own(request, user, "second_step_on")


@receiver(authenticator_removed)
def second_step_off(request: HttpRequest, user: User, authenticator: Authenticator, **_signal: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        journal_own(request, user, "second_step_off")


def lockout_minutes() -> int:
    """For how long wrong passwords are counted, at most."""
    rates = get_rates(app="allauth.account", action="login_failed")
    return max(1, round(max((rate.duration for rate in rates if rate.per == "key"), default=60) / 60))
