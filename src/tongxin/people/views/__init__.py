"""The pages under /manage/: members, accounts, assemblies, registers, lists and numbers, and taking in a roster."""

from . import accounts, assemblies, importing, members, options, registers

__all__ = ["accounts", "assemblies", "importing", "members", "options", "registers"]
