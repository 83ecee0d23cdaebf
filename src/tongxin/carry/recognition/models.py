"""What hangs on a paper when others think something of it, the same for every kind of paper (domain §2.8).

The rooms derive their tables from these, with a key to their paper whose `related_name` is `instructions` or `awards`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.kernel import options
from tongxin.kernel.fields import EncryptedTextField
from tongxin.kernel.models import Record, StoredFile

from .lists import AWARD_GRADES, AWARD_LEVELS, INSTRUCTION_LEVELS


class Instruction(Record):
    """批示: what a leader wrote on it. Name, words and scan are sealed; each reading of them is journaled."""

    level = models.CharField(_("level"), max_length=40)
    on = models.DateField(_("day"))
    leader = EncryptedTextField(_("leader"))
    text = EncryptedTextField(_("words of the instruction"))
    scan = models.ForeignKey(  # its bytes are encrypted too: only `sealed.scan` opens it
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("scan of the paper")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.level_label

    @property
    def level_label(self) -> str:
        return options.label(self.assembly_id, INSTRUCTION_LEVELS, self.level)


class Award(Record):
    """奖项: a prize for a paper. `year` is the one it was given for; `on` the day, where it is known.

    A `void` one was entered by mistake: it stays to be seen and counts nowhere.
    """

    name = models.CharField(_("prize"), max_length=80)
    issuer = models.CharField(_("given by"), max_length=80)
    level = models.CharField(_("level"), max_length=40)
    grade = models.CharField(_("grade"), max_length=40)
    year = models.PositiveSmallIntegerField(_("year"))
    on = models.DateField(_("day"), null=True, blank=True)
    evidence = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("evidence")
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    void = models.BooleanField(_("entered by mistake"), default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} {self.grade_label}"

    @property
    def level_label(self) -> str:
        return options.label(self.assembly_id, AWARD_LEVELS, self.level)

    @property
    def grade_label(self) -> str:
        return options.label(self.assembly_id, AWARD_GRADES, self.grade)
