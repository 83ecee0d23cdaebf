from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactConfig(AppConfig):
    name = "tongxin.hear.contact"
    label = "contact"
    verbose_name = _("contact")

    def ready(self) -> None:
        from tongxin.kernel import workflow

        from . import check_setup, events, lists, personal
        from .workflow import CONSTITUENTS, CONTACTS

        lists.declare()
        workflow.register(CONSTITUENTS)
        workflow.register(CONTACTS)
        personal.declare()
        events.declare()
        check_setup.register()
