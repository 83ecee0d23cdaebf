"""A register: list, entry and correction of one kind of reference record, from a declaration of ten lines.

`registers.py` declares them; `views/registers.py` draws them. Everything is saved through the door.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.fields import PlainTextField
from tongxin.kernel.models import Record

from . import policy
from .forms.fields import DayField
from .models import Assembly

ENDED = ("closed_on", "to_on")


@dataclass(frozen=True)
class Column:
    """One column of the list: a field's or property's name, or a function of the record."""

    label: Any
    value: str | Callable[[Any], Any]
    tag: bool = False

    def of(self, record: Any) -> Any:
        if callable(self.value):
            return self.value(record)
        shown = getattr(record, f"get_{self.value}_display", None)
        return shown() if shown else getattr(record, self.value)


@dataclass(frozen=True)
class Register:
    """How one kind of record is kept. `key` is its place in the address; `intro` says what it is for.

    `check(form, cleaned)` adds errors that concern several fields; `choices` narrows what a field offers. `after`
    brings what follows from the records up to date once one was saved.
    """

    key: str
    model: type[Record]
    title: Any
    new: Any
    intro: Any
    icon: str
    fields: tuple[str, ...]
    columns: tuple[Column, ...]
    empty: Any
    search: tuple[str, ...] = ()
    lasting: bool = False  # such records do not end, whatever their fields are called
    related: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    check: Callable[[forms.ModelForm, dict[str, Any]], None] | None = None
    choices: Mapping[str, Callable[[QuerySet], QuerySet]] = field(default_factory=dict)
    help: Mapping[str, Any] = field(default_factory=dict)
    after: Callable[[Assembly, datetime], object] | None = None

    @property
    def end(self) -> str:
        """The field that holds the last day, "" when such records do not end."""
        names = set() if self.lasting else {f.name for f in self.model._meta.get_fields()}
        return next((name for name in ENDED if name in names), "")

    def rows(self, actor: Actor, text: str = "", ended: bool = False) -> QuerySet:
        """The actor's own records: those in force or still to come, or those that have ended."""
        rows = policy.manage.filter(actor, self.model._default_manager.select_related(*self.related))
        if self.end:
            over = Q(**{f"{self.end}__lte": timezone.localdate()})
            rows = rows.filter(over) if ended else rows.exclude(over)
        for word in text.split()[:5]:
            found = Q()
            for path in self.search:
                found |= Q(**{f"{path}__icontains": word})
            rows = rows.filter(found)
        return rows.order_by(*(self.order or self.model._meta.ordering or ("id",)))

    def form(self, actor: Actor, record: Record | None = None, data: Any = None, **kwargs: Any) -> forms.ModelForm:
        """The form for a new record or a correction, offering only what belongs to the actor's assembly."""
        instance = record or self.model(assembly=actor.assembly)
        made = _form_class(self.model, self.fields)(data, instance=instance, **kwargs)
        made.register, made.actor = self, actor
        for name, asked in made.fields.items():
            if name in self.help:
                asked.help_text = self.help[name]
            if isinstance(asked, forms.ModelChoiceField) and asked.queryset is not None:
                offered = asked.queryset.filter(assembly_id=actor.assembly_id)
                asked.queryset = self.choices[name](offered) if name in self.choices else offered
                asked.empty_label = "—"
        return made

    def save(self, form: forms.ModelForm, by: Actor, version: int | None = None) -> Record:
        """Enter or correct the record of a valid form. Raises `NotAllowed` and `Stale`."""
        now = timezone.now()
        with transaction.atomic():
            if form.instance.pk is None:
                saved = door.establish(form.instance, by, policy.manage, now=now)
            else:
                changes = {name: form.cleaned_data[name] for name in form.cleaned_data if name in self.fields}
                saved = door.revise(form.instance, by, changes, policy.manage, now=now, version=version)
            if self.after and by.assembly:
                self.after(by.assembly, now)
        return saved


def _form_class(model: type[Record], names: tuple[str, ...]) -> Any:
    told: Any = {NON_FIELD_ERRORS: {"unique_together": _("This stands in the register already.")}}
    return forms.modelform_factory(
        model, form=RegisterForm, fields=names, formfield_callback=_form_field, error_messages=told
    )


def _form_field(column: models.Field, **kwargs: Any) -> forms.Field | None:
    """Days are picked or typed freely; text is kept exactly."""
    if isinstance(column, models.DateField):
        kwargs["form_class"] = DayField
        kwargs.pop("widget", None)
    elif type(column) is models.CharField and not column.choices:
        kwargs["form_class"] = PlainTextField
    return column.formfield(**kwargs)


class RegisterForm(forms.ModelForm):
    """Checks what every kind has in common: the days' order, and that nothing stands twice in one assembly."""

    register: Register
    actor: Actor

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begin: date | None = cleaned.get("from_on") or cleaned.get("opened_on")
        for name in (*ENDED, "closed_on"):
            end: date | None = cleaned.get(name)
            if begin and end and end < begin:
                self.add_error(name, _("The last day lies before the first."))
        if self.register.check:
            self.register.check(self, cleaned)
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        # The assembly is not asked for, but “once in an assembly” must be checked.
        return super()._get_validation_exclusions() - {"assembly"}  # type: ignore[misc]
