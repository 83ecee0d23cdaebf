"""What the moves of the contact room change beyond the state. Called only by the door; `now` is passed in.

The journal never holds a constituent's name or number: it says who was linked by the member's name, and reasons that
somebody typed are blotted out.
"""

from . import forgetting, links, merging, people, records

__all__ = ["forgetting", "links", "merging", "people", "records"]
