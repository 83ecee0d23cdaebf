"""What a brief's moves change beyond the state, up to the issue and after it. Called only by the door."""

from . import after, desk, merging, signing, steps, writing

__all__ = ["after", "desk", "merging", "signing", "steps", "writing"]
