"""The papers of a brief (domain §5.2): its sheet 报送单, its issue 刊样 and its handling slip 处理笺.

What they say stands here, how it is laid out in `documents.official`. They are in Chinese whatever language their
reader uses. What differs from place to place (the red name, the organ, its telephone …) is a parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tongxin.documents.official import Paper
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.rules import Rule

from .. import policy
from ..models import Brief
from . import issue, sheet, slip
from .parameters import declare

__all__ = ["KINDS", "Kind", "declare", "kinds", "of_brief"]


@dataclass(frozen=True)
class Kind:
    """One kind of paper: for whom it is, and what makes it. `file` is what its file is called after the number."""

    key: str
    label: Any
    file: str
    who: Rule
    make: Callable[..., Paper]


KINDS = {
    kind.key: kind
    for kind in (
        Kind("sheet", _("Sheet"), "报送单", policy.sheet, sheet.make),
        Kind("issue", _("Issue"), "刊样", policy.issue, issue.make),
        Kind("slip", _("Handling slip"), "处理笺", policy.slip, slip.make),
    )
}


def kinds(actor: Actor, brief: Brief) -> list[Kind]:
    """The papers there are of the brief in its state, for this actor, who sees it."""
    return [kind for kind in KINDS.values() if kind.who.allows(actor, brief)]


def of_brief(actor: Actor, brief: Brief, key: str, **more: Any) -> tuple[Paper, str]:
    """The paper and its file's name without ending. Raises `NotAllowed` when there is none for this actor."""
    kind = KINDS.get(key)
    if kind is None or not kind.who.allows(actor, brief):
        raise NotAllowed(kind.who.reason if kind else "")
    with translation.override("zh-hans"):
        paper = kind.make(actor, brief, **more)
    number = f"{brief.issue_year}年第{brief.issue_number}期" if key != "sheet" else brief.number
    return paper, f"{number} {kind.file}"
