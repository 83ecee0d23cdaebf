"""The concentric circle 同心圆: one picture of who keeps contact with whom, and how fresh it is."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CircleConfig(AppConfig):
    name = "tongxin.account.circle"
    label = "circle"
    verbose_name = _("circle")

    def ready(self) -> None:
        from tongxin.hear.contact.check.policy import CIRCLE
        from tongxin.kernel import navigation

        navigation.register(
            navigation.Entry("account", _("Concentric circle"), "circle:index", "chart-donut-3", CIRCLE, 5)
        )
