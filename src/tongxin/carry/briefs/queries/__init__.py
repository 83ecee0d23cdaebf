"""Reads of briefs for pages and figures. Nothing here writes."""

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
from .rows import PAGE, convertible, evidence, get, late, mine, of_form, readable
from .story import Story, story
from .versions import compare, versions

__all__ = [
    "PAGE",
    "Filters",
    "Story",
    "compare",
    "convertible",
    "counts",
    "default_filters",
    "evidence",
    "get",
    "groups",
    "late",
    "mine",
    "of_form",
    "pending",
    "queue",
    "readable",
    "similar",
    "standings",
    "state_of",
    "story",
    "versions",
]
