"""The pages of the room: research reports, awards and honours."""

from . import honours, reports

__all__ = ["honours", "reports"]
