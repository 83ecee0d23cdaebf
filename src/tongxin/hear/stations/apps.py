from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StationsConfig(AppConfig):
    name = "tongxin.hear.stations"
    label = "stations"
    verbose_name = _("stations")

    def ready(self) -> None:
        from tongxin.kernel import demo as demos
        from tongxin.kernel import figures as registry
        from tongxin.kernel import navigation, search, workflow

        from . import demo, figures, lists, policy
        from .models import Station
        from .workflow import STATIONS

        lists.declare()
        workflow.register(STATIONS)
        registry.register(*figures.FIGURES)
        search.register(
            search.Searchable(
                model=Station,
                label=_("Stations"),
                icon="map-pin",
                rule=policy.read,
                text=lambda s: f"{s.code} {s.name} {s.name_en} {s.street} {s.address} {s.host_unit}",
                title="title",
                body="address",
                line=lambda s: f"{s.code} · {STATIONS.described_by(s)}".removesuffix(" · "),
                related=("county", "sector"),
            )
        )
        navigation.register(navigation.Entry("hear", _("Stations"), "stations:list", "map-pin", policy.DESK, 20))
        demos.register(demo.build)
