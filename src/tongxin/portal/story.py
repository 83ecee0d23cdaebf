"""A concern told to the person who raised it: plain words for every state and move, and nothing that is not meant for
that person (notes of the staff, reasons given among themselves)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.hear.concerns.models import Answer, Concern, ConcernFile, Outcome, Rating
from tongxin.kernel import deadlines, journal, options, workflow
from tongxin.kernel.models import Deadline

from . import queries

FINAL_WORDS = ("answered", "closed")  # states in which the newest answer holds


@dataclass(frozen=True)
class Line:
    """A line of the story as the timeline draws it."""

    title: str
    at: datetime | None = None
    note: str = ""
    state: str = "done"
    who: str = ""


@dataclass(frozen=True)
class Head:
    """The result first: a tag, what there is to say, who and when, and until when somebody has to act."""

    tag: str
    tone: str
    icon: str
    text: str
    line: str = ""
    took: str = ""
    due_on: date | None = None


@dataclass(frozen=True)
class Round:
    """One answer with what was done before it, what the person says of it, and its pictures."""

    answer: Answer
    outcome: Outcome
    rating: Rating | None
    files: list[ConcernFile]

    @property
    def done(self) -> str:
        """What the body wrote, where the answer does not simply repeat it."""
        return "" if self.outcome.text.strip() in self.answer.text else self.outcome.text


@dataclass
class Track:
    """All that the holder's page shows."""

    concern: Concern
    head: Head
    lines: list[Line]
    waiting: str
    rounds: list[Round]
    own_files: list[ConcernFile]
    may_rate: bool
    may_erase: bool
    rate_until: date | None = None

    @property
    def newest(self) -> Round | None:
        return self.rounds[-1] if self.rounds else None

    @property
    def current(self) -> Round | None:
        """The answer that holds; none while it is looked at once more."""
        return self.newest if self.concern.state in FINAL_WORDS else None

    @property
    def earlier(self) -> list[Round]:
        """What was told before the answer that holds, or before the one that is still to come."""
        return self.rounds[:-1] if self.current else self.rounds


def tell(concern: Concern) -> Track:
    """The story as it stands now; five queries at most."""
    clocks = deadlines.open_ones(concern) if concern.due_on else []
    files = queries.told_files(concern)
    rounds = _rounds(concern, files) if concern.answered_at else []
    events = journal.timeline(concern)
    may_rate = concern.state == "answered" and bool(rounds)
    return Track(
        concern=concern,
        head=_head(concern, rounds, clocks),
        lines=_Teller(concern, rounds, clocks).lines(events),
        waiting=str(_WAITING[concern.state]()) if concern.state in _WAITING else "",
        rounds=rounds,
        own_files=[file for file in files if file.outcome_id is None],
        may_rate=may_rate,
        may_erase=bool(concern.speaker_name or concern.speaker_phone),
        rate_until=concern.due_on if may_rate and concern.due_kind == "rating" else None,
    )


def _rounds(concern: Concern, files: list[ConcernFile]) -> list[Round]:
    """Only rounds in which the person was told; what is still being prepared stays inside."""
    outcomes = concern.outcomes.filter(answer__isnull=False).select_related("body", "answer__rating")
    return [
        Round(
            outcome.answer,
            outcome,
            getattr(outcome.answer, "rating", None),
            [file for file in files if file.outcome_id == outcome.pk],
        )
        for outcome in outcomes
    ]


# The head

_TAGS: dict[str, tuple[Callable[[], str], str, str]] = {
    "resolved": (lambda: _("There is a result"), "jade", "check"),
    "in_progress": (lambda: _("It is under way"), "amber", "clock"),
    "planned": (lambda: _("It is planned"), "amber", "calendar"),
    "constrained": (lambda: _("Not possible for now"), "amber", "alert-circle"),
    "reference": (lambda: _("There is an explanation"), "indigo", "message-2"),
    Outcome.DECLINED: (lambda: _("Not a matter for us"), "indigo", "corner-up-right"),
}
_WAITING: dict[str, Callable[[], str]] = {
    "recorded": lambda: _("Somebody reads it and decides how to go on"),
    "triaged": lambda: _("It is decided who deals with it"),
    "direct_help": lambda: _("It is being dealt with"),
    "referred": lambda: _("It is being dealt with"),
    "converted": lambda: _("Members are carrying it further"),
    "outcome": lambda: _("You will be told the result here"),
    "declined": lambda: _("You will be told here"),
    "answered": lambda: _("Your turn: say what you think of it"),
    "disputed": lambda: _("It is looked at once more"),
}


def _head(concern: Concern, rounds: list[Round], clocks: list[Deadline]) -> Head:
    if rounds and concern.state in FINAL_WORDS:
        return _answered(concern, rounds[-1])
    due = min((clock.due_on for clock in clocks), default=concern.due_on)
    tag, tone, icon, text, by = _pending(concern)
    late = bool(due and due < timezone.localdate())
    line = _("This was due on %(day)s. It is late, and those responsible see that.") if late else by
    line = line % {"day": day(due)} if due else ""
    return Head(tag, tone, icon, text, line, due_on=due)


def _pending(concern: Concern) -> tuple[str, str, str, str, str]:
    """Tag, tone, icon, headline, and until when for a concern without its last word."""
    body = str(concern.body) if concern.body else _("the body responsible")
    return {
        "recorded": (
            _("Received"), "indigo", "mail-opened", _("We have it. Somebody will read it soon."),
            _("It is read by %(day)s at the latest."),
        ),
        "triaged": (
            _("It has been read"), "indigo", "eye", _("Somebody has read it and is working out how to go on."),
            _("There is to be a result by %(day)s."),
        ),
        "direct_help": (
            _("Being dealt with"), "indigo", "tools", _("We are dealing with it directly."),
            _("There is to be a result by %(day)s."),
        ),
        "referred": (
            _("Being dealt with"), "indigo", "building", _("%(body)s is dealing with it.") % {"body": body},
            _("A reply is due by %(day)s."),
        ),
        "converted": (
            _("Members carry it further"), "indigo", "arrow-up-right",
            _("It concerns more people than you: members are carrying it further."),
            _("There is to be news by %(day)s."),
        ),
        "outcome": (
            _("There is a result"), "amber", "hourglass", _("There is a result. We are about to tell you."),
            _("You read it here by %(day)s at the latest."),
        ),
        "declined": (
            _("It has been read"), "amber", "hourglass",
            _("It has been read. We are writing down for you how to go on."),
            _("You read it here by %(day)s at the latest."),
        ),
        "disputed": (
            _("Looked at once more"), "amber", "refresh", _("You were not satisfied. Somebody is looking at it again."),
            _("You hear more by %(day)s."),
        ),
    }.get(concern.state, (_("Finished"), "", "check", _("This matter is closed."), ""))  # fmt: skip


def _answered(concern: Concern, last: Round) -> Head:
    label, tone, icon = _TAGS.get(_meaning(concern, last.outcome), _TAGS["reference"])
    who = last.outcome.body or concern.committee or concern.assembly
    days = (timezone.localdate(last.answer.at) - timezone.localdate(concern.said_at)).days
    took = ngettext("after %(n)d day", "after %(n)d days", days) % {"n": days} if days > 0 else _("on the same day")
    return Head(label(), tone, icon, last.answer.text, f"{who} · {day(timezone.localdate(last.answer.at))}", took)


def _meaning(concern: Concern, outcome: Outcome) -> str:
    """The neutral meaning of a result, which assemblies may name as they like."""
    if outcome.result == Outcome.DECLINED:
        return outcome.result
    found = options.every_choice(concern.assembly_id, "concerns.result")
    return next((choice.meaning or choice.code for choice in found if choice.code == outcome.result), "reference")


# The story


class _Teller:
    """Turns the journal into lines. Moves that mean nothing to the person have no line."""

    def __init__(self, concern: Concern, rounds: list[Round], clocks: list[Deadline]) -> None:
        self.concern, self.clocks = concern, clocks
        self.answers: Iterator[Answer] = iter([each.answer for each in rounds])
        self.ratings: Iterator[Rating] = iter([each.rating for each in rounds if each.rating])

    def lines(self, events: list[journal.Event]) -> list[Line]:
        last = {event.verb: event.id for event in events}
        found = []
        for event in events:
            words = getattr(self, f"_{event.verb}", self._other)(event, last.get(event.verb) == event.id)
            if words:
                title, note = words if isinstance(words, tuple) else (words, "")
                found.append(Line(title, event.at, note))
        return found

    def _speak(self, event: journal.Event, newest: bool) -> str:
        if self.concern.station:
            return _("You said it at %(station)s") % {"station": self.concern.station}
        return _("You said it here")

    def _write_down(self, event: journal.Event, newest: bool) -> str:
        return _("You said it, and it was written down for you")

    def _take_in(self, event: journal.Event, newest: bool) -> str:
        return _("What you said elsewhere was handed to us")

    def _triage(self, event: journal.Event, newest: bool) -> str:
        if newest and self.concern.committee:
            return _("It was read; %(committee)s looks after it") % {"committee": self.concern.committee}
        return _("It was read")

    def _help(self, event: journal.Event, newest: bool) -> str:
        return _("We began to deal with it directly")

    def _refer(self, event: journal.Event, newest: bool) -> tuple[str, str]:
        title = _("It went to %(body)s") % {"body": event.facts.get("body", "…")}
        reply = next((clock for clock in self.clocks if clock.kind == "reply"), None) if newest else None
        if reply is None:
            return title, ""
        if reply.unit == "working_days":
            length = ngettext("%(n)d working day", "%(n)d working days", reply.length) % {"n": reply.length}
        else:
            length = ngettext("%(n)d day", "%(n)d days", reply.length) % {"n": reply.length}
        return title, _("a reply is due by %(day)s (%(length)s)") % {"day": day(reply.due_on), "length": length}

    def _guide(self, event: journal.Event, newest: bool) -> str:
        if newest and self.concern.state == "outcome":
            return _("It was read, and there is something to tell you")
        return _("This is a matter for: %(channel)s") % {"channel": event.facts.get("channel", "…")}

    def _decline(self, event: journal.Event, newest: bool) -> str | tuple[str, str]:
        if newest and self.concern.state == "declined":
            return _("It was read, and there is something to tell you")
        return _("We could not take it up"), str(event.facts.get("reason", ""))

    def _reply(self, event: journal.Event, newest: bool) -> str:
        return _("%(body)s has replied") % {"body": self.concern.body or _("The body")}

    def _settle(self, event: journal.Event, newest: bool) -> str:
        return _("There was a result")

    def _send_back(self, event: journal.Event, newest: bool) -> str:
        return _("%(body)s is not responsible; we are looking for who is") % {"body": event.facts.get("body", "…")}

    def _answer(self, event: journal.Event, newest: bool) -> str:
        answer = next(self.answers, None)
        return {
            Answer.Way.MESSAGE: _("You were told by text message"),
            Answer.Way.PHONE: _("You were told by telephone"),
            Answer.Way.VISIT: _("You were told in person"),
            Answer.Way.UNREACHED: _("We could not reach you; the answer stands here"),
        }.get(answer.way if answer else "", _("You were told the result"))  # type: ignore[call-overload]

    def _tell_more(self, event: journal.Event, newest: bool) -> str:
        if not event.facts.get("told"):
            return ""
        next(self.answers, None)
        return _("More came of it, and you were told")

    def _rate(self, event: journal.Event, newest: bool) -> tuple[str, str]:
        rating = next(self.ratings, None)
        value = rating.get_value_display() if rating else event.facts.get("value", "…")
        return _("You said: %(rating)s") % {"rating": value}, rating.comment if rating else ""

    _object = _rate

    def _reopen(self, event: journal.Event, newest: bool) -> str:
        return _("It was taken up once more")

    def _explain(self, event: journal.Event, newest: bool) -> str:
        next(self.answers, None)
        return _("It was explained to you once more, and the matter is closed")

    def _close(self, event: journal.Event, newest: bool) -> str:
        return _("The time for saying what you think is over; the matter is closed")

    def _release(self, event: journal.Event, newest: bool) -> str:
        return _("Nothing came of it there; it is being dealt with another way")

    def _escalate(self, event: journal.Event, newest: bool) -> str:
        return _("It took too long; those responsible were pressed")

    def _forget(self, event: journal.Event, newest: bool) -> str:
        return _("Your name and number were erased, as you wished")

    def _expire(self, event: journal.Event, newest: bool) -> str:
        return _("Your name and number were erased: they had been kept long enough")

    def _other(self, event: journal.Event, newest: bool) -> str:
        """A later room's move that carries the concern further; everything else is the staff's own business."""
        move = workflow.of(Concern).move(event.verb)
        return _("Carried further: %(how)s") % {"how": move.label} if move and move.to == "converted" else ""


@dataclass(frozen=True)
class Promise:
    """What happens next, said right after somebody spoke."""

    by: date | None
    days: dict[str, int] = field(default_factory=dict)


def promise(concern: Concern) -> Promise:
    """Until when it is read, and how many days the steps after that may take."""
    names = ("handle_days", "answer_days")
    return Promise(
        concern.triage_due_on, {name: options.parameter(concern.assembly_id, f"concerns.{name}") for name in names}
    )


def day(value: date) -> str:
    """11月30日, with the year when it is not this one."""
    this_year = value.year == timezone.localdate().year
    return str(date_format(value, "MONTH_DAY_FORMAT" if this_year else "DATE_FORMAT"))
