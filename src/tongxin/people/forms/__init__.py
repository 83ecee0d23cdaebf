"""What is asked on the pages of members, accounts, assemblies and lists."""

from . import accounts, fields, members

__all__ = ["accounts", "fields", "members"]
