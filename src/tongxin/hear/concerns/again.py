"""A form that comes a second time: whether it carries something that was not taken the first time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongxin.people import phones

from . import texts
from .models import Concern


def differs(concern: Concern, typed: Mapping[str, Any], files: Any = None) -> bool:
    """Whether the form holds words, a name, a number, a place or pictures that the concern lacks."""
    text, name, phone = (str(typed.get(field, "")).strip() for field in ("text", "speaker_name", "speaker_phone"))
    sent = len(files.getlist("pictures")) if files else 0
    return bool(
        (text and texts.key(text) != concern.text_key)
        or (name and name != concern.speaker_name)
        or (phone and phones.normalised(phone) != concern.speaker_phone)
        or _sorted_otherwise(concern, typed)
        or (sent and sent > concern.files.filter(outcome=None).count())
    )


def _sorted_otherwise(concern: Concern, typed: Mapping[str, Any]) -> bool:
    """Title, topic or place; once somebody has sorted the concern they differ without anybody's having typed anew."""
    if concern.state != "recorded":
        return False
    kept = {"title": concern.title, "topic": concern.topic, "county": concern.county_id}
    kept |= {"station": concern.station_id, "sector": concern.sector_id}
    return any((given := str(typed.get(name) or "").strip()) and given != str(was) for name, was in kept.items())
