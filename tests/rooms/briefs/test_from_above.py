"""What becomes of a report in the assembly above is told below."""

import pytest
from django.utils import timezone, translation

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, begin, brief_in, move, notice, way
from tongxin.carry.briefs import queries
from tongxin.carry.briefs.above import _reports as reports_of
from tongxin.carry.briefs.forms.after import FeedbackForm, FeedbackMoreForm
from tongxin.carry.briefs.models import Brief
from tongxin.kernel import files, inbox, journal
from tongxin.kernel.models import Notice
from tongxin.people import roles
from tongxin.people.models import RoleGrant, User
from tongxin.portal import story as portal

pytestmark = pytest.mark.django_db

LEVEL_DAY = {"leader": "某领导", "text": "请研究。"}


@pytest.fixture
def upper(cast: Cast) -> Cast:
    """The cast with one person above who holds the posts that are needed, and one who reviews and one who signs."""
    for name, held in (
        ("upper", (roles.INFO_EDITOR, roles.INSTRUCTIONS)),
        ("upper_reviewer", (roles.INFO_REVIEWER,)),
        ("upper_signer", (roles.INFO_SIGNER,)),
    ):
        cast.users[name] = User.objects.create(username=name, name=name, must_change_password=False)
        for role in held:
            RoleGrant.objects.create(assembly=cast.province, user=cast.users[name], role=role)
    return cast


def reported(cast: Cast) -> tuple[Brief, Brief]:
    below = brief_in(cast, "reported")
    return below, below.reports.get().arrived


def issued_above(cast: Cast, above: Brief) -> Brief:
    above = move(cast, above, "accept", "upper")
    above = move(cast, above, "send_review", "upper")
    above = move(cast, above, "approve", "upper_reviewer")
    return move(cast, above, "sign", "upper_signer", main_to="省委")


def told(cast: Cast, verb: str) -> set[str]:
    return {n.user.username for n in Notice.objects.filter(event__verb=verb).select_related("user")}


def last(brief: Brief) -> str:
    with translation.override("zh-hans"):
        return journal.timeline(brief)[-1].title


def test_not_taken_on_above_is_told_to_editor_and_authors(upper: Cast) -> None:
    below, above = reported(upper)
    move(upper, above, "not_adopt", "upper", **BACK)
    below.refresh_from_db()
    report = below.reports.get()
    assert (below.state, report.outcome, report.answer) == ("reported", "not_adopted", BACK["text"])
    assert report.heard_at is not None
    assert told(upper, "hear") == {"member", "info_editor"}
    assert "某省政协" in last(below)
    assert "情况不具体" in last(below)
    html = upper.client("member").get(f"/desk/briefs/{below.pk}/").content.decode()
    assert BACK["text"] in html


def test_an_adoption_above_is_entered_below_with_its_evidence(upper: Cast) -> None:
    below, above = reported(upper)
    above = issued_above(upper, above)
    today = timezone.localdate()
    move(upper, above, "adopt", "upper", notice(), level="city", organ="省委办公厅", on=today.isoformat())
    below.refresh_from_db()
    adoption = below.adoptions.get()
    # "this place's Party and government" of the province is the province's, seen from the city
    assert (below.state, adoption.level, adoption.organ, adoption.on) == ("adopted", "province", "省委办公厅", today)
    assert (adoption.evidence.assembly, adoption.evidence.name) == (upper.city, "采用通知.txt")
    assert b"".join(files.serve(adoption.evidence).streaming_content).decode() == "第12期已采用"
    assert below.reports.get().outcome == "adopted"
    assert told(upper, "adopt_above") == {"member", "info_editor"}


def test_an_adoption_above_does_not_turn_back_what_is_with_the_bodies(upper: Cast) -> None:
    below, above = reported(upper)
    below = move(upper, below, "transfer", "office", lead=upper.roads.pk)
    above = issued_above(upper, above)
    on = timezone.localdate().isoformat()
    move(upper, above, "adopt", "upper", notice(), level="national_assembly", organ="全国政协", on=on)
    below.refresh_from_db()
    assert (below.state, below.adoptions.get().level) == ("handling", "national_assembly")


def test_an_adoption_entered_by_hand_before_is_not_entered_twice(upper: Cast) -> None:
    below, above = reported(upper)
    on = timezone.localdate().isoformat()
    move(upper, below, "adopt", "info_editor", notice(), level="province", organ="省委办公厅", on=on)
    above = issued_above(upper, above)
    move(upper, above, "adopt", "upper", notice(), level="city", organ="省委办公厅", on=on)
    assert below.adoptions.count() == 1
    assert below.reports.get().outcome == "adopted"


def test_of_an_instruction_above_only_level_and_day_come_down(upper: Cast) -> None:
    below, above = reported(upper)
    above = issued_above(upper, above)
    on = timezone.localdate()
    move(upper, above, "instruct", "upper", level="province_main", on=on.isoformat(), **LEVEL_DAY)
    assert told(upper, "hear") == {"member", "info_editor"}
    assert "省委主要领导批示" in last(below)
    assert not below.instructions.exists()
    html = upper.client("info_editor").get(f"/desk/briefs/{below.pk}/").content.decode()
    assert "省委主要领导批示" in html
    assert "某领导" not in html
    assert "请研究。" not in html


def test_the_words_fed_back_above_are_offered_below(upper: Cast) -> None:
    below, above = reported(upper)
    above = issued_above(upper, above)
    move(upper, above, "feed_back", "upper", result="resolved", text="省里已安排专项资金。")
    below.refresh_from_db()
    assert below.reports.get().outcome == "fed_back"
    assert told(upper, "hear") == {"member", "info_editor"}
    form = FeedbackForm(record=below, actor=upper.actor("info_editor"), now=timezone.now())
    assert form.fields["text"].initial == "省里已安排专项资金。"
    assert "专项资金" not in str([event.facts for event in journal.timeline(below)])


def test_what_comes_from_above_after_the_feedback_still_reaches_authors_and_people(upper: Cast) -> None:
    concerns = [upper.concern("八马路的路灯坏了。"), upper.concern("路灯一直不亮，孩子害怕。")]
    below = begin(upper, "office", authors=upper.seat.name, concerns=[concern.pk for concern in concerns])
    for name, who, data in way(upper, "reported"):
        below = move(upper, below, name, "office" if who == "member" else who, **data)
    above = issued_above(upper, below.reports.get().arrived)
    below = move(upper, below, "feed_back", "info_editor", result="planned", text="已列入计划。")

    def waits() -> list[str]:
        return [step.name for line in inbox.waiting(upper.actor("info_editor")) for step in line.moves]

    assert waits() == []
    move(upper, above, "feed_back", "upper", result="resolved", text="省里已安排专项资金。")
    below.refresh_from_db()
    assert waits() == ["feed_back_more"]
    form = FeedbackMoreForm(record=below, actor=upper.actor("info_editor"), now=timezone.now())
    assert form.fields["text"].initial == "省里已安排专项资金。"
    own = {f"words_{concerns[1].pk}": "您门口的灯也修。"}
    below = move(upper, below, "feed_back_more", "info_editor", result="resolved", text="省里出钱，月底修好。", **own)
    assert waits() == []
    assert below.feedback == "已列入计划。\n\n省里出钱，月底修好。"
    assert told(upper, "feed_back_more") == {"member", "office"}
    for concern, words in zip(concerns, ("省里出钱，月底修好。", "您门口的灯也修。"), strict=True):
        concern.refresh_from_db()
        assert concern.state == "answered"
        assert [answer.text for answer in concern.answers.order_by("id")] == ["已列入计划。", words]
        track = portal.tell(concern)
        assert track.newest is not None
        assert track.newest.answer.text == words
        assert [each.answer.text for each in track.earlier] == ["已列入计划。"]
        assert track.lines[-1].title == "此事有了后续，已告知您"


def test_who_waits_for_a_call_is_told_both_at_once(upper: Cast) -> None:
    concern = upper.concern(speaker_phone="13912345678", consent=True)
    below = begin(upper, "office", concerns=[concern.pk])
    for name, who, data in way(upper, "issued"):
        below = move(upper, below, name, "office" if who == "member" else who, **data)
    below = move(upper, below, "feed_back", "info_editor", result="planned", text="已列入计划。", call="on")
    move(upper, below, "feed_back_more", "info_editor", result="resolved", text="修好了。")
    concern.refresh_from_db()
    assert (concern.state, concern.answers.count()) == ("outcome", 0)
    assert concern.outcomes.last().text == "已列入计划。\n\n修好了。"


def test_what_became_of_the_one_it_was_merged_into_is_told_too(upper: Cast) -> None:
    below, above = reported(upper)
    other = brief_in(upper, "reported", title="另一件")
    move(upper, above, "merge", "upper", others=[other.reports.get().arrived.pk], title="两件合编")
    merged = Brief.objects.get(gathered=True)
    move(upper, merged, "not_adopt", "upper", **BACK)
    assert [brief.reports.get().outcome for brief in (below, other)] == ["not_adopted"] * 2


def test_nobody_tells_below_by_hand(cast: Cast) -> None:
    below = brief_in(cast, "reported")
    for who in ("info_editor", "office"):
        for name in ("hear", "adopt_above"):
            assert cast.client(who).post(f"/desk/briefs/{below.pk}/{name}/", {}).status_code == 404
    assert not queries.get(cast.actor("info_editor"), below.pk).reports.get().outcome
    assert begin(cast).reports.count() == 0


def test_what_was_moved_below_meanwhile_is_entered_all_the_same(upper: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    below, above = reported(upper)
    above = issued_above(upper, above)
    stale = list(reports_of(above))  # as they were read, before the clerk below gave it to a body
    move(upper, below, "transfer", "office", lead=upper.roads.pk)
    monkeypatch.setattr("tongxin.carry.briefs.above._reports", lambda brief: stale if brief == above else [])
    on, paper = timezone.localdate().isoformat(), {"evidence": notice()["evidence"][0]}
    answer = upper.client("upper").post(
        f"/desk/briefs/{above.pk}/adopt/",
        {
            "level": "city",
            "organ": "省委办公厅",
            "on": on,
            "version": above.version,
            **paper,
        },
    )
    assert answer.status_code == 302
    below.refresh_from_db()
    assert (below.state, below.adoptions.get().organ) == ("handling", "省委办公厅")


def test_news_goes_down_two_levels_with_the_name_of_whose_it_is(upper: Cast) -> None:
    lowest = lowest_reported(upper)
    middle = Brief.objects.get(came_from=lowest)
    for name, who, data in (
        ("accept", "info_editor", {}), ("send_review", "info_editor", {}), ("approve", "info_reviewer", {}),
        ("sign", "info_signer", {"main_to": "市委"}),
        ("report_up", "info_editor", {"to": upper.province.pk, "level": "province_assembly"}),
    ):  # fmt: skip
        middle = move(upper, middle, name, who, **data)
    top = issued_above(upper, Brief.objects.get(came_from=middle))
    on = timezone.localdate().isoformat()
    top = move(upper, top, "instruct", "upper", level="province_main", on=on, **LEVEL_DAY)
    assert "某省政协" in last(lowest)
    assert "省委主要领导批示" in last(lowest)
    assert lowest.reports.get().outcome == ""  # the city itself has not said anything yet
    move(upper, top, "feed_back", "upper", result="resolved", text="省里已安排专项资金。")
    report = lowest.reports.get()
    assert (report.answer, report.owed, report.outcome) == ("省里已安排专项资金。", True, "")
    assert "low_editor" in told(upper, "hear")


def lowest_reported(cast: Cast) -> Brief:
    """A brief of the county's, reported to the city."""
    for name, role in (("low_editor", roles.INFO_EDITOR), ("low_reviewer", roles.INFO_REVIEWER),
                       ("low_signer", roles.INFO_SIGNER), ("low_office", roles.OFFICE)):  # fmt: skip
        cast.users[name] = User.objects.create(username=name, name=name, must_change_password=False)
        RoleGrant.objects.create(assembly=cast.county, user=cast.users[name], role=role)
    brief = begin(cast, "low_office", assembly=cast.county.pk)
    up = {"to": cast.city.pk, "level": "municipal_assembly"}
    for name, who, data in (
        ("submit", "low_office", {}), ("accept", "low_editor", {}), ("send_review", "low_editor", {}),
        ("approve", "low_reviewer", {}), ("sign", "low_signer", {"main_to": "区委"}), ("report_up", "low_editor", up),
    ):  # fmt: skip
        brief = move(cast, brief, name, who, **data)
    return brief
