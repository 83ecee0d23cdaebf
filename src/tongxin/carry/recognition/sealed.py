"""Reading what a leader wrote: one at a time, by those who are named for it, and noted."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from tongxin.kernel import crypto, door, files
from tongxin.kernel.actor import Actor
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import StoredFile
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


def keep(scan: files.Prepared, paper: Any, by: Actor) -> StoredFile:
    """The scan, its bytes encrypted before they are written."""
    hidden = replace(scan, content=crypto.encrypt_bytes(scan.content), thumbnail=None, width=None, height=None)
    return files.accept(hidden, assembly=paper.assembly, by=by.user)


def scan(actor: Actor, paper: Any, pk: int, rule: Rule) -> FileResponse:
    """The scan of the instruction, noted like a reading of the words. Raises `NotAllowed` when there is none."""
    found = paper.instructions.select_related("scan").filter(pk=pk).exclude(scan=None).first()
    if found is None or not rule.allows(actor, paper):
        raise NotAllowed(rule.reason)
    door.note(paper, "unsealed", actor, instruction=found.pk, scan=True)
    with default_storage.open(found.scan.path) as stored:
        content = crypto.decrypt_bytes(stored.read())
    return files.answer(io.BytesIO(content), found.scan.name, found.scan.content_type)


def part(request: HttpRequest, instruction: Instruction) -> HttpResponse:
    """The opened instruction alone, to be put in the place of the sealed one."""
    context = {"instruction": instruction, "level": instruction.level_label, "opened": True, "unseal_url": request.path}
    return render(request, "recognition/instruction.html", context)
