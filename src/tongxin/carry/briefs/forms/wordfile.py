"""What a form that was filled from a Word file sends along until it is saved: the file, and what of it found no place.

Between the filling, which saves nothing, and the save the file lies where files lie before they are taken in, for a day
and for the one who sent it.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from tongxin.hear.concerns import stash
from tongxin.kernel import files
from tongxin.kernel.actor import Actor
from tongxin.kernel.forms import MoveForm

from ..documents import reading


class WordFields(MoveForm):
    """Cleans to `from_word`, the file or None, and `left`, pairs of what it is and its words."""

    from_word = forms.CharField(required=False, widget=forms.HiddenInput)
    left = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)

    def clean_from_word(self) -> files.Prepared | None:
        return fetched(self.actor, self.cleaned_data["from_word"])

    def clean_left(self) -> list[tuple[str, str]]:
        return [(one.label, one.text) for one in reading.told_back(self.cleaned_data["left"])]


def set_aside(upload: Any, actor: Actor) -> str:
    """Keep a file until the form is saved; what the form sends along for it. Raises `ValidationError` for a file that
    could not be kept with the brief."""
    ready = files.prepare(upload, kinds=files.DOCUMENTS)
    return f"{stash.keep(ready.content, actor)} {ready.name}"


def fetched(actor: Actor | None, sent: str) -> files.Prepared | None:
    """The file that a form sent along; None without one, and for one that is not kept any more."""
    key, _gap, name = sent.partition(" ")
    content = stash.fetch(key, actor) if key and actor is not None else None
    if content is None:
        return None
    try:
        return files.prepare(ContentFile(content, name=name), kinds=files.DOCUMENTS)
    except ValidationError:  # no file of ours: the form was made by hand
        return None
