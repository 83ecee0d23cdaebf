from django.apps import AppConfig
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ConcernsConfig(AppConfig):
    name = "tongxin.hear.concerns"
    label = "concerns"
    verbose_name = _("concerns")

    def ready(self) -> None:
        from tongxin.kernel import demo as demos
        from tongxin.kernel import evidence, navigation, search, workflow
        from tongxin.kernel import home as panels

        from . import clocks, demo, figures, home, personal, policy, queries, tasks, texts  # noqa: F401 - importing registers the tasks
        from .models import Concern
        from .workflow import CONCERNS

        clocks.declare()
        workflow.register(CONCERNS)
        figures.declare()
        personal.declare()
        evidence.register(evidence.Ground(Concern, _("Concern"), ~Q(state="declined")))
        search.register(
            search.Searchable(
                model=Concern,
                label=_("Concern"),
                icon="message-2",
                rule=policy.read,
                # Who reads a hit may not know the person; what people write begins with their own names now and then.
                title=lambda concern: concern.named,
                body=lambda concern: texts.impersonal(concern, concern.text),
                reference=lambda concern: concern.number,
                on=lambda concern: timezone.localdate(concern.said_at),
                standings=queries.standings,
            )
        )
        navigation.register(
            navigation.Entry(
                "hear", _("Concerns"), "concerns:queue", "message-2", policy.DESK, 10, tab=True, pending=queries.pending
            )
        )
        for panel in home.PANELS:
            panels.register(panel)
        navigation.offline("concerns:new", policy.WRITE_DOWN)
        demos.register(demo.stories.build, order=1)  # what is said in the demo is said at its stations
