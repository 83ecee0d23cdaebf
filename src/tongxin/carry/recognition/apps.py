from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecognitionConfig(AppConfig):
    name = "tongxin.carry.recognition"
    label = "recognition"
    verbose_name = _("recognition")

    def ready(self) -> None:
        from . import lists

        lists.declare()
