"""Reading what a leader wrote: one at a time, by those who are named for it, and noted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongxin.kernel import door
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.rules import Rule

from .models import Instruction


def unseal(actor: Actor, paper: Any, pk: int, rule: Rule) -> Instruction:
    """The instruction with name and words, which the paper's journal notes as `unsealed`.

    Raises `NotAllowed` when the rule does not let the actor, or the paper has no such instruction.
    """
    if not rule.allows(actor, paper):
        raise NotAllowed(rule.reason)
    found = paper.instructions.filter(pk=pk).first()
    if found is None:
        raise NotAllowed(rule.reason)
    door.note(paper, "unsealed", actor, instruction=found.pk)
    return found


def part(request: HttpRequest, instruction: Instruction) -> HttpResponse:
    """The opened instruction alone, to be put in the place of the sealed one."""
    context = {"instruction": instruction, "level": instruction.level_label, "opened": True}
    return render(request, "recognition/instruction.html", context)
