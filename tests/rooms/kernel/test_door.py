"""The door: what it lets through, what it refuses, and that a refusal leaves nothing behind."""

import pytest
from django.db import transaction

from tongxin.hear.concerns import policy
from tongxin.hear.concerns.models import Answer, Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import deadlines, door, journal
from tongxin.kernel.actor import public
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed, Stale
from tongxin.kernel.models import Deadline, JournalEntry, Notice, SearchDocument

TRIAGE = {"note": "看看"}


def told(cast, **more):
    return {"text": "桥头的护栏断了一截，老人过桥害怕。", "assembly": cast.city, "station": cast.door_station, **more}


def test_begin_makes_record_number_clock_journal_and_search_document(cast):
    first = door.begin(CONCERNS, "speak", public(), told(cast))
    second = door.begin(CONCERNS, "speak", public(), told(cast, text="第二件事，另外说。"))
    assert (first.state, first.serial, second.serial) == ("recorded", 1, 2)
    clock = Deadline.objects.get(record_id=first.pk)
    assert (clock.kind, clock.due_on) == ("triage", first.due_on)
    assert [e.verb for e in JournalEntry.objects.filter(record_id=first.pk)] == ["speak"]
    assert "护栏" in SearchDocument.objects.get(record_id=first.pk).terms.split()


def test_perform_moves_meets_and_starts_clocks_and_tells_whom_it_concerns(cast):
    concern = cast.concern()
    moved = door.perform(concern, "triage", cast.actor("office"), {**TRIAGE, "sector": cast.sector})
    assert moved.state == "triaged"
    assert moved.committee == cast.committee_, "the sector's committee follows"
    met, running = deadlines.of(moved)
    assert met.kind == "triage"
    assert met.met_at
    assert running.kind == "handle"
    assert moved.due_kind == "handle"
    assert set(Notice.objects.values_list("user__username", flat=True)) == {"committee"}


@pytest.mark.parametrize("who", ["body", "leader", "county", "stranger", "station", "member", "admin"])
def test_a_move_not_allowed_is_as_if_it_did_not_exist(cast, who):
    concern = cast.concern()
    with pytest.raises(NotAllowed):
        door.perform(concern, "triage", cast.actor(who), TRIAGE)
    with pytest.raises(NotAllowed):
        door.perform(concern, "no_such_move", cast.actor(who), {})
    concern.refresh_from_db()
    assert (concern.state, concern.version) == ("recorded", 1)


def test_an_illegal_move_names_what_is_possible(cast):
    concern = cast.concern(state="referred")
    with pytest.raises(IllegalMove) as caught:
        door.perform(concern, "triage", cast.actor("office"), TRIAGE)
    assert "settle" in [move.name for move in caught.value.possible]
    assert "reply" not in [move.name for move in caught.value.possible], "that one is the body's"


def test_bad_data_keeps_what_was_typed_and_changes_nothing(cast):
    concern = cast.concern(state="triaged")
    entries = JournalEntry.objects.count()
    with pytest.raises(Invalid) as caught:
        door.perform(concern, "decline", cast.actor("office"), {"reason": "no such", "text": "很长的解释"})
    assert "reason" in caught.value.form.errors
    assert caught.value.form["text"].value() == "很长的解释"
    concern.refresh_from_db()
    assert concern.state == "triaged"
    assert JournalEntry.objects.count() == entries


def test_the_second_of_two_editors_learns_of_the_first(cast):
    concern = cast.concern()
    shown = concern.version
    door.perform(concern, "triage", cast.actor("office"), {**TRIAGE, "sector": cast.sector}, version=shown)
    with pytest.raises(Stale) as caught:
        door.perform(concern, "help", cast.actor("office"), {"note": "我来办"}, version=shown)
    assert caught.value.entry.verb == "triage"


def test_a_crash_inside_a_move_leaves_nothing(cast, monkeypatch):
    concern = cast.concern(state="outcome")
    monkeypatch.setattr(journal, "entry", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        door.perform(concern, "answer", cast.actor("office"), {"way": "page", "text": "好了", "delivery": ""})
    concern.refresh_from_db()
    assert concern.state == "outcome"
    assert not Answer.objects.exists()


def test_nobody_in_the_office_can_rate(cast):
    concern = cast.concern(state="answered")
    for who in ("office", "committee", "leader", "body", "admin"):
        with pytest.raises(NotAllowed):
            door.perform(concern, "rate", cast.actor(who), {"value": "satisfied"})
    assert concern.rating == ""


def test_many_at_once_are_made_like_one_by_one(cast):
    rows = [told(cast, text=f"第{n}件事：村口的路坑坑洼洼。") for n in range(7)]
    made = door.begin_many(CONCERNS, "take_in", cast.actor("office"), rows)
    assert made == 7
    bulk = list(Concern.objects.order_by("serial"))
    single = door.begin(CONCERNS, "take_in", cast.actor("office"), told(cast, text="第8件事：村口的路坑坑洼洼。"))
    assert [c.serial for c in bulk] == list(range(1, 8))
    assert single.serial == 8
    for concern in (bulk[0], single):
        assert [e.verb for e in JournalEntry.objects.filter(record_id=concern.pk)] == ["take_in"]
        assert Deadline.objects.filter(record_id=concern.pk, kind="triage").count() == 1
        assert SearchDocument.objects.filter(record_id=concern.pk).count() == 1
    same = {"state", "due_on", "due_kind", "committee_id", "county_id", "source", "triage_due_on"}
    assert {k: getattr(bulk[0], k) for k in same} == {k: getattr(single, k) for k in same}


def test_many_at_once_are_all_or_nothing(cast):
    rows = [told(cast), told(cast, text="")]
    with pytest.raises(Invalid):
        door.begin_many(CONCERNS, "take_in", cast.actor("office"), rows)
    assert not Concern.objects.exists()
    assert not JournalEntry.objects.exists()
    with pytest.raises(NotAllowed):
        door.begin_many(CONCERNS, "take_in", cast.actor("member"), [told(cast)])


def test_revise_needs_the_rule_before_and_after(cast):
    concern = cast.concern(state="triaged")
    revised = door.revise(concern, cast.actor("committee"), {"topic": "road"}, policy.handle)
    assert revised.topic == "road"
    assert revised.version == concern.version + 1
    with pytest.raises(NotAllowed):  # it would take the concern out of the committee's own hands
        door.revise(revised, cast.actor("committee"), {"committee": cast.other_committee}, policy.handle)
    with pytest.raises(NotAllowed):
        door.revise(revised, cast.actor("stranger"), {"topic": "other"}, policy.handle)
    assert JournalEntry.objects.filter(record_id=concern.pk, verb="revised").count() == 1


def test_pictures_are_drawn_before_the_record_is_locked(cast, monkeypatch):
    """Drawing takes seconds, and SQLite has one writer only."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.db import connection
    from django.utils.datastructures import MultiValueDict

    from tests.rooms.concerns.pictures import a_picture
    from tongxin.kernel import fields

    prepare, depths = fields.prepare, []

    def watched(*args, **kwargs):
        depths.append(len(connection.savepoint_ids))
        return prepare(*args, **kwargs)

    monkeypatch.setattr(fields, "prepare", watched)
    concern = cast.concern(state="referred")
    with transaction.atomic():  # deeper than the test's own transaction, as the door's is
        outside = len(connection.savepoint_ids)
        sent = MultiValueDict({"pictures": [SimpleUploadedFile("a.jpg", a_picture(), "image/jpeg")]})
        door.perform(concern, "settle", cast.actor("office"), {"result": "resolved", "text": "修好了"}, sent)
    assert depths == [outside]
    assert concern.files.count() == 1
