"""The shell registers its own pages: the inbox and search."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class ShellConfig(AppConfig):
    name = "tongxin.shell"
    verbose_name = _("Frames and components")

    def ready(self) -> None:
        from tongxin.kernel import inbox, navigation
        from tongxin.people.policy import SIGNED_IN

        from . import middleware

        navigation.register(
            navigation.Entry("mine", _("To do"), "home", "inbox", SIGNED_IN, 10, tab=True, pending=inbox.pending),
            navigation.Entry("mine", _("Find"), "search", "search", SIGNED_IN, 30, tab=True),
        )
        user_logged_in.connect(middleware.take_own_language, dispatch_uid="shell.language")
