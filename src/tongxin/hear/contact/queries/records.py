"""Contact records: the list, one of them, whom it met and what was raised there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from tongxin.hear.concerns import policy as concern_policy
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import search
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.text import whole_number

from .. import policy
from ..models import ConstituentLink, ContactConcern, ContactFile, ContactPerson, ContactRecord, ContactTask
from .paging import Slice, page_number

NAMED_WITHIN = 7  # days in which a record that made itself asks whom the member met


@dataclass(frozen=True)
class Wanted:
    """What the address of the list of records asks for."""

    q: str = ""
    sector: str = ""
    member: str = ""
    led: str = ""  # the sector that a leader's contact was for
    channel: str = ""
    task: str = ""
    source: str = ""
    since: date | None = None
    until: date | None = None
    void: bool = False
    raised: bool = False
    page: int = 1

    @classmethod
    def read(cls, get: Mapping[str, str]) -> Wanted:
        ids = {name: v for name in ("sector", "member", "led") if whole_number(v := get.get(name, ""))}
        source = get.get("source", "") if get.get("source") in ContactRecord.Source.values else ""
        return cls(
            q=get.get("q", "").strip()[: search.LONGEST_QUERY],
            channel=get.get("channel", "")[:40],
            task=get.get("task", "")[:40],
            source=source,
            since=_day(get.get("since", "")),
            until=_day(get.get("until", "")),
            void=get.get("void") == "1",
            raised=get.get("raised") == "1",
            page=page_number(get),
            **ids,
        )

    @property
    def wordless(self) -> bool:
        return search.wordless(self.q)

    @property
    def backwards(self) -> bool:
        """Whether the first day lies after the last."""
        return bool(self.since and self.until and self.since > self.until)

    @property
    def narrowed(self) -> bool:
        return any(value for name, value in self.__dict__.items() if name != "page")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def readable(actor: Actor) -> QuerySet[ContactRecord]:
    """The records the actor may see, with their member."""
    rows = policy.read_record.filter(actor, ContactRecord.objects.all())
    return rows.select_related("member__person", "member__sector")


def listing(actor: Actor, wanted: Wanted) -> Slice:
    """The records that fit, the newest first; each with `n_people` and `n_raised`."""
    if wanted.backwards:
        return Slice([], 1, False)
    rows = readable(actor).filter(state="voided" if wanted.void else "recorded")
    for name in ("channel", "source"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.member:
        rows = rows.filter(member_id=int(wanted.member))
    if wanted.sector:
        rows = rows.filter(member__sector_id=int(wanted.sector))
    if wanted.led:
        rows = rows.filter(sector_id=int(wanted.led))
    if wanted.task:
        rows = rows.filter(Exists(ContactTask.objects.filter(record=OuterRef("pk"), task=wanted.task)))
    if wanted.since:
        rows = rows.filter(on__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(on__lte=wanted.until)
    if wanted.raised:
        rows = rows.filter(Exists(ContactConcern.objects.filter(record=OuterRef("pk"))))
    if wanted.q:
        rows = search.matching(rows, wanted.q)
    people = Prefetch("people", queryset=_people(actor), to_attr="with_whom")
    return Slice.of(rows.prefetch_related(people, "raised").order_by("-on", "-id"), wanted.page)


def _people(actor: Actor) -> QuerySet[ContactPerson]:
    """Whom records met, each with `mine`: whether the actor keeps contact with the person."""
    own = ConstituentLink.objects.filter(member_id__in=policy.seats(actor), to_on=None)
    linked = Exists(own.filter(constituent=OuterRef("constituent")))
    return ContactPerson.objects.select_related("constituent__sector").annotate(mine=linked).order_by("id")


def get(actor: Actor, pk: int) -> ContactRecord:
    """A record the actor may see. Raises `NotAllowed` for all others."""
    found = readable(actor).select_related("assembly", "created_by").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read_record.reason)
    return found


def met(actor: Actor, contact: ContactRecord) -> list[ContactPerson]:
    return list(_people(actor).filter(record=contact))


def raised(actor: Actor, contact: ContactRecord) -> list[tuple[Concern, bool]]:
    """What was raised there, each with whether the actor may open it; one query."""
    found = Concern.objects.filter(raised_at__record=contact).order_by("id")
    if not concern_policy.DESK(actor):
        return [(concern, False) for concern in found]
    return [(concern, concern_policy.read.allows(actor, concern)) for concern in found]


def unnamed(actor: Actor, today: date) -> list[ContactRecord]:
    """The actor's own records of the last days that made themselves and name none of his or her people; one query."""
    since = today - timedelta(days=NAMED_WITHIN)
    rows = ContactRecord.objects.filter(member_id__in=policy.seats(actor), state="recorded", on__range=(since, today))
    linked = Exists(ConstituentLink.objects.filter(member=OuterRef("member"), to_on=None))
    made = rows.exclude(source=ContactRecord.Source.OWN).filter(linked, people=None)
    return list(made.order_by("-on", "-id")[:3])


def file_of(contact: ContactRecord, pk: int) -> ContactFile:
    found = contact.files.select_related("file").filter(pk=pk).first()
    if found is None:
        raise NotAllowed(policy.read_record.reason)
    return found


def by_token(token: str) -> ContactRecord | None:
    """The record that was made of the form with this token."""
    return ContactRecord.objects.filter(token=token).select_related("member__person").first() if token else None
