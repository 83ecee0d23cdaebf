"""Reads of briefs for pages and figures. Nothing here writes."""

from .alike import Alike, alike
from .desk import (
    Filters,
    counts,
    default_filters,
    groups,
    pending,
    queue,
    similar,
    standings,
    state_of,
)
from .rows import (
    PAGE,
    authors,
    concern_numbers,
    convertible,
    evidence,
    get,
    late,
    members_called,
    mine,
    of_form,
    outside_report,
    readable,
    seen_concerns,
    sent_word,
)
from .story import Story, story
from .versions import compare, versions

__all__ = [
    "PAGE",
    "Alike",
    "Filters",
    "Story",
    "alike",
    "authors",
    "compare",
    "concern_numbers",
    "convertible",
    "counts",
    "default_filters",
    "evidence",
    "get",
    "groups",
    "late",
    "members_called",
    "mine",
    "of_form",
    "outside_report",
    "pending",
    "queue",
    "readable",
    "seen_concerns",
    "sent_word",
    "similar",
    "standings",
    "state_of",
    "story",
    "versions",
]
