"""The forms of the reviewer and the signer."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.kernel import options
from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.forms import MoveForm
from tongxin.people.models import Assembly

from .. import checklist
from .checks import NumbersForm, wrong
from .desk import NoteForm


class ApproveForm(NoteForm):
    """Whoever worked on the text as an editor, even before somebody took it over, does not review it."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_who_edited(self)
        return cleaned


class SignForm(NumbersForm):
    main_to = PlainTextField(label=_("Sent to"), max_length=200)
    copy_to = PlainTextField(label=_("Copies to"), max_length=200, required=False)

    def prepare(self) -> None:
        if self.record is not None:
            self.fields["main_to"].initial = self.record.main_to or usual_receivers(self.record.assembly)
            self.fields["copy_to"].initial = self.record.copy_to

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refuse_who_edited(self)
        for point in checklist.unsorted(self.record) if self.record is not None else ():
            self.add_error(None, wrong(point))
        return cleaned


_PLACE = re.compile(r"(自治区|自治州|自治县|省|市|县|区|旗|州)(?:政协|委员会)")
_PLACES = {"province": "省", "city": "市", "county": "县"}


def usual_receivers(assembly: Assembly) -> str:
    """The Party committee and the government of the place: as the assembly set it, else by its name and level. In
    Chinese, as it is printed, whatever language the signer reads."""
    if own := options.parameter(assembly.pk, "briefs.main_to"):
        return str(own)
    named = _PLACE.search(assembly.name)
    place = named[1] if named else _PLACES[assembly.level]
    return "自治区党委、自治区政府" if place == "自治区" else f"{place[-1]}委、{place[-1]}政府"


def refuse_who_edited(form: MoveForm) -> None:
    """Adds the refusal when the actor once edited this text."""
    if form.record is None or form.actor is None or not form.actor.is_user:
        return
    if form.record.versions.filter(edited=True, created_by=form.actor.user_id).exists():
        form.add_error(None, _("You worked on this text as an editor. Another person has to do this."))
