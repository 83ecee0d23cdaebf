"""What the page of the text shows: the form with what it begins with, and what stands beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from tongxin.documents.wordfile import WordError, WordText, read_word
from tongxin.documents.wordpackage import MAX_FILE
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import UNDECIDED
from tongxin.kernel import options
from tongxin.kernel import workflow as workflows
from tongxin.kernel.actor import Actor
from tongxin.kernel.text import joined

from . import actions, checklist, personal, queries
from .documents import reading
from .documents.reading import Left
from .forms import wordfile
from .forms.writing import LONGEST_PART, DraftForm
from .models import OF_SHEET, PARTS, TEXTS, Brief

TYPED = (*TEXTS, "authors", *OF_SHEET, "category", "secrecy", "sector", "for_sector")
#: All three parts together; what a Word file holds beyond that is no brief.
LONGEST_WORD = len(PARTS) * LONGEST_PART


@dataclass
class FromWord:
    """What became of an uploaded file: the sentence that refuses it, or what is left of it and what was done, and
    whether it `replaced` one that was chosen before. `file` and `kept` go with the form until it is saved."""

    name: str = ""
    refused: str = ""
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    file: str = ""
    replaced: bool = False

    @property
    def unplaced(self) -> list[Left]:
        """What found no place; what was done in reading is left without a label."""
        return [one for one in self.left if one.label]

    @property
    def beside(self) -> list[Left]:
        """What stands beside the form: all that is left, but for the sentences told above it."""
        return [one for one in self.left if one.label or one.text not in self.notes]

    @property
    def kept(self) -> str:
        """What is left, for the form to send along, so that it is shown again when the form comes back."""
        return reading.told(self.left)

    @classmethod
    def sent_along(cls, post: Mapping[str, str]) -> FromWord | None:
        """What a form sent along; None for nothing, or for what no form of ours made."""
        told = cls(left=reading.told_back(post.get("left", "")), file=post.get("from_word", ""))
        return told if told.left or told.file else None


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


def fill(
    actor: Actor, initial: dict[str, Any], upload: Any, *, before: FromWord | None = None, brief: Brief | None = None
) -> tuple[dict[str, Any], FromWord]:
    """The form's values with those of a Word file. What is typed already stays; what the file has for such a place is
    left beside the form, like all that has no place. A file chosen `before` goes, with what was left of it: only one is
    kept with the text. Of a `brief` the saved words give way to the file's: they stand in its versions."""
    before = before or FromWord()
    if upload is None:
        return initial, _refused(before, "", _("Choose a Word file (.docx) first."))
    try:
        placed = reading.place(_read(upload))
        file = wordfile.set_aside(upload, actor)
    except WordError as problem:
        return initial, _refused(before, upload.name, _(problem.template) % problem.params)
    except ValidationError as problem:
        return initial, _refused(before, upload.name, joined(problem.messages))
    told = FromWord(upload.name, left=list(placed.left), notes=list(placed.notes), file=file)
    told.replaced = bool(before.file or before.left)
    told.left += [Left("", note) for note in placed.notes]
    known, unknown = _authors_in(actor, placed.names)
    if unknown:
        told.left.insert(0, Left(_("Authors who are no members in office"), "、".join(unknown)))
    found = {"title": placed.title, **placed.parts, "authors": "、".join(known)}
    return _filled(initial, found, told, brief), told


def _refused(before: FromWord, name: str, sentence: str) -> FromWord:
    return FromWord(name, sentence, left=before.left, file=before.file)


def _authors_in(actor: Actor, names: list[str]) -> tuple[list[str], list[str]]:
    """Those of the names, the writer's own left out, that a member in office goes by, and the others."""
    seat = actions.writing.seat_of(actor)
    others = [name for name in names if name not in (actor.name, seat and seat.name)]
    known = queries.members_called(actor.assembly_id, others)
    return known, [name for name in others if name not in known]


def _filled(initial: dict[str, Any], found: dict[str, str], told: FromWord, brief: Brief | None) -> dict[str, Any]:
    """The values with what was found in the places that are empty, or hold what is saved; the rest is left over."""
    filled = dict(initial)
    for name, text in found.items():
        typed = _words(initial.get(name))
        saved = _words(getattr(brief, name)) if brief and name in TEXTS else ""
        if text and typed in ("", saved):
            filled[name] = text
        elif text and _words(text) != typed:
            label = DraftForm.base_fields[name].label
            told.left.insert(0, Left(_("%(field)s in the file (yours was kept)") % {"field": label}, text))
    return filled


def _words(value: Any) -> str:
    """A value as it is compared: a form sends other line ends than are kept."""
    return str(value or "").replace("\r\n", "\n").strip()


def file_lost(actor: Actor, post: Mapping[str, str]) -> bool:
    """Whether the file that a form sent along is not kept any more."""
    sent = post.get("from_word", "")
    return bool(sent) and wordfile.fetched(actor, sent) is None


def _read(upload: Any) -> WordText:
    found = read_word(upload.read(MAX_FILE + 1))
    if sum(len(paragraph.text) for paragraph in found.paragraphs) > LONGEST_WORD:
        raise WordError("word_too_long", characters=LONGEST_WORD)
    return found
