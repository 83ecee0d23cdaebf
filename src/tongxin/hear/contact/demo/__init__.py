"""The room's part of the demo: areas, people and contacts, and what was raised at them."""

from . import contacts, raised

__all__ = ["contacts", "raised"]
