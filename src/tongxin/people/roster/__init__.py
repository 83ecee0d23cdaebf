"""A roster in Excel or CSV: read, checked row by row, taken in whole or not at all."""

from . import checking, table

__all__ = ["checking", "table"]
