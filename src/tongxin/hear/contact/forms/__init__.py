"""The forms of the contact room's moves: the same check for pages, the demo and whatever comes later."""

from . import fields, links, merging, people, records

__all__ = ["fields", "links", "merging", "people", "records"]
