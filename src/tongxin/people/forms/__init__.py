"""What is asked on the pages of members, accounts, assemblies and lists."""

from . import accounts, fields, members, options

__all__ = ["accounts", "fields", "members", "options"]
