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
    sorted_since = concern.state != "recorded"  # then topic and county may differ without anybody's having typed anew
    sent = len(files.getlist("pictures")) if files else 0
    return bool(
        (text and texts.key(text) != concern.text_key)
        or (name and name != concern.speaker_name)
        or (phone and phones.normalised(phone) != concern.speaker_phone)
        or (not sorted_since and (topic := typed.get("topic")) and topic != concern.topic)
        or (not sorted_since and (county := typed.get("county")) and str(county) != str(concern.county_id))
        or (sent and sent > concern.files.filter(outcome=None).count())
    )
