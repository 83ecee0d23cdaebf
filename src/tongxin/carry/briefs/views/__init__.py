"""The pages of the room: the desk, writing, the printed papers, and packages from other assemblies."""

from . import desk, packages, papers, text

__all__ = ["desk", "packages", "papers", "text"]
