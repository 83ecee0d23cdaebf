"""What the 1158 check contributes to the house: its page, its figures, how a reminder reads."""

from __future__ import annotations

from tongxin.kernel import figures as registry
from tongxin.kernel import navigation, search


def register() -> None:
    """Called once when the app starts."""
    from django.utils.translation import gettext_lazy as _

    from ..models import Reminder
    from . import figures, policy, reminding

    registry.register(*figures.FIGURES)
    reminding.register()
    search.show(Reminder, policy.read_reminder)
    navigation.register(navigation.Entry("account", _("1158 check"), "check:index", "checklist", policy.CHECK, 6))
