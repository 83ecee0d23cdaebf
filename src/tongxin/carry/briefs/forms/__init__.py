"""The forms of the brief's moves, one module for each part of its way."""

from . import after, arriving, carrying, checks, credit, desk, fields, merging, packages, signing, striking, writing

__all__ = [
    "after",
    "arriving",
    "carrying",
    "checks",
    "credit",
    "desk",
    "fields",
    "merging",
    "packages",
    "signing",
    "striking",
    "writing",
]
