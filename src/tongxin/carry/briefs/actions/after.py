"""What a brief's moves change after it was issued: reports upward, adoptions, instructions, handling, feedback."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from tongxin.carry.recognition import actions as recognition
from tongxin.hear.concerns import conversions
from tongxin.kernel import deadlines, door
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.files import DOCUMENTS, PICTURES, accept

from .. import above, corrections, exchange
from ..clocks import REPLY_CLOCK
from ..models import Brief, BriefAdoption, BriefAuthor, BriefFollowUp, BriefHandling, BriefPackage, BriefReport
from .steps import Facts, flow, leave, restart, voice_of
from .writing import draft as new_text
from .writing import keep_version


def _marks(brief: Brief, by: Actor, now: datetime) -> Facts:
    return {
        "assembly_id": brief.assembly_id, "brief": brief, "created_at": now, "updated_at": now,
        "created_by_id": by.user_id,
    }  # fmt: skip


def report_up(
    brief: Brief, by: Actor, now: datetime, *, to: Any = None, to_name: str = "", to_code: str = "", level: str = ""
) -> Facts:
    """To the assembly above, where it arrives as a submission, or to somebody outside this installation."""
    arrived = None
    if to:
        told: Facts = brief.texts | exchange.fitting(to.pk, exchange.lists_of(brief))
        names = "、".join(author.name for author in brief.authors.all())
        told |= {"assembly": to.pk, "came_from": brief.pk, "unit": brief.assembly.name, "names": names}
        arrived = door.begin(flow(), "arrive", system(brief.assembly.name, to), told, now=now)
    name = str(to.name if to else to_name)
    kept = {"to": to, "to_name": name, "to_code": to_code, "level": level, "arrived": arrived, "at": now}
    if not to:
        kept |= exchange.sent(brief, to_code, by)
    BriefReport.objects.create(**kept, **_marks(brief, by, now))
    brief.reported_at = brief.reported_at or now
    leave(brief, now)
    return {"to": name}


def arrive(
    *, by: Actor, now: datetime, assembly: Any, came_from: Brief | None = None, unit: str = "", **told: Any
) -> Brief:
    """What a lower assembly reported: its issued text and its authors' names, nothing else of it."""
    brief = new_text(by=by, now=now, assembly=assembly, unit=unit, origin=Brief.Origin.LOWER, **told)
    brief.came_from, brief.submitted_at = came_from, now
    return brief


def keep_arrived(
    brief: Brief, by: Actor, now: datetime, *, names: str = "", unit: str = "", sender: str = "", word: Any = (),
    **told: Any,
) -> Facts:  # fmt: skip
    """Runs after it is saved: the names under it, its text as the first version, and what package it came in."""
    BriefAuthor.objects.bulk_create(
        BriefAuthor(brief=brief, name=name[:60], unit=unit, position=n)
        for n, name in enumerate(filter(None, names.split("、")))
    )
    keep_version(brief, by, now)
    if sender:
        kept = {name: told[name] for name in ("number", "issue_year", "issue_number", "issue_total", "digest")}
        stored = accept(word[0], assembly=brief.assembly, kinds=DOCUMENTS)
        BriefPackage.objects.create(sender=sender, word=stored, **kept, **_marks(brief, by, now))
    return {"unit": unit, **({"packed": True} if sender else {})}


def adopt(
    brief: Brief, by: Actor, now: datetime, *, level: str, organ: str, on: date, evidence: list, note: str = ""
) -> Facts:
    """Somebody used it; the paper that shows it is kept."""
    stored = accept(evidence[0], assembly=brief.assembly, by=by.user, kinds=PICTURES | DOCUMENTS)
    told = {"level": level, "organ": organ, "on": on, "note": note, "evidence": stored}
    adoption = BriefAdoption.objects.create(**told, **_marks(brief, by, now))
    brief.adopted_at = brief.adopted_at or now
    above.adopted(brief, adoption, now)
    return {"level": level, "organ": organ, "on": on.isoformat()}


def instruct(brief: Brief, by: Actor, now: datetime, **told: Any) -> Facts:
    """A leader wrote on it; below, only level and day are told."""
    facts = recognition.instruct(brief, by, now, **told)
    above.tell(brief, BriefReport.Outcome.INSTRUCTED, now, code=told["level"], on=told["on"])
    return facts


def award(brief: Brief, by: Actor, now: datetime, **told: Any) -> Facts:
    """It was given a prize."""
    brief.awarded_at = brief.awarded_at or now
    return recognition.award(brief, by, now, **told)


def strike(brief: Brief, by: Actor, now: datetime, *, what: tuple[str, Any], reason: str) -> Facts:
    """An adoption, a report, a prize or an instruction was entered by mistake; what was told below of an adoption
    goes too."""
    kind, row = what
    corrections.mark(brief, row, now)
    if kind == "adoption":
        above.struck(brief, row, reason, now)
    code = row.level if kind == "instruction" else str(row)
    return {"struck": [kind, code], "note": reason}


def transfer(
    brief: Brief, by: Actor, now: datetime, *, lead: Any, assisting: Any = (), again: Any = (), note: str = "",
    due_on: date | None = None,
) -> Facts:  # fmt: skip
    """Given to bodies: one leads. Who had it before and is not named again has it no longer, and is told. What a body
    replied stands unless it is asked `again`; the time for the reply runs on while the same body leads and the day
    that is named for it (`due_on`; None: the usual period) stays as it was."""
    leave(brief, now)
    wanted = {lead.pk: BriefHandling.Part.LEAD}
    wanted |= {body.pk: BriefHandling.Part.ASSIST for body in assisting if body.pk != lead.pk}
    anew = {body.pk for body in again}
    let_go = []
    for held in brief.handlings.filter(ended_at=None).select_related("body"):
        if held.body_id not in wanted:
            let_go.append(held.body)
        if wanted.get(held.body_id) == held.part and not (held.replied_at and held.body_id in anew):
            del wanted[held.body_id]
        else:
            held.ended_at = now
            held.save(update_fields=["ended_at"])
    for body_id, part in wanted.items():
        BriefHandling.objects.create(body_id=body_id, part=part, **_marks(brief, by, now))
    running = [clock for clock in deadlines.open_ones(brief) if clock.kind == REPLY_CLOCK.kind]
    named = next((clock.due_on for clock in running if clock.unit == deadlines.NAMED), None)
    if brief.lead_body_id != lead.pk or not running or due_on != named:
        restart(brief, REPLY_CLOCK, now, due_on)
    brief.lead_body = lead
    brief.let_go = let_go  # type: ignore[attr-defined]  # carried to whom the move tells, not stored
    brief.transferred_at = brief.transferred_at or now
    return {"body": [str(lead), brief.number] if let_go else str(lead), "note": note}


def reply(brief: Brief, by: Actor, now: datetime, *, result: str, text: str) -> Facts:
    """What the leading body says it did."""
    leave(brief, now)
    _say(brief, brief.lead_body_id, now, result, text)
    brief.result, brief.replied_at = result, now
    return {"result": result}


def assist(brief: Brief, by: Actor, now: datetime, *, result: str, text: str) -> Facts:
    """What an assisting body says it did; the leading one replies for all."""
    from tongxin.people import roles

    mine = set(by.scopes(roles.BODY)) - {brief.lead_body_id}
    open_ = brief.handlings.filter(ended_at=None, body__in=mine).select_related("body")
    held = open_.order_by(F("replied_at").asc(nulls_first=True), "id").first()
    if held is None:
        return {}
    if held.replied_at:  # what it said before stays to be read
        held.ended_at = now
        held.save(update_fields=["ended_at"])
        BriefHandling.objects.create(body=held.body, part=held.part, **_marks(brief, by, now))
    _say(brief, held.body_id, now, result, text)
    return {"body": str(held.body), "result": result, "body_id": held.body_id}


def _say(brief: Brief, body_id: int | None, now: datetime, result: str, text: str) -> None:
    brief.handlings.filter(ended_at=None, body=body_id).update(result=result, text=text, replied_at=now, updated_at=now)


def press(brief: Brief, by: Actor, now: datetime, *, reason: str) -> Facts:
    """The reply does not do: the leading body is asked again. What it said before stays to be read."""
    leave(brief, now)
    held = brief.handlings.select_related("body").get(ended_at=None, body=brief.lead_body_id)
    held.ended_at = now
    held.save(update_fields=["ended_at"])
    BriefHandling.objects.create(body=held.body, part=held.part, **_marks(brief, by, now))
    brief.replied_at = None
    return {"body": str(brief.lead_body), "note": reason}


def follow_up(brief: Brief, by: Actor, now: datetime, *, done: str, text: str) -> Facts:
    """Looked at again: whether what was promised was done."""
    BriefFollowUp.objects.create(done=done, text=text, at=now, **_marks(brief, by, now))
    return {"result": done}


def feed_back(
    brief: Brief, by: Actor, now: datetime, *, result: str, text: str, call: bool = False, **words: str
) -> Facts:
    """The authors and everybody who spoke are told in one act; `words_<concern>` are words for one person alone.

    Each concern behind the brief gets its outcome and, on its receipt page, its answer. With `call`, who left a number
    is left to those who look after the concern, who telephone.
    """
    leave(brief, now)
    brief.feedback, brief.result, brief.fed_back_at = text, result, now
    voice, told, left = voice_of(brief), 0, 0
    for link in brief.concerns.select_related("concern"):
        concern = link.concern
        if concern.state != "converted":
            continue  # somebody has told that person already
        own = words.get(f"words_{concern.pk}") or text
        calls = call and bool(concern.speaker_phone)
        concern = conversions.converted_outcome(concern, voice, result=result, text=own, now=now)
        if calls:
            left += 1
            continue
        door.perform(concern, "answer", voice, {"way": "page", "text": own}, now=now)
        told += 1
    _passed_on(brief, now, result, text)
    return {"result": result, "told": told, "left": left}


def feed_back_more(brief: Brief, by: Actor, now: datetime, *, result: str, text: str, **words: str) -> Facts:
    """What came of it after it was fed back (the assembly above often answers later): the authors are told, and it
    stands on the receipt of everybody who spoke, beside what was told first."""
    brief.feedback, brief.result = f"{brief.feedback}\n\n{text}", result
    voice, told = voice_of(brief), 0
    for link in brief.concerns.select_related("concern"):
        if conversions.told_before(link.concern):
            own = words.get(f"words_{link.concern_id}") or text
            conversions.told_more(link.concern, voice, result=result, text=own, now=now)
            told += 1
    _passed_on(brief, now, result, text)
    return {"result": result, "told": told}


def _passed_on(brief: Brief, now: datetime, result: str, text: str) -> None:
    """The words from above are told now; below, they and our own are still to be told."""
    brief.reports.filter(owed=True).update(owed=False)
    above.tell(brief, BriefReport.Outcome.FED_BACK, now, code=result, text=text)


def hear(
    brief: Brief, by: Actor, now: datetime, *, report: BriefReport, news: str, code: str = "", on: date | None = None,
    text: str = "", unit: str = "", where: int | None = None,
) -> Facts:  # fmt: skip
    """What the assembly above made of it, or (`unit`, by its id `where`) one further up, to which that one reported it.
    Its codes are said in the words of its own lists. It is told further down too."""
    if where is None:
        report.outcome = news
    unit, where = unit or report.to_name, where or report.to_id
    report.heard_at, report.answer = now, text or report.answer
    report.owed = report.owed or bool(text and news == BriefReport.Outcome.FED_BACK)
    report.save(update_fields=["outcome", "heard_at", "answer", "owed"])
    above.tell(brief, news, now, code=code, on=on, text=text, unit=unit, where=where)
    return {"unit": unit, "news": [news, code, where, on.isoformat() if on else ""]}


def escalate(brief: Brief, by: Actor, now: datetime) -> Facts:
    """Mark the clocks that have run out, so that each is escalated once."""
    today = timezone.localdate(now)
    late = [clock for clock in deadlines.open_ones(brief) if clock.due_on < today and clock.escalated_on is None]
    for clock in late:
        clock.escalated_on = today
        clock.save(update_fields=["escalated_on"])
    return {"clocks": [clock.kind for clock in late]}
