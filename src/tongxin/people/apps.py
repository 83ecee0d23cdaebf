from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "tongxin.people"
    label = "people"
    verbose_name = _("people")

    def ready(self) -> None:
        from tongxin.kernel import demo as demos
        from tongxin.kernel import figures as registry
        from tongxin.kernel import journal, navigation, search, workflow
        from tongxin.kernel.navigation import Entry

        from . import accounts, demo, figures, personal, policy, receiving, tasks  # noqa: F401 - importing registers the tasks
        from .models import Member, Person, Sector
        from .workflow import MEMBER

        workflow.register(MEMBER)
        registry.register(*figures.FIGURES)
        journal.OTHER_VERBS.update(accounts.VERBS)
        personal.register()
        receiving.declare()
        search.register(
            search.Searchable(
                model=Member,
                label=_("Members"),
                icon="user",
                rule=policy.read_directory,
                title=lambda member: member.person.name,
                body=lambda member: member.post,
                more=lambda member: f"{member.sector.name} {member.sector.name_en}",
                related=("person", "sector"),
                follows=((Person, "person", frozenset({"name"})), (Sector, "sector", frozenset({"name", "name_en"}))),
            )
        )
        navigation.register(
            Entry("manage", _("Members"), "people:members", "users", policy.DIRECTORY_READERS, 10),
            Entry("manage", _("Structure"), "people:institutions", "sitemap", policy.MANAGERS, 20),
            Entry("manage", _("Accounts"), "people:accounts", "user-cog", policy.ADMINISTRATORS, 30),
            Entry("manage", _("Lists and numbers"), "people:options", "adjustments", policy.MANAGERS, 40),
        )
        demos.register(demo.build)
