"""Briefs 社情民意信息 and what hangs on them (domain §2.5): authors, concerns behind them, versions, returns, reports
upward, adoptions, instructions, handling.

The text has three parts: situation, analysis, suggestion. Whoever wrote keeps the credit in `BriefAuthor`, through
every merge.
"""

from .after import BriefAdoption, BriefAward, BriefFollowUp, BriefHandling, BriefInstruction, BriefPackage, BriefReport
from .briefs import OF_SHEET, PARTS, TEXTS, Brief, issue_sought, issue_words
from .writing import BriefAuthor, BriefConcern, BriefReturn, BriefVersion

__all__ = [
    "OF_SHEET",
    "PARTS",
    "TEXTS",
    "Brief",
    "BriefAdoption",
    "BriefAuthor",
    "BriefAward",
    "BriefConcern",
    "BriefFollowUp",
    "BriefHandling",
    "BriefInstruction",
    "BriefPackage",
    "BriefReport",
    "BriefReturn",
    "BriefVersion",
    "issue_sought",
    "issue_words",
]
