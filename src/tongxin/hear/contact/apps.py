from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContactConfig(AppConfig):
    name = "tongxin.hear.contact"
    label = "contact"
    verbose_name = _("contact")

    def ready(self) -> None:
        from tongxin.kernel import demo as demos
        from tongxin.kernel import evidence, home, navigation, search, workflow
        from tongxin.people import places
        from tongxin.people.models import Person, Sector

        from . import demo, events, lists, personal, policy, queries
        from .check import measuring, setup
        from .models import Constituent, ContactRecord, ResponsibilityArea
        from .workflow import CONSTITUENTS, CONTACTS

        places.know(measuring.county_of_area)
        lists.declare()
        workflow.register(CONSTITUENTS)
        workflow.register(CONTACTS)
        personal.declare()
        events.declare()
        search.show(Constituent, policy.read, CONSTITUENTS.described_by)
        evidence.register(evidence.Ground(ContactRecord, _("Contact record"), Q(state="recorded")))
        search.register(
            search.Searchable(
                model=ResponsibilityArea,
                label=_("Responsibility area"),
                icon="map-2",
                rule=policy.read_area,
                title=lambda area: area.name,
                more=lambda area: f"{area.sector.name} {area.sector.name_en}",
                related=("sector",),
                follows=((Sector, "sector", frozenset({"name", "name_en"})),),
            )
        )
        search.register(
            search.Searchable(
                model=ContactRecord,
                label=_("Contact record"),
                icon="notebook",
                rule=policy.read_record,
                title=lambda contact: contact.summary or contact.place,
                body=lambda contact: "\n".join(filter(None, (contact.summary, contact.policy_told, contact.place))),
                reference=lambda contact: contact.member.person.name,
                on=lambda contact: contact.on,
                related=("member__person",),
                follows=((Person, "member__person", frozenset({"name"})),),
            )
        )
        demos.register(demo.contacts.build, order=2)  # after what is said at the stations
        home.register(home.Panel("contact/home.html", policy.MINE, queries.near.panel, 10, ("contact/contact.css",)))
        navigation.offline("contact:mine", policy.MINE)
        navigation.register(
            navigation.Entry(
                "mine",
                pgettext_lazy("a member's", "My people"),
                "contact:mine",
                "user-heart",
                policy.MINE,
                12,
                tab=True,
            ),
            navigation.Entry(
                "hear",
                _("Contact"),
                "contact:people",
                "users-group",
                policy.OVERSIGHT,
                15,
                pending=queries.people.pending,
            ),
        )
        setup.register()
