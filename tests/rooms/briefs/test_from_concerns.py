"""From concerns to a brief, and the answer back to every person."""

import pytest

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, begin, issue, move, verbs
from tongxin.carry.briefs.models import Brief
from tongxin.hear.concerns import conversions
from tongxin.hear.concerns.models import Answer, Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import deadlines, door, journal
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import JournalEntry
from tongxin.kernel.receipts import receipt_for

pytestmark = pytest.mark.django_db


def test_one_concern_becomes_a_brief_with_its_words_and_without_its_person(cast: Cast) -> None:
    text = "我是周大姐，八马路小学门口的路灯坏了半个多月，打13800001234。"
    concern = cast.concern(text, speaker_name="周大姐", speaker_phone="13800001234", consent="on")
    concern = door.perform(concern, "to_brief", cast.actor("office"), {})
    brief = Brief.objects.get()
    assert (concern.state, brief.state, brief.from_people) == ("converted", "draft", True)
    assert "八马路小学门口的路灯" in brief.situation
    assert "周大姐" not in brief.situation
    assert "13800001234" not in brief.situation
    assert brief.sector == cast.sector
    assert brief.concerns.get().concern == concern
    [(words, url)] = conversions.places(cast.actor("office"), concern, {"to_brief"})
    assert brief.number in words
    assert str(brief.pk) in url


def test_several_concerns_become_one_brief_in_one_act(cast: Cast) -> None:
    concerns = [cast.concern(token="a"), cast.concern("路灯还是不亮。", state="triaged", token="b")]
    brief = begin(cast, "office", concerns=[c.pk for c in concerns])
    assert set(Concern.objects.values_list("state", flat=True)) == {"converted"}
    assert {link.concern for link in brief.concerns.all()} == set(concerns)
    assert all("to_brief" in verbs(concern) for concern in concerns)


def test_a_concern_that_nobody_sorted_gets_its_sector_with_the_brief(cast: Cast) -> None:
    first, second = (cast.concern(station="", sector="", token=str(n)) for n in range(2))
    assert (first.sector, second.sector) == (None, None)
    begin(cast, "office", concerns=[first.pk], sector=cast.other_sector.pk)
    door.perform(second, "to_brief", cast.actor("office"), {"sector": cast.sector.pk})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.sector, first.committee) == (cast.other_sector, cast.other_committee)
    assert (second.sector, second.committee) == (cast.sector, cast.committee_)


def test_a_concern_joins_a_brief_that_is_being_written(cast: Cast) -> None:
    brief, concern = begin(cast, "office"), cast.concern()
    door.perform(concern, "to_brief", cast.actor("office"), {"brief": brief.pk})
    brief.refresh_from_db()
    assert (brief.concerns.get().concern, brief.from_people, Brief.objects.count()) == (concern, True, 1)
    assert verbs(brief) == ["draft", "attach"]


def test_a_member_begins_only_from_what_he_wrote_down(cast: Cast) -> None:
    told = {"text": "居民说楼道太黑。", "assembly": cast.city.pk}
    own = door.begin(CONCERNS, "write_down", cast.actor("member"), told)
    assert door.perform(own, "to_brief", cast.actor("member"), {}).state == "converted"
    with pytest.raises(NotAllowed):
        door.perform(cast.concern(), "to_brief", cast.actor("member"), {})
    with pytest.raises(Invalid):
        begin(cast, concerns=[cast.concern(token="b").pk])


def test_feedback_answers_every_person_in_one_act_with_own_words_where_wanted(cast: Cast) -> None:
    first, second = cast.concern(token="a"), cast.concern("楼前也黑。", token="b")
    brief = begin(cast, "office", concerns=[first.pk, second.pk])
    brief = issue(cast, brief)
    told = {"result": "resolved", "text": "路灯修好了。", f"words_{second.pk}": "您楼前的也修好了。"}
    brief = move(cast, brief, "feed_back", "info_editor", **told)
    assert (brief.state, brief.feedback) == ("fed_back", "路灯修好了。")
    for concern, words in ((first, "路灯修好了。"), (second, "您楼前的也修好了。")):
        concern.refresh_from_db()
        assert (concern.state, concern.answers.get().text) == ("answered", words)
        assert concern.outcomes.get().result == "resolved"
    assert journal.timeline(brief)[-1].facts["told"] == 2
    assert "路灯修好" not in str(list(JournalEntry.objects.values_list("facts", flat=True)))


def test_who_left_a_number_can_be_left_to_a_telephone_call(cast: Cast) -> None:
    concern = cast.concern(speaker_phone="13800001234", consent="on")
    brief = begin(cast, "office", concerns=[concern.pk])
    brief = issue(cast, brief)
    move(cast, brief, "feed_back", "info_editor", result="resolved", text="修好了。", call="on")
    concern.refresh_from_db()
    assert (concern.state, Answer.objects.exists()) == ("outcome", False)


@pytest.mark.parametrize(("name", "who", "data"), [("withdraw", "office", {}), ("not_adopt", "info_editor", BACK)])
def test_when_nothing_comes_of_it_the_concern_is_handled_again(cast: Cast, name: str, who: str, data: dict) -> None:
    concern = cast.concern()
    brief = move(cast, begin(cast, "office", concerns=[concern.pk]), "submit", "office")
    clock = deadlines.nearest(concern)
    move(cast, brief, name, who, **data)
    concern.refresh_from_db()
    assert concern.state == "triaged"
    assert concern.due_kind == "handle"
    assert deadlines.nearest(concern) == clock  # the time for a result runs on
    assert verbs(concern)[-1] == "release"
    track = cast.client().get(f"/r/{receipt_for('token-0')}").content.decode()
    assert "另想办法" in track


def test_a_concern_answered_meanwhile_is_not_told_twice(cast: Cast) -> None:
    concern = cast.concern()
    brief = begin(cast, "office", concerns=[concern.pk])
    concern.refresh_from_db()
    concern = door.perform(concern, "settle", cast.actor("office"), {"result": "resolved", "text": "先修了"})
    door.perform(concern, "answer", cast.actor("office"), {"way": "page", "text": "先修了"})
    move(cast, brief, "withdraw", "office")
    concern.refresh_from_db()
    assert (concern.state, concern.answers.count()) == ("answered", 1)
