"""处理笺: goes with the issue to leaders and bodies: room for the leader's hand, to whom it was given, what came of it.

What a leader wrote is sealed and never printed here; that and when there was an instruction, the staff read.
"""

from __future__ import annotations

from django.utils import timezone

from tongxin.documents.official import Block, Heading, Paper, Paragraph, Table
from tongxin.documents.official.content import written
from tongxin.kernel.actor import Actor

from .. import queries
from ..models import Brief, BriefHandling
from ..queries.after import Step
from . import parameters

COLUMNS = (5, 9, 5, 9)
ROOM = (1, 1, 7, 6, 7)  # lines of the rows; the last three are also filled in by hand
LONGEST_CELL = 120  # characters of a reply that stands in its cell; a longer one follows below the table


def make(actor: Actor, brief: Brief) -> Paper:
    told = queries.story(actor, brief)
    replies = [step for step in told.after["handling"] if step.on]
    note = next((event.note for event in reversed(told.told) if event.verb == "transfer"), "")
    issued = written(timezone.localdate(brief.issued_at))
    rows = (
        ("题目", brief.title),
        ("期号", f"第{brief.issue_number}期（总第{brief.issue_total}期）", "编发日期", issued),
        ("领导批示", _instructions(told.after["instruction"])),
        ("转办意见", _transfer(brief, told.after["handling"], note)),
        ("办理结果", "\n".join(_reply(step) for step in replies)),
    )
    return Paper(
        f"{parameters.name(brief.assembly)}处理笺",
        body=(Table(rows, COLUMNS, ROOM, header=False, labels=True, spans=True), *_in_full(replies)),
    )


def _instructions(steps: list[Step]) -> str:
    """Level and day of each that stands; the words stay where they are sealed."""
    return "\n".join(
        f"{step.label}，{written(step.on)}（内容另行登记）" for step in steps if step.on and not step.ended
    )


def _transfer(brief: Brief, steps: list[Step], note: str) -> str:
    """请市住房和城乡建设局主办，市卫生健康委员会协办。"""
    now = [step for step in steps if not step.ended]
    lead = "、".join(step.name for step in now if step.more == BriefHandling.Part.LEAD)
    assisting = "、".join(step.name for step in now if step.more == BriefHandling.Part.ASSIST)
    parts = [f"{names}{part}" for names, part in ((lead, "主办"), (assisting, "协办")) if names]
    lines = [f"请{'，'.join(parts)}。"] if parts else []
    if note:
        lines.append(note)
    if brief.state == "handling" and brief.due_on:
        lines.append(f"请于{written(brief.due_on)}前答复。")
    return "\n".join(lines)


def _reply(step: Step) -> str:
    head = f"{step.name}（{written(step.on)}）：{step.label}" if step.on else ""
    text = " ".join(step.text.split())
    return f"{head}。{text}" if len(text) <= LONGEST_CELL else f"{head}。答复全文附后。"


def _in_full(steps: list[Step]) -> list[Block]:
    long = [step for step in steps if len(" ".join(step.text.split())) > LONGEST_CELL]
    found: list[Block] = []
    for step in long:
        found += [Heading(1, f"{step.name}的答复", numbered=len(long) > 1), Paragraph(step.text)]
    return found
