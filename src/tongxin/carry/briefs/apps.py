from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BriefsConfig(AppConfig):
    name = "tongxin.carry.briefs"
    label = "briefs"
    verbose_name = _("briefs")

    def ready(self) -> None:
        from tongxin.kernel import demo, journal, navigation, search, workflow

        from . import clocks, conversion, documents, evidence, figures, personal, policy, queries, tasks  # noqa: F401 - registers the tasks
        from . import demo as own_demo
        from .models import Brief, issue_sought
        from .workflow import BRIEFS

        clocks.declare()
        documents.declare()
        evidence.declare()
        workflow.register(BRIEFS)
        conversion.declare()
        figures.declare()
        personal.declare()
        journal.say(Brief, "unsealed", _("The instruction was read"))
        journal.say(Brief, "taken_in", _("Taken in from the package {number} of {unit}"))
        journal.say(Brief, "revealed", _("The authors' telephone numbers were taken with the sheet"))
        journal.say(Brief, "file_opened", _("The Word file of version {version} was opened"))
        journal.say(Brief, "file_erased", _("The Word file of version {version} was erased: its time was over"))
        search.register(
            search.Searchable(
                model=Brief,
                label=_("Brief"),
                icon="file-text",
                rule=policy.read,
                title=lambda brief: brief.title,
                body=lambda brief: "\n".join(list(brief.texts.values())[1:]),
                reference=lambda brief: brief.number,
                more=issue_sought,
                on=lambda brief: timezone.localdate(brief.issued_at or brief.created_at),
                standings=queries.standings,
            )
        )
        navigation.register(
            navigation.Entry(
                "carry", _("Briefs"), "briefs:queue", "file-text", policy.DESK, 10, tab=True, pending=queries.pending
            )
        )
        demo.register(own_demo.build, order=3)  # briefs carry what was said, so they come after it
