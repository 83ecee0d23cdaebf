"""The year in figures: shows, lists and exports what the rooms register with the kernel."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FiguresConfig(AppConfig):
    name = "tongxin.account.figures"
    label = "figures"
    verbose_name = _("figures")

    def ready(self) -> None:
        from tongxin.kernel import home as panels
        from tongxin.kernel import navigation
        from tongxin.people.policy import SIGNED_IN

        from . import home

        panels.register(home.PANEL)
        navigation.register(
            navigation.Entry("account", _("Figures"), "figures:index", "list-numbers", SIGNED_IN, 10, tab=True)
        )
