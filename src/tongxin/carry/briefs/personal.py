"""What people said, as it may stand beside and in a brief: without who said it.

A brief holds nobody's name or number. The concerns behind it stay what and where they are, with the personal data their
own room keeps and erases; here their words are read with name and number blotted out, and with every other number that
looks like a telephone or an identity card.

A Word file that a text was read from holds numbers as they were typed: it is emptied, with what was left of it, when
the brief has been over for as long as contact details are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongxin.hear.concerns import texts
from tongxin.hear.concerns.models import Concern
from tongxin.insight import telephones
from tongxin.kernel import door, files
from tongxin.kernel.actor import system
from tongxin.kernel.models import StoredFile
from tongxin.kernel.personal import PersonalData, register

from .models import BriefVersion


@dataclass(frozen=True)
class Said:
    """A concern behind a brief, without the person."""

    concern: Concern
    title: str
    text: str
    via: Any = None  # the source through which it came, when briefs were merged


def said(concern: Concern, via: Any = None) -> Said:
    """The words of a concern without the name and number of whoever spoke."""
    text = _plain(concern, concern.text)
    return Said(concern, _title(concern, text), text, via)


def _plain(concern: Concern, words: str) -> str:
    return telephones.without_personal_numbers(texts.impersonal(concern, words))


def _title(concern: Concern, text: str) -> str:
    """A title made from the text is made anew from the one without names and numbers: it may have been cut in the
    middle of one. The office's own title is blotted like any text."""
    if concern.title == texts.title(concern.text) or concern.title.endswith("…"):
        return texts.title(text)
    return _plain(concern, concern.title)


def told_together(concerns: Iterable[Concern]) -> str:
    """What several people said, one paragraph each, as the beginning of a situation."""
    found = [said(concern).text.strip() for concern in concerns]
    if len(found) == 1:
        return found[0]
    return "\n".join(f"{number}. {text}" for number, text in enumerate(found, 1))


def erase_files(rows: QuerySet[BriefVersion], now: datetime) -> int:
    """Take the Word files, and what was left of them, from versions of briefs that are long over; returns of how many.
    The texts stay; each brief's journal notes it."""
    found = list(rows.select_related("brief__assembly").order_by("pk"))
    for version in found:
        with transaction.atomic():
            BriefVersion.objects.filter(pk=version.pk).update(file=None, left=[], updated_at=now)
            if version.file_id:
                files.remove(StoredFile.objects.filter(pk=version.file_id))
            by = system(_("daily task"), version.brief.assembly)
            door.note(version.brief, "file_erased", by, now=now, version=version.number)
    return len(found)


WORD_FILES = PersonalData(
    model=BriefVersion,
    masks={"file": str, "left": str},  # whole for those who may read the version; each opening of a file is journaled
    subject=gettext_lazy("whoever a Word file of a brief may name"),
    erase=erase_files,
    keep="concerns.keep_contact_months",
    since="brief__moved_at",
    holding=Q(brief__state__in=("fed_back", "merged", "not_adopted", "withdrawn"))
    & (Q(file__isnull=False) | ~Q(left=[])),
)


def declare() -> None:
    register(WORD_FILES)
