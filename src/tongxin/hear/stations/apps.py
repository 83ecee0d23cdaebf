from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StationsConfig(AppConfig):
    name = "tongxin.hear.stations"
    label = "stations"
    verbose_name = _("stations")

    def ready(self) -> None:
        from tongxin.kernel import demo as demos
        from tongxin.kernel import figures as registry
        from tongxin.kernel import home, navigation, search, workflow

        from . import demo, events, figures, lists, personal, policy, queries, tasks  # noqa: F401 - tasks register
        from .models import Appointment, DutyTurn, Rota, Station
        from .workflow.appointments import APPOINTMENTS
        from .workflow.duty import TURNS
        from .workflow.places import STATIONS
        from .workflow.rota import ROTAS

        lists.declare()
        events.declare()
        personal.declare()
        for flow in (STATIONS, TURNS, ROTAS, APPOINTMENTS):
            workflow.register(flow)
        registry.register(*figures.places.FIGURES, *figures.duty.FIGURES)
        search.register(
            search.Searchable(
                model=Station,
                label=_("Stations"),
                icon="map-pin",
                rule=policy.read,
                title=lambda station: station.name,
                body=lambda station: " ".join(filter(None, (station.whereabouts, station.host_unit))),
                reference=lambda station: station.code,
                more=lambda station: station.name_en,
            )
        )
        search.show(DutyTurn, policy.read, TURNS.described_by)
        search.show(Appointment, policy.answer, APPOINTMENTS.described_by)
        search.show(Rota, policy.read, ROTAS.described_by)
        navigation.register(navigation.Entry("hear", _("Stations"), "stations:list", "map-pin", policy.DESK, 20))
        navigation.register(
            navigation.Entry("hear", _("Duty rota"), "duty:calendar", "calendar-user", policy.DESK, 21),
            navigation.Entry("mine", _("My duty"), "duty:mine", "calendar-check", policy.MEMBERS, 20, tab=True),
        )
        panel = home.Panel("stations/duty/next.html", policy.MEMBERS, queries.duty.next_turn, 5, ("stations/duty.css",))
        home.register(panel)
        demos.register(demo.places.build)
        demos.register(demo.duty.build, order=20)
