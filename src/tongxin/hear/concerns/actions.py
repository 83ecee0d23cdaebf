"""What the concern's moves change beyond the state. Called only by the door; `now` is passed in.

The facts returned stand in the journal for ever, so they hold what the staff did but never the words of the person, nor
what was written to that person: those stay in tables from which they can be erased. In a note of the staff, which a
handling body may read too, the person's name and number are blotted out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from tongxin.kernel import deadlines, events, options
from tongxin.kernel.actor import Actor
from tongxin.kernel.crypto import blind_index
from tongxin.kernel.files import DOCUMENTS, PICTURES, accept
from tongxin.kernel.personal import blot_out, mask_phone
from tongxin.people import queries as people

from . import texts
from .clocks import ANSWER_CLOCK, TRIAGE_CLOCK
from .models import Answer, Concern, ConcernFile, Outcome, Rating

Facts = dict[str, Any]
FORGETTING = "concerns.forgetting"  # told to other rooms before a person's name and number go


def record(
    *,
    by: Actor,
    now: datetime,
    assembly: Any,
    text: str,
    source: str = "",
    said_at: datetime | None = None,
    **told: Any,
) -> Concern:
    """A new concern as it was said. The sector is the station's unless another is named; its committee follows."""
    station = told.get("station")
    sector = told.get("sector") or getattr(station, "sector", None)
    name, phone = told.get("speaker_name") or "", told.get("speaker_phone") or ""
    concern = Concern(
        assembly=assembly,
        title=told.get("title") or texts.title(text),
        text=text,
        text_key=texts.key(text),
        said_at=said_at or now,
        source=source,
        topic=told.get("topic") or "",
        station=station,
        county=told.get("county") or getattr(station, "county", None),
        sector=sector,
        committee=people.committee_of(sector, timezone.localdate(now)),
        speaker_name=name,
        speaker_phone=phone,
        phone_index=blind_index(phone, "phone") if phone else "",
        consent_at=now if told.get("consent") and (name or phone) else None,
        receipt_index=told.get("receipt_index") or None,
        reference=told.get("reference") or "",
        repeats=bool(told.get("repeats")),
    )
    concern.triage_due_on = deadlines.prepare(concern, TRIAGE_CLOCK, now).due_on
    return concern


def speak(*, by: Actor, now: datetime, station: Any = None, **told: Any) -> Concern:
    source = Concern.Source.CODE if station else Concern.Source.PORTAL
    return record(by=by, now=now, station=station, source=source, **told)


def write_down(*, by: Actor, now: datetime, source: str = "", **told: Any) -> Concern:
    return record(by=by, now=now, source=source or Concern.Source.DESK, **told)


def take_in(*, by: Actor, now: datetime, **told: Any) -> Concern:
    return record(by=by, now=now, source=Concern.Source.IMPORT, **told)


def keep_pictures(concern: Concern, by: Actor, now: datetime, *, pictures: list | None = None, **told: Any) -> Facts:
    """Runs after the concern is saved."""
    _attach(concern, by, pictures)
    facts: Facts = {"pictures": len(pictures)} if pictures else {}
    if concern.station_id:
        facts["station"] = str(concern.station)
    return facts


def triage(concern: Concern, by: Actor, now: datetime, *, note: str = "", title: str = "", **sorting: Any) -> Facts:
    concern.title = title or concern.title
    sort(concern, now, **sorting)
    reach_triage(concern, now)
    return {"where": _where(concern), "note": _impersonal(concern, note)}


def reassign(concern: Concern, by: Actor, now: datetime, **sorting: Any) -> Facts:
    sort(concern, now, **sorting)
    return {"where": _where(concern)}


def sort(concern: Concern, now: datetime, *, sector: Any, committee: Any, topic: str, severity: int | None) -> None:
    """Sector, committee (the sector's own when none is named), topic and severity."""
    concern.sector = sector
    concern.committee = committee or people.committee_of(sector, timezone.localdate(now))
    concern.topic = topic or concern.topic
    concern.severity = severity or concern.severity


def help_(concern: Concern, by: Actor, now: datetime, *, note: str, sector: Any = None) -> Facts:
    _decide(concern, now, sector)
    return {"note": _impersonal(concern, note)}


def refer(concern: Concern, by: Actor, now: datetime, *, body: Any, note: str, sector: Any = None) -> Facts:
    _decide(concern, now, sector)
    concern.body = body
    return {"body": str(body), "note": _impersonal(concern, note)}


def guide(concern: Concern, by: Actor, now: datetime, *, channel: str, text: str) -> Facts:
    """Directing somebody elsewhere is an outcome of its own: what is left is to tell the person."""
    reach_triage(concern, now)
    concern.channel = channel
    _settle(concern, by, now, result=_explained(concern), text=text)
    return {"channel": channel}


def decline(concern: Concern, by: Actor, now: datetime, *, reason: str, text: str) -> Facts:
    """No outcome is reached; the explanation is kept like one, so that answering the person starts from it."""
    reach_triage(concern, now)
    concern.decline_reason = reason
    _keep_outcome(concern, by, now, result=Outcome.DECLINED, text=text)
    _await_answer(concern, now)
    return {"reason": reason}


def settle(
    concern: Concern, by: Actor, now: datetime, *, result: str, text: str, pictures: list | None = None
) -> Facts:
    outcome = _settle(concern, by, now, result=result, text=text, body=concern.body)
    _attach(concern, by, pictures, outcome)
    facts: Facts = {"result": result}
    return {**facts, "pictures": len(pictures)} if pictures else facts


def send_back(concern: Concern, by: Actor, now: datetime, *, reason: str) -> Facts:
    body, concern.body = concern.body, None
    concern.sent_back += 1
    return {"body": str(body), "note": _impersonal(concern, reason)}


def release(concern: Concern, by: Actor, now: datetime, *, reason: str) -> Facts:
    """What it was carried into came to nothing: it is handled here again."""
    return {"note": _impersonal(concern, reason)}


def answer(concern: Concern, by: Actor, now: datetime, *, way: str, text: str, delivery: str) -> Facts:
    _tell(concern, by, now, concern.outcomes.last(), way=way, text=text, delivery=delivery)
    return {"way": way}


def tell_more(
    concern: Concern, by: Actor, now: datetime, *, result: str, text: str, pictures: list | None = None
) -> Facts:
    """More came of what it was carried into, after that was told: one more round on the receipt page. When and whether
    in time the person was answered stays. Who still waits for a call is told both at once."""
    waits = concern.state == "outcome"
    newest = concern.outcomes.last() if waits else None
    whole = f"{newest.text}\n\n{text}" if newest else text
    outcome = _keep_outcome(concern, by, now, result=result, text=whole)
    if not waits:
        _keep_answer(concern, by, now, outcome, way=Answer.Way.PAGE, text=text)
    return {"result": result, "told": not waits}


def rate(concern: Concern, by: Actor, now: datetime, *, value: str, comment: str = "") -> Facts:
    """The person's own word on the newest answer."""
    newest = concern.answers.latest("at", "id")
    Rating.objects.create(
        assembly_id=concern.assembly_id, concern=concern, answer=newest, value=value, comment=comment, at=now
    )
    concern.rating, concern.rated_at = value, now
    if value != Rating.Value.NOT:
        concern.closed_at = now
    return {"value": value}


def object_(concern: Concern, by: Actor, now: datetime, *, comment: str = "") -> Facts:
    return rate(concern, by, now, value=Rating.Value.NOT, comment=comment)


def reopen(concern: Concern, by: Actor, now: datetime, *, reason: str) -> Facts:
    concern.body, concern.channel, concern.decline_reason = None, "", ""
    return {"note": _impersonal(concern, reason)}


def explain(concern: Concern, by: Actor, now: datetime, *, reason: str) -> Facts:
    """The explanation is one more answer, which the person finds on the receipt page; due when the dispute is."""
    concern.answer_due_on = concern.due_on
    outcome = _keep_outcome(concern, by, now, result=_explained(concern), text=reason)
    _tell(concern, by, now, outcome, way=Answer.Way.PAGE, text=reason)
    concern.closed_at = now
    return {}


def close(concern: Concern, by: Actor, now: datetime) -> Facts:
    concern.closed_at = now
    return {}


def extend(concern: Concern, by: Actor, now: datetime, *, days: int, reason: str) -> Facts:
    """The clock that runs out next gets more time; the reason stands with it and in the story."""
    clock = deadlines.nearest(concern)
    assert clock is not None  # noqa: S101 - the form sees to it
    deadlines.extend(clock, days, _impersonal(concern, reason), by.name, now)
    clock.save(update_fields=["due_on", "calendar", "extensions"])
    deadlines.point(concern, deadlines.open_ones(concern))
    if clock.kind == ANSWER_CLOCK.kind:
        concern.answer_due_on = clock.due_on
    return {"clock": clock.kind, "until": clock.due_on.isoformat(), "note": _impersonal(concern, reason)}


def escalate(concern: Concern, by: Actor, now: datetime) -> Facts:
    """Mark the clocks that have run out, so that each is escalated once."""
    today = timezone.localdate(now)
    late = [clock for clock in deadlines.open_ones(concern) if clock.due_on < today and clock.escalated_on is None]
    for clock in late:
        clock.escalated_on = today
        clock.save(update_fields=["escalated_on"])
    return {"clocks": [clock.kind for clock in late]}


def forget(concern: Concern, by: Actor, now: datetime) -> Facts:
    """Name and telephone go, also where somebody wrote them into a text; what was said stays, without a person.

    Other rooms take them out of what they wrote about it.
    """
    events.announce(FORGETTING, concern, by, now, speaker=concern.speaker_name, phone=concern.speaker_phone)
    _rewrite(concern, lambda text: _impersonal(concern, text))
    concern.speaker_name = concern.speaker_phone = concern.phone_index = ""
    concern.consent_at = None
    for told in concern.answers.exclude(number=""):
        told.number = ""
        told.save(update_fields=["number"])
    return {}


def blot(concern: Concern, by: Actor, now: datetime, *, name: str, phone: str) -> Facts:
    """Somebody who is named in the concern goes from its texts; who said it stays."""
    _rewrite(concern, lambda text: blot_out(text, name, phone))
    return {}


def mentions(concern: Concern, name: str, phone: str) -> bool:
    """Whether a text of the concern names somebody."""
    said = (getattr(row, field) for row, fields in _texts(concern) for field in fields)
    return any(blot_out(text, name, phone) != text for text in said)


def _rewrite(concern: Concern, change: Callable[[str], str]) -> None:
    """Change every free text of the concern."""
    for row, names in _texts(concern):
        for name in names:
            setattr(row, name, change(getattr(row, name)))
        if row is not concern:
            row.save(update_fields=names)
    concern.text_key = texts.key(concern.text)


def _texts(concern: Concern) -> list[tuple[Any, list[str]]]:
    """Every row of the concern with the names of its free texts."""
    return [
        (concern, ["title", "text"]),
        *((row, ["text"]) for row in concern.outcomes.all()),
        *((row, ["text", "delivery"]) for row in concern.answers.all()),
        *((row, ["comment"]) for row in concern.ratings.all()),
    ]


def _impersonal(concern: Concern, text: str) -> str:
    return texts.impersonal(concern, text)


def _explained(concern: Concern) -> str:
    """The assembly's own result for what was explained and no more; assemblies name and number results themselves."""
    return options.meaning(concern.assembly_id, "concerns.result", "reference") or Outcome.EXPLAINED


def _settle(concern: Concern, by: Actor, now: datetime, *, result: str, text: str, body: Any = None) -> Outcome:
    concern.outcome_at = now
    _await_answer(concern, now)
    return _keep_outcome(concern, by, now, result=result, text=text, body=body)


def _keep_outcome(concern: Concern, by: Actor, now: datetime, *, result: str, text: str, body: Any = None) -> Outcome:
    return Outcome.objects.create(
        assembly_id=concern.assembly_id,
        concern=concern,
        body=body,
        result=result,
        text=text,
        at=now,
        created_at=now,
        updated_at=now,
        created_by_id=by.user_id,
    )


def _tell(
    concern: Concern, by: Actor, now: datetime, outcome: Outcome | None, *, way: str, text: str, delivery: str = ""
) -> None:
    _keep_answer(concern, by, now, outcome, way=way, text=text, delivery=delivery)
    concern.answered_at = now
    concern.answered_in_time = concern.answer_due_on is None or timezone.localdate(now) <= concern.answer_due_on


def _keep_answer(
    concern: Concern, by: Actor, now: datetime, outcome: Outcome | None, *, way: str, text: str, delivery: str = ""
) -> None:
    Answer.objects.create(
        assembly_id=concern.assembly_id,
        concern=concern,
        outcome=outcome,
        way=way,
        text=text,
        number=mask_phone(concern.speaker_phone) if way in (*Answer.NEED_NUMBER, Answer.Way.UNREACHED) else "",
        delivery=delivery,
        at=now,
        created_at=now,
        updated_at=now,
        created_by_id=by.user_id,
    )


def _await_answer(concern: Concern, now: datetime) -> None:
    concern.answer_due_on = deadlines.prepare(concern, ANSWER_CLOCK, now).due_on


def _decide(concern: Concern, now: datetime, sector: Any) -> None:
    """A decision counts as triage; what had no sector gets it, and its committee."""
    if sector:
        concern.sector = sector
        concern.committee = people.committee_of(sector, timezone.localdate(now))
    reach_triage(concern, now)


def reach_triage(concern: Concern, now: datetime) -> None:
    if concern.triaged_at is None:
        concern.triaged_at = now
        concern.triaged_in_time = concern.triage_due_on is None or timezone.localdate(now) <= concern.triage_due_on


def _where(concern: Concern) -> str:
    """Sector and committee in words, as far as they are known."""
    return " · ".join(str(part) for part in (concern.sector, concern.committee) if part) or "–"


def _attach(concern: Concern, by: Actor, uploads: list | None, outcome: Outcome | None = None) -> None:
    for upload in uploads or []:
        stored = accept(upload, assembly=concern.assembly, by=by.user, kinds=PICTURES | DOCUMENTS)
        ConcernFile.objects.create(concern=concern, file=stored, outcome=outcome)
