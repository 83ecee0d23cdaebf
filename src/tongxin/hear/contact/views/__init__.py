"""The pages of the contact room: people, records, areas and plans, and giving people to members."""

from . import areas, dealing, merging, people, records

__all__ = ["areas", "dealing", "merging", "people", "records"]
