"""The pages that belong to no room: home, search, errors, and what makes an app of them."""

from . import errors, offline, pages

__all__ = ["errors", "offline", "pages"]
