"""Addresses under /manage/ and /accounts/."""

from . import accounts, manage

__all__ = ["accounts", "manage"]
