"""刊样: the issue as it is printed, red head to colophon."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tongxin.documents.official import Colophon, Head, Paper, Paragraph, Sort
from tongxin.kernel import options
from tongxin.kernel.actor import Actor

from .. import policy, queries
from ..models import Brief
from . import parameters, parts


def make(actor: Actor, brief: Brief, *, named: bool | None = None) -> Paper:
    """The issue of a signed brief: the same for whoever may read it, but for the authors' names, which are told outside
    the assembly only when they agreed. `named` says whether they are, when it is printed for somebody else."""
    where = brief.assembly
    if named is None:
        named = brief.name_public or policy.seen_as(actor, brief) == policy.INSIDE
    lead = parts.lead(brief, queries.authors(brief) if named else (), parameters.words(where, parameters.LEAD))
    text = parts.body(brief, parameters.headings(where))
    return Paper(
        brief.title,
        Head(
            Sort.SHEET,
            parameters.name(where),
            f"第{brief.issue_number}期（总第{brief.issue_total}期）",
            organ=parameters.organ(where),
            date=timezone.localdate(brief.issued_at),
            secrecy=mark(brief),
        ),
        body=(*([Paragraph(lead)] if lead else []), *text),
        colophon=_colophon(brief),
    )


def mark(brief: Brief) -> str:
    """The mark at the top left; what may be public bears none."""
    known = options.every_choice(brief.assembly_id, "briefs.secrecy")
    chosen = next((choice for choice in known if choice.code == brief.secrecy), None)
    return chosen.zh if chosen and chosen.meaning != "public" else ""


def _colophon(brief: Brief) -> Colophon:
    where = brief.assembly
    hands: list[tuple[str, Any]] = [("签发", brief.signer), ("审核", brief.reviewer), ("编辑", brief.editor)]
    hands.append(("电话", parameters.words(where, parameters.PHONE)))
    return Colophon(
        sent=tuple((label, to) for label, to in (("报", brief.main_to), ("送", brief.copy_to)) if to),
        hands=tuple((label, str(who)) for label, who in hands if who),
        copies=int(options.parameter(where.pk, parameters.COPIES)) or None,
    )
