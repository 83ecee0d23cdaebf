"""What a brief's moves change beyond the state, from the first word to the issue. Called only by the door.

What happens afterwards (reports, adoptions, handling, feedback) stands in `actions_after.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tongxin.hear.concerns import conversions
from tongxin.kernel import door, numbering, options
from tongxin.kernel.actor import Actor, system
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import Member, Sector

from . import above, checklist
from .models import OF_SHEET, TEXTS, Brief, BriefAuthor, BriefConcern, BriefReport, BriefReturn, BriefVersion

Facts = dict[str, Any]
#: The column that adds up the days a brief lay in a state.
DAYS = {
    "submitted": "days_submitted",
    "editing": "days_editing",
    "reviewing": "days_reviewing",
    "signing": "days_signing",
    "returned": "days_returned",
    "issued": "days_issued",
    "reported": "days_issued",
    "adopted": "days_issued",
    "instructed": "days_issued",
    "handling": "days_handling",
    "replied": "days_replied",
}


def leave(brief: Brief, now: datetime) -> None:
    """The brief leaves the state it is in: its days there are added up."""
    if column := DAYS.get(brief.state):
        days = (timezone.localdate(now) - timezone.localdate(brief.moved_at)).days
        setattr(brief, column, getattr(brief, column) + max(days, 0))
    brief.moved_at = now


# Writing


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
        token=token,
        moved_at=now,
        **{name: told.get(name) or "" for name in (*TEXTS, "category", "secrecy", "drafter")},
        name_public=bool(told.get("name_public")),
    )
    brief.word_count = checklist.count(brief.texts)
    return brief


def keep_draft(brief: Brief, by: Actor, now: datetime, *, concerns: Any = (), authors: Any = (), **told: Any) -> Facts:
    """Runs after the brief is saved: whose it is, its first version, and the concerns it was begun from."""
    seat = seat_of(by)
    credit(brief, [*([seat] if seat else []), *authors])
    _somebody(brief, by)
    keep_version(brief, by, now)
    BriefConcern.objects.bulk_create(BriefConcern(brief=brief, concern=concern) for concern in concerns)
    for concern in concerns:
        door.perform(concern, "to_brief", by, {"brief": brief.pk}, now=now)
    return {"concerns": len(concerns)} if concerns else {}


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


def keep_version(brief: Brief, by: Actor, now: datetime, *, edited: bool = False) -> BriefVersion:
    """The text as it stands, as the newest version; no second one of the same words."""
    newest = brief.versions.last()
    if newest and newest.texts == brief.texts:
        return newest
    return BriefVersion.objects.create(
        assembly_id=brief.assembly_id,
        brief=brief,
        number=newest.number + 1 if newest else 1,
        edited=edited,
        created_at=now,
        updated_at=now,
        created_by_id=by.user_id,
        **brief.texts,
    )


def write(brief: Brief, by: Actor, now: datetime, **told: Any) -> Facts:
    """The author's own text, saved as a version."""
    _take_text(brief, **told)
    credit(brief, told.get("authors") or ())
    if told.get("named"):  # the field was before the author's eyes: who was taken out of it is meant to go
        kept = [member.pk for member in told.get("authors") or ()]
        gone = brief.authors.exclude(member=None).filter(by_way_of=None).exclude(member__in=kept)
        gone.exclude(user=by.user_id).delete()
        _somebody(brief, by)
    return {"version": keep_version(brief, by, now).number}


def edit(brief: Brief, by: Actor, now: datetime, **told: Any) -> Facts:
    """The editor's text."""
    _take_text(brief, **told)
    return {"version": keep_version(brief, by, now, edited=True).number}


def _take_text(brief: Brief, **told: Any) -> None:
    for name in (*TEXTS, "category", "secrecy", *OF_SHEET):
        if told.get(name) is not None:
            setattr(brief, name, told[name])
    if told.get("sector"):
        brief.sector = told["sector"]
        brief.committee = people.committee_of(brief.sector, timezone.localdate())
    brief.word_count = checklist.count(brief.texts)


def attach(brief: Brief, by: Actor, now: datetime, *, concern: Any) -> Facts:
    """One more concern behind a brief that is being written."""
    BriefConcern.objects.get_or_create(brief=brief, concern=concern)
    brief.from_people = True
    return {"concern": concern.number}


# Handing in, taking back


def submit(brief: Brief, by: Actor, now: datetime) -> Facts:
    leave(brief, now)
    brief.submitted_at = brief.submitted_at or now
    return {}


def withdraw(brief: Brief, by: Actor, now: datetime, *, reason: str = "") -> Facts:
    leave(brief, now)
    release_concerns(brief, now, _("The brief %(number)s was taken back by its author.") % {"number": brief.number})
    return {"note": reason}


def release_concerns(brief: Brief, now: datetime, reason: str) -> None:
    """Nothing came of the brief: the concerns behind it, which are still carried by it, go back to be handled."""
    by = voice_of(brief)
    for link in brief.concerns.select_related("concern"):
        if link.concern.state == "converted":
            conversions.given_up(link.concern, by, reason=reason, now=now)


def voice_of(brief: Brief) -> Actor:
    """In whose name the concerns behind a brief are moved on."""
    return system(_("brief %(number)s") % {"number": brief.number}, brief.assembly)


# At the editors' desk


def accept(brief: Brief, by: Actor, now: datetime) -> Facts:
    leave(brief, now)
    brief.editor_id = by.user_id
    brief.decided_at = now
    return {}


def take_over(brief: Brief, by: Actor, now: datetime, *, reason: str) -> Facts:
    """Another editor works on it from now on."""
    before, brief.editor = brief.editor, by.user
    return {"editor": str(before or ""), "note": reason}


def return_(brief: Brief, by: Actor, now: datetime, *, reason: str, text: str) -> Facts:
    """Back to the author, to be mended. What comes back from there is read anew by three people, whoever they are."""
    leave(brief, now)
    brief.editor = brief.reviewer = None
    _send_back(brief, by, now, BriefReturn.Kind.RETURNED, reason, text)
    return {"reason": reason, "note": text}


def not_adopt(brief: Brief, by: Actor, now: datetime, *, reason: str, text: str) -> Facts:
    """Not taken on; the concerns behind it are handled another way."""
    leave(brief, now)
    brief.decided_at = now
    _send_back(brief, by, now, BriefReturn.Kind.NOT_ADOPTED, reason, text)
    release_concerns(brief, now, _("The brief %(number)s was not taken on.") % {"number": brief.number})
    above.tell(brief, BriefReport.Outcome.NOT_ADOPTED, now, code=reason, text=text)
    return {"reason": reason, "note": text}


def reject(brief: Brief, by: Actor, now: datetime, *, reason: str, text: str) -> Facts:
    """Back to the editor, by the reviewer or the signer."""
    leave(brief, now)
    _send_back(brief, by, now, BriefReturn.Kind.REJECTED, reason, text)
    return {"reason": reason, "note": text}


def _send_back(brief: Brief, by: Actor, now: datetime, kind: str, reason: str, text: str) -> None:
    BriefReturn.objects.create(
        assembly_id=brief.assembly_id, brief=brief, kind=kind, reason=reason, text=text, at=now, created_at=now,
        updated_at=now, created_by_id=by.user_id,
    )  # fmt: skip


# Merging: the sources stay, and so does the credit


def gather(*, by: Actor, now: datetime, assembly: Any, **told: Any) -> Brief:
    """The brief that several are made into."""
    brief = draft(by=system("", assembly), now=now, assembly=assembly, **told)
    brief.gathered, brief.origin, brief.editor = True, Brief.Origin.OFFICE, by.user
    brief.submitted_at = brief.decided_at = now
    return brief


def keep_gathered(brief: Brief, by: Actor, now: datetime, **told: Any) -> Facts:
    keep_version(brief, by, now, edited=True)
    return {}


def merge(
    brief: Brief, by: Actor, now: datetime, *, into: Brief | None = None, others: Any = (), title: str = ""
) -> Facts:
    """This brief and `others` become one: a new one, or `into` that is being edited. Each stays, pointing there."""
    sources = [brief, *others]
    target = into or door.begin(flow(), "gather", by, gathered_text(sources, title), now=now)
    leave(brief, now)
    brief.decided_at, brief.merged_into, brief.editor = now, target, None
    _hand_on(brief, target)
    door.perform(target, "join", by, {"source": brief.pk}, now=now)
    for other in others:
        door.perform(other, "merge", by, {"into": target.pk}, now=now)
    return {"into": target.number}


def join(brief: Brief, by: Actor, now: datetime, *, source: Brief) -> Facts:
    """Another was merged into this one, which becomes as closed as the more closed of the two."""
    brief.secrecy = in_force(strictest([brief, source]))["secrecy"]
    return {"source": source.number}


def strictest(briefs: list[Brief]) -> Brief:
    """The one whose reading level is the closest: the list goes from open to closed; one unknown to it is closer."""
    order = ["", *(each.code for each in options.every_choice(briefs[0].assembly_id, "briefs.secrecy"))]
    return max(briefs, key=lambda each: order.index(each.secrecy) if each.secrecy in order else len(order))


def flow() -> Any:
    """The workflow, whose module imports this one."""
    from .workflow import BRIEFS

    return BRIEFS


def gathered_text(sources: list[Brief], title: str) -> Facts:
    """The sources' parts one after the other, each under the number it comes from, to be edited into one text."""
    first = sources[0]
    texts = {
        part: "\n".join(f"【{each.number}】{getattr(each, part).strip()}" for each in sources if getattr(each, part))
        for part in TEXTS[1:]
    }
    sector = first.sector_id if len({each.sector_id for each in sources}) == 1 else None
    told = {
        "assembly": first.assembly_id, "title": title or first.title, "category": first.category,
        "sector": sector,
        "from_people": any(each.from_people for each in sources), **texts,
    }  # fmt: skip
    return told | in_force(first) | {"secrecy": in_force(strictest(sources))["secrecy"]}


def in_force(brief: Brief) -> Facts:
    """Category, reading level and sector as a new brief may take them: what was retired since has no place any more,
    and who may read it is never made wider."""
    from . import exchange  # it imports this module

    sector = brief.sector if brief.sector_id else None
    kept = sector and Sector.objects.filter(people.in_force(timezone.localdate()), pk=sector.pk).exists()
    return {**exchange.fitting(brief.assembly_id, exchange.lists_of(brief)), **({} if kept else {"sector": None})}


def _hand_on(source: Brief, target: Brief) -> None:
    """Credit and concerns of a source go to what it was merged into; the source keeps its own too."""
    known = set(target.authors.values_list("member_id", "name"))
    position = len(known)
    BriefAuthor.objects.bulk_create(
        BriefAuthor(
            brief=target, member_id=a.member_id, user_id=a.user_id, name=a.name, unit=a.unit, by_way_of=source,
            position=position + n,
        )
        for n, a in enumerate(source.authors.all())
        if (a.member_id, a.name) not in known
    )  # fmt: skip
    behind = set(target.concerns.values_list("concern_id", flat=True))
    links = [link for link in source.concerns.all() if link.concern_id not in behind]
    BriefConcern.objects.bulk_create(
        BriefConcern(brief=target, concern_id=link.concern_id, by_way_of=source) for link in links
    )
    if links and not target.from_people:
        door.perform(target, "attach", voice_of(source), {"concern": links[0].concern_id})


# Review and signature


def send_review(brief: Brief, by: Actor, now: datetime, *, note: str = "") -> Facts:
    leave(brief, now)
    return {"note": note}


def approve(brief: Brief, by: Actor, now: datetime, *, note: str = "") -> Facts:
    leave(brief, now)
    brief.reviewer_id = by.user_id
    return {"note": note}


def sign(brief: Brief, by: Actor, now: datetime, *, main_to: str, copy_to: str) -> Facts:
    """Signed is issued: the brief takes the next number of the year and the next of all.

    Both counters stay locked until the transaction ends, so that two signers at one moment queue for them, and a
    signature that fails gives its numbers back.
    """
    leave(brief, now)
    brief.signer_id, brief.issued_at = by.user_id, now
    brief.main_to, brief.copy_to = main_to, copy_to
    levels = {each.code: each.meaning for each in options.every_choice(brief.assembly_id, "briefs.secrecy")}
    brief.public = levels.get(brief.secrecy) == "public"
    brief.issue_year = timezone.localdate(now).year
    brief.issue_number = numbering.take(brief.assembly_id, "brief.issue", str(brief.issue_year))
    counter = numbering.lock(brief.assembly_id, "brief.issue.all")
    if counter.value == 0:  # the first one here goes on where the paper files ended
        counter.value = int(options.parameter(brief.assembly_id, "briefs.issued_before"))
        counter.save(update_fields=["value"])
    brief.issue_total = numbering.take(brief.assembly_id, "brief.issue.all", "")
    return {"issue": brief.issue_number, "total": brief.issue_total}
