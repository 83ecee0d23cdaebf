"""What the page of the text shows: the form with what it begins with, and what stands beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from tongxin.documents.wordfile import WordError, WordText, read_word
from tongxin.documents.wordpackage import MAX_FILE
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import UNDECIDED
from tongxin.kernel import options
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor

from . import actions, checklist, personal, queries
from .documents import reading
from .documents.reading import Left
from .forms.writing import LONGEST_PART, DraftForm
from .models import OF_SHEET, PARTS, TEXTS, Brief

TYPED = (*TEXTS, "authors", *OF_SHEET, "category", "secrecy", "sector", "for_sector")
#: All three parts together; what a Word file holds beyond that is no brief.
LONGEST_WORD = len(PARTS) * LONGEST_PART


@dataclass
class FromWord:
    """What became of an uploaded file: the sentence that refuses it, or what is left of it and what was done."""

    name: str = ""
    refused: str = ""
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def kept(self) -> str:
        """What is left, for the form to send along, so that it is shown again when the form comes back."""
        return json.dumps([[one.label, one.text] for one in self.left], ensure_ascii=False) if self.left else ""

    @classmethod
    def sent_along(cls, text: str) -> FromWord | None:
        """What a form sent along; None for nothing, or for what no form of ours made."""
        try:
            left = [Left(label, words) for label, words in json.loads(text)] if text else []
        except (ValueError, TypeError):
            return None
        whole = all(isinstance(one.label, str) and isinstance(one.text, str) for one in left)
        return cls(left=left) if left and whole else None


def beginning(actor: Actor, concerns: list[Any]) -> dict[str, Any]:
    """What stands in the form at first: with concerns their words, so that nothing is copied by hand."""
    initial: dict[str, Any] = {"assembly": actor.assembly_id, "token": get_random_string(32)}
    if concerns:
        initial |= {
            "title": personal.said(concerns[0]).title if len(concerns) == 1 else "",
            "situation": personal.told_together(concerns),
            "sector": next((concern.sector_id for concern in concerns if concern.sector_id), None),
        }
    return initial


def typed(actor: Actor, post: Mapping[str, str]) -> dict[str, Any]:
    """What was typed so far, to stand in the form again while nothing is saved."""
    token = post.get("token", "")[:64] or get_random_string(32)
    return {"assembly": actor.assembly_id, "token": token, **{name: post.get(name, "") for name in TYPED}}


def context(
    actor: Any, form: Any, *, brief: Brief | None = None, concerns: list[Any] | None = None, **more: Any
) -> dict[str, Any]:
    """The editor's page: the form, the list of what a brief needs, and what stands beside it."""
    told = queries.story(actor, brief) if brief else None
    ids = sorted(concern.pk for concern in concerns or [])  # what is kept on the device is kept for these concerns
    texts = {name: str(form[name].value() or "") for name in TEXTS}
    for name in PARTS:  # they may be saved empty, and yet are no matter of choice: nothing incomplete is handed in
        form.fields[name].required = True
    form.use_required_attribute = False
    return {
        "form": form,
        "brief": brief,
        "story": told,
        "concerns": concerns or [],
        "said": told.said if told else [personal.said(concern) for concern in concerns or []],
        "sources": told.sources if told else [],
        "returns": told.returns if told else [],
        "points": [
            *checklist.points(texts, actor.assembly_id),
            *checklist.sorting(
                {name: form[name].value() for name in ("category", "secrecy")}, due=bool(brief and brief.submitted_at)
            ),
        ],
        "untouched": not form.is_bound and not any(texts[part].strip() for part in PARTS),
        "keep": f"brief-{brief.pk}-text" if brief else "-".join(["brief-new", *map(str, ids), "text"]),
        "limit": int(options.parameter(actor.assembly_id, "briefs.word_limit")),
        **more,
    }


def lost(actor: Actor, ids: list[int]) -> list[str]:
    """One sentence for each of these concerns from which the actor may not begin a brief (any more): which and why."""
    if not ids:
        return []
    carried = {concern.pk for concern in queries.convertible(actor, ids)}
    gone = [pk for pk in dict.fromkeys(ids) if pk not in carried]
    seen = queries.seen_concerns(actor, gone)
    told = []
    for pk in gone:
        if (concern := seen.get(pk)) is None:
            told.append(_("A concern is not among those you see any more."))
        elif concern.state in UNDECIDED:
            told.append(_("%(number)s is looked after by others now.") % {"number": concern.number})
        else:
            state = workflows.of(Concern).state(concern.state).label
            told.append(_("%(number)s is decided already: %(state)s.") % {"number": concern.number, "state": state})
    return told


def whole_text(post: Mapping[str, str]) -> str:
    """Title and parts as they were sent."""
    return "\n".join(post.get(name, "") for name in TEXTS)


def fill(actor: Actor, initial: dict[str, Any], upload: Any) -> tuple[dict[str, Any], FromWord]:
    """The form's values with those of a Word file in the places that are empty. What is typed already stays; what the
    file has for such a place is left beside the form, like all that has no place."""
    if upload is None:
        return initial, FromWord(refused=_("Choose a Word file (.docx) first."))
    try:
        placed = reading.place(_read(upload))
    except WordError as problem:
        return initial, FromWord(upload.name, refused=_(problem.template) % problem.params)
    told = FromWord(upload.name, left=list(placed.left), notes=list(placed.notes))
    seat = actions.writing.seat_of(actor)
    others = [name for name in placed.names if name not in (actor.name, seat and seat.name)]
    known = queries.members_called(actor.assembly_id, others)
    unknown = [name for name in others if name not in known]
    found = {"title": placed.title, **placed.parts, "authors": "、".join(known)}
    if unknown:
        told.left.insert(0, Left(_("Authors who are no members in office"), "、".join(unknown)))
    filled = dict(initial)
    for name, text in found.items():
        if text and not str(initial.get(name) or "").strip():
            filled[name] = text
        elif text and text.strip() != str(initial.get(name)).strip():
            label = DraftForm.base_fields[name].label
            told.left.insert(0, Left(_("%(field)s in the file (yours was kept)") % {"field": label}, text))
    return filled, told


def _read(upload: Any) -> WordText:
    found = read_word(upload.read(MAX_FILE + 1))
    if sum(len(paragraph.text) for paragraph in found.paragraphs) > LONGEST_WORD:
        raise WordError("word_too_long", characters=LONGEST_WORD)
    return found
