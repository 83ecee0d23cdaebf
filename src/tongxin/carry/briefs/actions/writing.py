"""What changes while a text is written: its words and versions, the names under it, the concerns behind it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from tongxin.insight import telephones
from tongxin.kernel import door, files
from tongxin.kernel.actor import Actor
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import Member

from .. import checklist
from ..models import OF_SHEET, TEXTS, Brief, BriefAuthor, BriefConcern, BriefVersion
from .steps import Facts


def draft(
    *, by: Actor, now: datetime, assembly: Any, sector: Any = None, concerns: Any = (), from_people: bool = False,
    authors: Any = (), origin: str = "", unit: str = "", token: str = "", **told: Any,
) -> Brief:  # fmt: skip
    """A new text. Sector, committee and unit are those of the writer's seat when no others are named; staff may enter
    what a member brought on paper, and it is that member's."""
    seat = seat_of(by) or next(iter(authors), None)
    sector = sector or next((each.sector for each in concerns if each.sector_id), None) or (seat and seat.sector)
    brief = Brief(
        assembly=assembly,
        origin=origin or origin_of(by, seat),
        unit=unit or (seat.post if seat else ""),
        sector=sector,
        committee=people.committee_of(sector, timezone.localdate(now)),
        from_people=from_people or bool(concerns),
        entered=by.is_user and bool(authors) and not seat_of(by),
        token=token,
        moved_at=now,
        **{name: told.get(name) or "" for name in (*TEXTS, "category", "secrecy", "drafter")},
        name_public=bool(told.get("name_public")),
    )
    brief.word_count = checklist.count(brief.texts)
    return brief


def keep_draft(
    brief: Brief, by: Actor, now: datetime, *, concerns: Any = (), authors: Any = (), from_word: Any = None,
    left: Any = (), **told: Any,
) -> Facts:  # fmt: skip
    """Runs after the brief is saved: whose it is, its first version, and the concerns it was begun from."""
    seat = seat_of(by)
    credit(brief, [*([seat] if seat else []), *authors])
    _somebody(brief, by)
    facts = _of_word(keep_version(brief, by, now, word=from_word, left=left))
    BriefConcern.objects.bulk_create(BriefConcern(brief=brief, concern=concern) for concern in concerns)
    for concern in concerns:
        door.perform(concern, "to_brief", by, {"brief": brief.pk}, now=now)
    return facts | ({"concerns": len(concerns)} if concerns else {})


def _somebody(brief: Brief, by: Actor) -> None:
    """A text without any name is its writer's: staff write in their own."""
    if by.is_user and not brief.authors.exists():
        BriefAuthor.objects.create(brief=brief, user=by.user, name=by.name, unit=brief.unit)


def correct_credit(
    brief: Brief, by: Actor, now: datetime, *, add: Iterable[Member] = (), remove: Any = (), reason: str
) -> Facts:
    """Names under the text put right; the journal keeps which, and why."""
    gone = list(remove)
    added = [f"＋{member.name}" for member in add]
    brief.authors.filter(pk__in=[author.pk for author in gone]).delete()
    credit(brief, add)
    return {"names": " ".join([*added, *(f"－{author.name}" for author in gone)]), "note": reason}


def seat_of(by: Actor) -> Member | None:
    """The seat in whose name a member writes; None for staff."""
    if not by.is_user:
        return None
    rows = Member.objects.filter(assembly=by.assembly_id, person__user=by.user_id, state__in=("active", "leave"))
    return rows.select_related("person", "sector").order_by("-id").first()


def origin_of(by: Actor, seat: Member | None) -> str:
    """Where a text comes from, by who writes it and for whom."""
    if seat:
        return Brief.Origin.MEMBER
    posts = ((roles.COMMITTEE, Brief.Origin.COMMITTEE), (roles.STATION, Brief.Origin.STATION))
    return next((origin for role, origin in posts if by.has(role)), Brief.Origin.OFFICE)


def credit(brief: Brief, members: Iterable[Member]) -> None:
    """Names of members under the text; somebody who stands there stays where he stands."""
    known = {author.member_id for author in brief.authors.all()}
    fresh = [member for member in dict.fromkeys(members) if member.pk not in known]
    BriefAuthor.objects.bulk_create(
        BriefAuthor(
            brief=brief, member=m, user_id=m.person.user_id, name=m.name, unit=m.post[:100], position=len(known) + n
        )
        for n, m in enumerate(fresh)
    )


def keep_version(
    brief: Brief, by: Actor, now: datetime, *, edited: bool = False, word: files.Prepared | None = None, left: Any = ()
) -> BriefVersion:
    """The text as it stands, as the newest version; no second one of the same words, unless it came from a Word file
    (`word`), which is kept with it, and so is what the form had no place for."""
    newest = brief.versions.last()
    if newest and newest.texts == brief.texts and not (word or left):
        return newest
    return BriefVersion.objects.create(
        assembly_id=brief.assembly_id,
        brief=brief,
        number=newest.number + 1 if newest else 1,
        edited=edited,
        created_at=now,
        updated_at=now,
        created_by_id=by.user_id,
        file=files.accept(word, assembly=brief.assembly, by=by.user) if word else None,
        # Like every text of a brief without numbers of persons; they stand in the file.
        left=[[telephones.without_personal_numbers(words) for words in one] for one in left],
        **brief.texts,
    )


def _of_word(version: BriefVersion) -> Facts:
    """For the journal, that a file or something of it is kept with the version: so a page knows without looking."""
    return {"word": True} if version.file_id or version.left else {}


def write(brief: Brief, by: Actor, now: datetime, **told: Any) -> Facts:
    """The author's own text, saved as a version."""
    before, wrote = _newest(brief), _names(brief)
    changed = _take_text(brief, **told)
    credit(brief, told.get("authors") or ())
    if told.get("named"):  # the field was before the author's eyes: who was taken out of it is meant to go
        kept = [member.pk for member in told.get("authors") or ()]
        gone = brief.authors.exclude(member=None).filter(by_way_of=None).exclude(member__in=kept)
        gone.exclude(user=by.user_id).delete()
        _somebody(brief, by)
    version = keep_version(brief, by, now, word=told.get("from_word"), left=told.get("left") or ())
    if _names(brief) != wrote:
        changed.append("authors")
    return {**_saved(version, before, changed), **_of_word(version)}


def edit(brief: Brief, by: Actor, now: datetime, **told: Any) -> Facts:
    """The editor's text."""
    before = _newest(brief)
    changed = _take_text(brief, **told)
    return _saved(keep_version(brief, by, now, edited=True), before, changed)


def _take_text(brief: Brief, **told: Any) -> list[str]:
    """Take over what the form says; what of it is new besides the text."""
    beside = ("category", "secrecy", *OF_SHEET, "sector")
    kept = {name: getattr(brief, name) for name in beside}
    for name in (*TEXTS, "category", "secrecy", *OF_SHEET):
        if told.get(name) is not None:
            setattr(brief, name, told[name])
    if told.get("sector"):
        brief.sector = told["sector"]
        brief.committee = people.committee_of(brief.sector, timezone.localdate())
    brief.word_count = checklist.count(brief.texts)
    return [name for name in beside if getattr(brief, name) != kept[name]]


def _newest(brief: Brief) -> int:
    """The number of the newest version, 0 when there is none."""
    newest = brief.versions.last()
    return newest.number if newest else 0


def _names(brief: Brief) -> list[str]:
    return list(brief.authors.values_list("name", flat=True))


def _saved(version: BriefVersion, before: int, changed: list[str]) -> Facts:
    """For the story: the version that was made, or, when the words are the same, what else is new."""
    return {"version": version.number, "saved": version.number if version.number > before else changed}


def attach(brief: Brief, by: Actor, now: datetime, *, concern: Any) -> Facts:
    """One more concern behind a brief that is being written."""
    BriefConcern.objects.get_or_create(brief=brief, concern=concern)
    brief.from_people = True
    return {"concern": concern.number}
