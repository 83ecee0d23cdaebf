from django.apps import AppConfig
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ResearchConfig(AppConfig):
    name = "tongxin.carry.research"
    label = "research"
    verbose_name = _("research")

    def ready(self) -> None:
        from tongxin.kernel import demo, evidence, journal, navigation, search, workflow

        from . import demo as own_demo
        from . import figures, lists, policy, queries, tasks  # noqa: F401 - registers the task
        from .models import ResearchReport
        from .workflow import RESEARCH

        lists.declare()
        workflow.register(RESEARCH)
        figures.declare()
        journal.say(ResearchReport, "unsealed", _("The instruction was read"))
        evidence.register(
            evidence.Ground(ResearchReport, _("Research report"), Q(finalized_at__isnull=False) & ~Q(state="withdrawn"))
        )
        search.register(
            search.Searchable(
                model=ResearchReport,
                label=_("Research report"),
                icon="report-search",
                rule=policy.read,
                title=lambda report: report.title,
                body=lambda report: report.text,
                reference=lambda report: report.number,
                on=lambda report: timezone.localdate(report.created_at),
            )
        )
        navigation.register(
            navigation.Entry(
                "carry", _("Research"), "research:list", "report-search", policy.PAPERS, 20, pending=queries.pending
            )
        )
        demo.register(own_demo.build, order=4)
