from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    name = "tongxin.kernel"
    label = "kernel"
    verbose_name = _("kernel")

    def ready(self) -> None:
        from . import options, tasks  # noqa: F401 - importing registers the recurring tasks
        from .deadlines import OWN_DAYS

        label = _("Make-up working days and days off of this place")
        hint = _("They go before the published calendar when working days are counted.")
        kinds = (("work", _("work")), ("off", _("day off")))
        options.declare_list(options.ListDefinition(OWN_DAYS, label, (), hint, of_days=True, meanings=kinds))
        post_migrate.connect(guard, sender=self)


def guard(using: str, **_signal: Any) -> None:
    """SQLite remakes a table that a migration alters and drops its triggers with it: put them back."""
    from . import textindex, triggers

    connection = connections[using]
    tables = connection.introspection.table_names()
    if {*triggers.TABLES, textindex.TABLE} <= set(tables):
        triggers.install(connection)
        textindex.attach(connection)
