"""The room's part of the demo: concerns that live their stories, and the pictures sent with some."""

from . import pictures, stories

__all__ = ["pictures", "stories"]
