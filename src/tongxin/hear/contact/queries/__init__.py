"""Reads of the contact room, one module for each kind of page. Nothing here writes."""

from . import areas, members, merging, near, people, plans, records

__all__ = ["areas", "members", "merging", "near", "people", "plans", "records"]
