"""The blind indexes by which somebody is found though name and number are encrypted."""

from __future__ import annotations

from tongxin.kernel.crypto import blind_index


def name_index(name: str) -> str:
    """By which somebody of the same name is found; white space does not count."""
    return blind_index("".join(name.split()), "constituent name")


def phone_index(phone: str) -> str:
    return blind_index(phone, "phone") if phone else ""
