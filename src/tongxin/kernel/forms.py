"""The form of a move: the same object checks a page's POST, an import's row, a call from the demo."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms

from .actor import Actor


class MoveForm(forms.Form):
    """What a move needs. Subclasses declare fields and narrow choices in `prepare`; data a move does not declare is
    dropped.

    `record` is None for a creating move. `known` lets many rows of one import share looked-up choices. `same_for` names
    the data that `prepare` looks at: rows that agree in it may be checked by one form, since making its fields costs
    more than the check; None when each row needs a form of its own.
    """

    fields: dict[str, Any]  # of any kind: `prepare` narrows querysets and choices, which not every field has
    same_for: ClassVar[tuple[str, ...] | None] = None
    #: What the page points out above the fields, and what yet holds nobody back; set in `prepare`.
    warnings: tuple[Any, ...] = ()

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        record: Any = None,
        actor: Actor | None = None,
        now: datetime | None = None,
        known: dict | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, files, **kwargs)
        self.record, self.actor, self.now = record, actor, now
        for name, field in self.fields.items():
            if isinstance(field, RecordChoice):
                field.known = known.setdefault(name, {}) if known is not None else None
        self.prepare()

    def rebind(self, data: Any, now: datetime | None) -> bool:
        """Take another row's data in place of the last one's; False when that row needs a form of its own."""
        if self.same_for is None or any(self.data.get(name) != data.get(name) for name in self.same_for):
            return False
        self.data, self.now, self._errors = data, now, None
        self.__dict__.pop("changed_data", None)
        return True

    def prepare(self) -> None:
        """Narrow querysets and set initial values; called after `record`, `actor` and `now` are set."""


class RecordChoice(forms.ModelChoiceField):
    """A choice among records; remembers what it looked up while many rows are read."""

    known: dict | None = None

    def __init__(self, queryset: Any, *, empty_label: Any = "—", **kwargs: Any) -> None:
        super().__init__(queryset, empty_label=empty_label, **kwargs)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        key = getattr(value, "pk", value)
        if self.known is not None and key in self.known:
            return self.known[key]
        found = super().to_python(value)
        if self.known is not None:
            self.known[key] = found
        return found
