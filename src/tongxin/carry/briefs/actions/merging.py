"""Several briefs become one: the sources stay, and so does the credit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from tongxin.kernel import door, options
from tongxin.kernel.actor import Actor, system
from tongxin.people import queries as people
from tongxin.people.models import Sector

from ..models import TEXTS, Brief, BriefAuthor, BriefConcern
from .steps import Facts, flow, leave, voice_of
from .writing import draft, keep_version


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
    """Another was merged into this one, which becomes as closed as the more closed of the two; the names are public
    only when the authors of both agreed."""
    brief.name_public = brief.name_public and source.name_public
    brief.secrecy = in_force(strictest([brief, source]))["secrecy"]
    return {"source": source.number}


def strictest(briefs: list[Brief]) -> Brief:
    """The one whose reading level is the closest: the list goes from open to closed; one unknown to it is closer."""
    order = ["", *(each.code for each in options.every_choice(briefs[0].assembly_id, "briefs.secrecy"))]
    return max(briefs, key=lambda each: order.index(each.secrecy) if each.secrecy in order else len(order))


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
        "from_people": any(each.from_people for each in sources),
        "name_public": all(each.name_public for each in sources), **texts,
    }  # fmt: skip
    return told | in_force(first) | {"secrecy": in_force(strictest(sources))["secrecy"]}


def in_force(brief: Brief) -> Facts:
    """Category, reading level and sector as a new brief may take them: what was retired since has no place any more,
    and who may read it is never made wider."""
    from .. import exchange  # it imports this package

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
