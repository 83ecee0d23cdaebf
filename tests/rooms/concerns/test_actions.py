"""The concern's way through the door: each move, who may make it, what it leaves behind."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from tests.cast import Cast
from tongxin.hear.concerns import conversions, queries, tasks
from tongxin.hear.concerns.models import Answer, Concern, Outcome, Rating
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import deadlines, door, journal, options, search
from tongxin.kernel.actor import holder
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed, Stale
from tongxin.kernel.models import Deadline, JournalEntry, Notice, Option

pytestmark = pytest.mark.django_db


def verbs(concern: Concern) -> list[str]:
    return [event.verb for event in journal.timeline(concern)]


def test_a_concern_starts_its_clock_and_takes_place_and_sector_from_the_station(cast: Cast) -> None:
    concern = cast.concern(sector="")
    assert (concern.county, concern.sector, concern.committee) == (cast.county, cast.sector, cast.committee_)
    assert concern.due_kind == "triage"
    assert concern.due_on == timezone.localdate() + timedelta(days=7) == concern.triage_due_on
    assert concern.number == f"{timezone.localdate().year}-0001"


def test_what_is_too_long_or_has_a_number_without_consent_is_an_error_and_keeps_the_text(cast: Cast) -> None:
    data = {"assembly": cast.city, "text": "字" * 2001, "speaker_phone": "13800001234"}
    with pytest.raises(Invalid) as refused:
        door.begin(CONCERNS, "speak", cast.actor("public"), data)
    assert set(refused.value.form.errors) == {"text", "consent"}
    assert refused.value.form["text"].value() == "字" * 2001
    assert not Concern.objects.exists()


def test_triage_names_sector_committee_topic_and_title(cast: Cast) -> None:
    concern = cast.concern()
    data = {"title": "路灯不亮", "sector": cast.other_sector, "topic": "road", "severity": 3, "note": "去看看"}
    concern = door.perform(concern, "triage", cast.actor("office"), data)
    assert (concern.state, concern.title, concern.topic, concern.severity) == ("triaged", "路灯不亮", "road", 3)
    assert concern.committee == cast.other_committee  # the sector's own
    assert concern.triaged_in_time is True
    assert concern.due_kind == "handle"
    assert list(search.matching(Concern.objects.all(), "路灯不亮")) == [concern]


def test_late_triage_is_remembered_as_late(cast: Cast) -> None:
    concern = cast.concern()
    later = timezone.now() + timedelta(days=8)
    concern = door.perform(concern, "help", cast.actor("office"), {"note": "联系物业"}, now=later)
    assert concern.triaged_in_time is False


def test_the_whole_chain(cast: Cast) -> None:
    concern = cast.concern(state="closed")
    assert verbs(concern) == ["speak", "triage", "refer", "reply", "answer", "rate"]
    assert concern.rating == "satisfied"
    assert concern.closed_at
    assert concern.due_on is None
    outcome = Outcome.objects.get()
    assert (outcome.body, outcome.answer.rating.value) == (cast.roads, "satisfied")
    assert not Deadline.objects.filter(met_at=None, dropped_at=None).exists()


def test_the_journal_holds_nothing_that_the_person_said_or_was_told(cast: Cast) -> None:
    cast.concern(state="disputed")
    kept = " ".join(str(entry.facts) for entry in JournalEntry.objects.all())
    assert "又坏了" not in kept
    assert "谢谢您" not in kept


@pytest.mark.parametrize("move", ["help", "refer", "guide", "decline"])
def test_a_concern_can_be_decided_without_a_separate_triage(cast: Cast, move: str) -> None:
    data = {
        "help": {"note": "联系社区"},
        "refer": {"body": cast.roads, "note": ""},
        "guide": {"channel": "12345", "text": "请拨 12345"},
        "decline": {"reason": "lawsuit", "text": "已经起诉"},
    }[move]
    concern = door.perform(cast.concern(), move, cast.actor("committee"), data)
    assert concern.triaged_at
    assert concern.state in ("direct_help", "referred", "outcome", "declined")


def test_declining_needs_a_reason_and_the_explanation_is_what_the_answer_starts_from(cast: Cast) -> None:
    concern = cast.concern()
    with pytest.raises(Invalid):
        door.perform(concern, "decline", cast.actor("office"), {"reason": "", "text": ""})
    concern = door.perform(concern, "decline", cast.actor("office"), {"reason": "lawsuit", "text": "已经起诉"})
    form = door.form_for(concern, CONCERNS.move("answer"), cast.actor("office"))
    assert form["text"].value() == "已经起诉"
    assert Outcome.objects.get().result_label


def test_a_body_may_send_back_once(cast: Cast) -> None:
    body, office = cast.actor("body"), cast.actor("office")
    concern = door.perform(cast.concern(state="referred"), "send_back", body, {"reason": "是城管局的事"})
    assert (concern.state, concern.body, concern.due_kind) == ("triaged", None, "handle")
    concern = door.perform(concern, "refer", office, {"body": cast.roads, "note": "请牵头"})
    with pytest.raises(Invalid):
        door.perform(concern, "send_back", body, {"reason": "还是不归我们"})


def test_reaching_by_telephone_or_in_vain_needs_a_delivery_note(cast: Cast) -> None:
    concern = cast.concern(state="outcome", speaker_phone="13904690001", consent="on")
    for way in ("phone", "visit", "unreached"):
        with pytest.raises(Invalid):
            door.perform(concern, "answer", cast.actor("office"), {"way": way, "text": "修好了"})
    concern = door.perform(
        concern, "answer", cast.actor("office"), {"way": "phone", "text": "修好了", "delivery": "上午打通，本人接听"}
    )
    answer = Answer.objects.get()
    assert (answer.outcome.text, concern.answered_in_time) == ("六盏路灯已经修好。", True)


@pytest.mark.parametrize("who", ["office", "committee", "leader", "station", "body", "admin"])
def test_nobody_in_the_office_can_rate(cast: Cast, who: str) -> None:
    concern = cast.concern(state="answered")
    for move in ("rate", "object"):
        with pytest.raises(NotAllowed):
            door.perform(concern, move, cast.actor(who), {"value": "satisfied"})
    assert not Rating.objects.exists()


def test_another_receipt_cannot_rate(cast: Cast) -> None:
    concern = cast.concern(state="answered")
    with pytest.raises(NotAllowed):
        door.perform(concern, "rate", holder("0" * 64), {"value": "satisfied"})


def test_a_dispute_is_taken_up_again_or_explained(cast: Cast) -> None:
    office = cast.actor("office")
    concern = cast.concern(state="disputed")
    assert concern.due_kind == "handle"
    again = door.perform(concern, "reopen", office, {"reason": "确实又坏了"})
    assert (again.state, again.body) == ("triaged", None)
    other = cast.concern(text="另一件事，说的是另外的话", state="disputed", token="b")
    closed = door.perform(other, "explain", office, {"reason": "线路下周更换"})
    assert closed.state == "closed"
    assert closed.answers.last().text == "线路下周更换"
    assert closed.answered_in_time


def test_an_explanation_is_in_time_until_the_dispute_is_due(cast: Cast) -> None:
    long_after = timezone.now() + timedelta(days=28)  # the first answer's own time is long over
    for days, in_time in ((20, True), (31, False)):
        concern = cast.concern(text=f"第{days}件", state="answered", token=str(days))
        concern = door.perform(concern, "object", holder(concern.receipt_index), {}, now=long_after)
        then = long_after + timedelta(days=days)
        concern = door.perform(concern, "explain", cast.actor("office"), {"reason": "线路下周更换"}, now=then)
        assert concern.answered_in_time is in_time


@pytest.mark.parametrize(
    ("code", "meaning", "label"), [("told", "reference", "说明过了"), ("done", "resolved", "已说明")]
)
def test_what_is_only_explained_has_the_assemblys_own_result(cast: Cast, code: str, meaning: str, label: str) -> None:
    Option.objects.create(assembly=cast.city, list="concerns.result", code=code, zh="说明过了", meaning=meaning)
    options.forget(cast.city.pk)
    data = {"channel": "12345", "text": "请打 12345。"}
    outcome = door.perform(cast.concern(), "guide", cast.actor("office"), data).outcomes.get()
    assert outcome.result_label == label


def test_an_illegal_move_says_what_is_possible(cast: Cast) -> None:
    concern = cast.concern(state="triaged")
    with pytest.raises(IllegalMove) as refused:
        door.perform(concern, "answer", cast.actor("office"), {"way": "page", "text": "好了"})
    own = {"help", "refer", "guide", "decline", "reassign", "extend"}
    assert {move.name for move in refused.value.possible} == {*own, "to_brief"}  # the last is a higher room's


def test_of_two_who_edit_the_second_is_told(cast: Cast) -> None:
    concern = cast.concern()
    door.perform(concern, "help", cast.actor("office"), {"note": "甲先动手"}, version=concern.version)
    with pytest.raises(Stale):
        door.perform(concern, "help", cast.actor("committee"), {"note": "乙也动手"}, version=concern.version)


@pytest.mark.parametrize("who", ["member", "leader", "station", "county", "admin", "stranger", "body"])
def test_who_may_not_triage(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        door.perform(cast.concern(), "triage", cast.actor(who), {})


def test_what_is_overdue_is_escalated_once_and_told(cast: Cast) -> None:
    concern = cast.concern()
    later = timezone.now() + timedelta(days=8)
    assert tasks.escalate_overdue(later) == 1
    assert tasks.escalate_overdue(later) == 0
    assert verbs(concern)[-1] == "escalate"
    told = set(Notice.objects.filter(event__verb="escalate").values_list("user__username", flat=True))
    assert told == {cast.office.username, cast.committee.username}


def test_the_body_is_told_of_its_own_missed_deadline(cast: Cast) -> None:
    cast.concern(state="referred")
    tasks.escalate_overdue(timezone.now() + timedelta(days=25))
    assert Notice.objects.filter(event__verb="escalate", user=cast.body).exists()


def test_what_nobody_rates_is_closed_without_any_rating(cast: Cast) -> None:
    concern = cast.concern(state="answered")
    assert tasks.close_unrated(timezone.now()) == 0
    assert tasks.close_unrated(timezone.now() + timedelta(days=31)) == 1
    concern.refresh_from_db()
    assert (concern.state, concern.rating, concern.rated_at) == ("closed", "", None)


def test_a_later_room_can_carry_a_concern_further(cast: Cast) -> None:
    before = list(CONCERNS.moves)
    seen = []
    try:
        conversions.register_conversion(
            "into_dummy", "Carry", "Carried as {what}", act=lambda c, by, now, **_: seen.append(c) or {"what": "D-1"},
            source="test",
        )  # fmt: skip
        office = cast.actor("office")
        concern = door.perform(cast.concern(), "into_dummy", office)
        assert (concern.state, concern.due_kind, concern.triaged_in_time) == ("converted", "handle", True)
        assert journal.timeline(concern)[-1].title == "Carried as D-1"
        concern = conversions.converted_outcome(concern, office, result="resolved", text="写进了提案，已经办成")
        assert (concern.state, concern.due_kind) == ("outcome", "answer")
    finally:
        CONCERNS.moves[:] = before


def test_forgetting_erases_the_person_everywhere_and_keeps_what_was_said(cast: Cast) -> None:
    concern = cast.concern(
        text="我叫刘秀兰，电话13800001234，路灯坏了", speaker_name="刘秀兰", speaker_phone="13800001234", consent="on"
    )
    concern = door.perform(concern, "forget", holder(concern.receipt_index))
    concern.refresh_from_db()
    assert (concern.speaker_name, concern.speaker_phone, concern.phone_index) == ("", "", "")
    assert "路灯坏了" in concern.text
    assert "刘秀兰" not in concern.text + concern.title
    assert "13800001234" not in concern.text


def test_the_story_is_told_in_the_readers_language(cast: Cast) -> None:
    concern = cast.concern(state="closed")
    with translation.override("en"):
        english = " ".join(event.title for event in journal.timeline(concern))
    with translation.override("zh-hans"):
        chinese = " ".join(event.title for event in journal.timeline(concern))
    assert "satisfied" in english
    assert "Resolved" in english
    assert "满意" in chinese
    assert "已经解决" in chinese


def test_the_story_is_told_even_where_a_word_is_no_longer_known(cast):
    concern = cast.concern()
    door.note(concern, "answer", cast.actor("office"), way="pigeon")
    assert journal.timeline(concern)[-1].title.count("pigeon") == 1


@pytest.mark.parametrize("move", ["help", "refer"])
def test_one_clock_runs_from_triage_to_the_outcome(cast: Cast, move: str) -> None:
    """Deciding late how to go on gives no new time: what people are promised is a result in 30 days."""
    office, start = cast.actor("office"), timezone.now()
    concern = cast.concern(state="triaged")
    data = {"note": "请核实", "body": cast.roads}
    concern = door.perform(concern, move, office, data, now=start + timedelta(days=29))
    assert concern.due_on == timezone.localdate(start) + timedelta(days=30)
    assert queries.late(timezone.localdate(start) + timedelta(days=31)).filter(pk=concern.pk).exists()
    kinds = [clock.kind for clock in deadlines.open_ones(concern)]
    assert sorted(kinds) == (["handle"] if move == "help" else ["handle", "reply"])


def test_a_dispute_that_is_taken_up_late_gets_no_new_time(cast: Cast) -> None:
    concern = cast.concern(state="disputed")
    then = timezone.now() + timedelta(days=29)
    again = door.perform(concern, "reopen", cast.actor("office"), {"reason": "确实又坏了"}, now=then)
    assert (again.due_on, again.due_kind) == (concern.due_on, "handle")


def test_what_has_run_out_gets_no_more_time_and_counts_as_late(cast: Cast) -> None:
    office, then = cast.actor("office"), timezone.now() + timedelta(days=16)
    concern = cast.concern(state="outcome")
    with pytest.raises(Invalid, match="已经到期"):
        door.perform(concern, "extend", office, {"days": 5, "reason": "人在外地"}, now=then)
    concern = door.perform(concern, "answer", office, {"way": "page", "text": "修好了"}, now=then)
    assert concern.answered_in_time is False


def test_more_time_is_given_once_with_a_reason(cast: Cast) -> None:
    concern = cast.concern(state="referred")
    due, kind = concern.due_on, concern.due_kind
    with pytest.raises(Invalid, match="30"):
        door.perform(concern, "extend", cast.actor("office"), {"days": 31, "reason": "等配件"})
    later = door.perform(concern, "extend", cast.actor("office"), {"days": 5, "reason": "等配件"})
    clock = deadlines.open_ones(later)[0]
    assert later.state == "referred"
    assert later.due_on > due or later.due_kind != kind
    extended = next(each for each in deadlines.of(later) if each.extensions)
    assert "等配件" in deadlines.explain(extended)
    assert clock.due_on == later.due_on
    with pytest.raises(NotAllowed):
        door.perform(later, "extend", cast.actor("body"), {"days": 5, "reason": "再等等"})
    last = cast.concern(state="outcome", token="b")
    longer = door.perform(last, "extend", cast.actor("committee"), {"days": 5, "reason": "人在外地"})
    assert longer.answer_due_on == longer.due_on == last.due_on + timedelta(days=5)
    with pytest.raises(Invalid, match="延过一次"):
        door.perform(longer, "extend", cast.actor("committee"), {"days": 1, "reason": "再等等"})
