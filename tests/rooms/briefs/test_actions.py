"""The brief's way through the door: each move, who may make it, what it leaves behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from tests.cast import Cast, gather
from tests.rooms.briefs.ways import BACK, STATES, TEXT, begin, brief_in, move, notice
from tongxin.carry.briefs import checklist, queries, tasks
from tongxin.carry.briefs.models import Brief, BriefInstruction
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.hear.concerns import conversions
from tongxin.hear.concerns.models import Answer, Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import door, journal, options, search
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed, Stale
from tongxin.kernel.models import Deadline, JournalEntry, Notice, Parameter, Sequence
from tongxin.kernel.receipts import receipt_for
from tongxin.people import roles
from tongxin.people.models import Member, Person, RoleGrant, User

pytestmark = pytest.mark.django_db


def verbs(record: object) -> list[str]:
    return [event.verb for event in journal.timeline(record)]


def errors(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return " ".join(error for found in refused.value.form.errors.values() for error in found)


def issue(cast: Cast, brief: Brief) -> Brief:
    """From a draft or a text being edited to the issue."""
    steps = [("submit", "office"), ("accept", "info_editor")] if brief.state == "draft" else []
    for name, who in [*steps, ("send_review", "info_editor"), ("approve", "info_reviewer")]:
        brief = move(cast, brief, name, who)
    return move(cast, brief, "sign", "info_signer", main_to="市委")


def second_member(cast: Cast) -> User:
    """Another member with an account, 孙萍."""
    user = User.objects.create(username="other", name="孙萍", must_change_password=False)
    person = Person.objects.create(assembly=cast.city, name="孙萍", user=user)
    seat = Member.objects.create(
        assembly=cast.city, person=person, term=cast.term, sector=cast.other_sector, state="active"
    )
    RoleGrant.objects.create(assembly=cast.city, user=user, role=roles.MEMBER, scope=seat.pk)
    cast.users["other"] = user
    return user


# Writing


def test_a_draft_is_its_writers_and_takes_sector_and_name_from_the_seat(cast: Cast) -> None:
    brief = begin(cast)
    assert (brief.state, brief.origin, brief.sector, brief.committee) == (
        "draft", "member", cast.sector, cast.committee_,
    )  # fmt: skip
    assert [(author.name, author.member) for author in brief.authors.all()] == [("周岩", cast.seat)]
    assert brief.number == f"{timezone.localdate().year}-0001"
    assert brief.word_count == checklist.count(TEXT) > 80
    for who in ("office", "info_editor", "leader", "committee", "stranger"):
        assert not queries.readable(cast.actor(who)).exists(), who
    assert queries.readable(cast.actor("member")).get() == brief


def test_every_saved_text_is_a_version_and_the_same_words_are_none(cast: Cast) -> None:
    brief = begin(cast)
    brief = move(cast, brief, "write", "member", **{**TEXT, "situation": "八马路小学门前六盏路灯停用一个月。"})
    brief = move(cast, brief, "write", "member", **{**TEXT, "situation": "八马路小学门前六盏路灯停用一个月。"})
    assert [version.number for version in queries.versions(brief)] == [1, 2]
    first, second = queries.versions(brief)
    pieces = {kind for _label, found in queries.compare(first, second) for kind, _text in found}
    assert pieces == {"kept", "deleted", "inserted"}


def test_co_authors_are_named_and_somebody_unknown_is_refused(cast: Cast) -> None:
    second_member(cast)
    brief = begin(cast, authors="孙萍")
    assert [author.name for author in brief.authors.all()] == ["周岩", "孙萍"]
    with pytest.raises(Invalid) as refused:
        begin(cast, authors="孙萍、没有这人")
    assert "没有这人" in errors(refused)
    assert queries.readable(cast.actor("other")).get() == brief


def test_two_hundred_thousand_characters_are_refused_and_kept(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        begin(cast, situation="字" * 200_000)
    assert set(refused.value.form.errors) == {"situation"}
    assert len(refused.value.form["situation"].value()) == 200_000
    assert not Brief.objects.exists()


# Handing in


@pytest.mark.parametrize("part", ["situation", "analysis", "suggestion"])
def test_a_part_that_is_missing_is_named_when_it_is_handed_in(cast: Cast, part: str) -> None:
    brief = begin(cast, **{part: ""})
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "submit", "member")
    assert len(refused.value.form.non_field_errors()) == 1
    brief.refresh_from_db()
    assert brief.state == "draft"


def test_the_word_limit_is_the_assemblys_own(cast: Cast) -> None:
    brief = begin(cast, situation="八马路" + "字" * 1497 + "尾")
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "submit", "member")
    assert "超出" in errors(refused)
    assert "还缺" not in errors(refused)
    Parameter.objects.create(assembly=cast.city, key="briefs.word_limit", value=3000)
    options.forget(cast.city.pk)
    assert move(cast, brief, "submit", "member").state == "submitted"


def test_the_checklist_sees_who_where_and_how_many() -> None:
    found = {point.key: point.ok for point in checklist.points(TEXT, None)}
    assert found == dict.fromkeys(
        ("situation", "analysis", "suggestion", "length", "who", "where", "how_many", "numbers"), True
    )
    vague = {**TEXT, "situation": "照明不好。", "analysis": "没有人管。", "suggestion": "请尽快解决。"}
    assert {p.key for p in checklist.points(vague, None) if not p.ok} == {"who", "where", "how_many"}
    assert not checklist.missing(vague, None)  # what is guessed advises, and never blocks


def test_handing_in_starts_a_clock_and_tells_the_editors(cast: Cast) -> None:
    brief = brief_in(cast, "submitted")
    assert brief.due_kind == "look"
    assert Notice.objects.filter(user=cast.users["info_editor"], event__verb="submit").exists()
    for who in ("office", "info_editor", "info_reviewer", "info_signer", "leader", "committee", "member"):
        assert queries.readable(cast.actor(who)).filter(pk=brief.pk).exists(), who
    for who in ("convener", "body", "supervision", "instructions", "county", "admin", "stranger"):
        assert not queries.readable(cast.actor(who)).filter(pk=brief.pk).exists(), who


def test_a_return_names_its_reason_and_the_author_hands_in_again(cast: Cast) -> None:
    brief = brief_in(cast, "submitted")
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "return", "info_editor", reason="", text="")
    assert set(refused.value.form.errors) == {"reason", "text"}
    brief = move(cast, brief, "return", "info_editor", **BACK)
    assert (brief.state, brief.returns.get().reason) == ("returned", "thin")
    assert Notice.objects.filter(user=cast.users["member"], event__verb="return").exists()
    brief = move(cast, brief, "submit", "member")
    assert verbs(brief) == ["draft", "submit", "return", "submit"]


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "editing", "reviewing", "signing"])
def test_the_author_takes_it_back_before_the_issue(cast: Cast, state: str) -> None:
    assert move(cast, brief_in(cast, state), "withdraw", "member").state == "withdrawn"


def test_nobody_takes_back_what_is_issued_or_somebody_elses(cast: Cast) -> None:
    with pytest.raises(IllegalMove):
        move(cast, brief_in(cast, "issued"), "withdraw", "member")
    with pytest.raises(NotAllowed):
        move(cast, brief_in(cast, "submitted"), "withdraw", "info_editor")


# Three hands


def grant(cast: Cast, who: str, *held: str) -> None:
    for role in held:
        RoleGrant.objects.create(assembly=cast.city, user=cast.users[who], role=role)


def test_who_edited_does_not_review_and_not_sign(cast: Cast) -> None:
    grant(cast, "info_editor", roles.INFO_REVIEWER, roles.INFO_SIGNER)
    brief = brief_in(cast, "reviewing")
    with pytest.raises(NotAllowed, match="编辑"):
        move(cast, brief, "approve", "info_editor")
    brief = move(cast, brief, "approve", "info_reviewer")
    with pytest.raises(NotAllowed, match="编辑"):
        move(cast, brief, "sign", "info_editor", main_to="市委")


def test_who_reviewed_does_not_sign(cast: Cast) -> None:
    grant(cast, "info_reviewer", roles.INFO_SIGNER)
    brief = brief_in(cast, "signing")
    with pytest.raises(NotAllowed, match="审核"):
        move(cast, brief, "sign", "info_reviewer", main_to="市委")


def test_who_edited_before_another_took_over_does_not_review_either(cast: Cast) -> None:
    grant(cast, "info_editor", roles.INFO_REVIEWER)
    grant(cast, "office", roles.INFO_EDITOR)
    brief = brief_in(cast, "editing")
    brief = move(cast, brief, "edit", "info_editor", **{**TEXT, "analysis": "养护责任没有划清。"})
    with pytest.raises(NotAllowed):
        move(cast, brief, "send_review", "office")
    brief = move(cast, brief, "take_over", "office", reason="编辑出差")
    brief = move(cast, brief, "send_review", "office")
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "approve", "info_editor")
    assert errors(refused)
    assert move(cast, brief, "approve", "info_reviewer").state == "signing"


def test_the_database_holds_the_three_hands_apart(cast: Cast) -> None:
    brief = brief_in(cast, "signing")
    for name in ("editor", "reviewer"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Brief.objects.filter(pk=brief.pk).update(signer=getattr(brief, name))


def test_reviewer_and_signer_send_back_to_the_editor_with_a_reason(cast: Cast) -> None:
    brief = move(cast, brief_in(cast, "reviewing"), "reject", "info_reviewer", **BACK)
    assert (brief.state, brief.editor) == ("editing", cast.users["info_editor"])
    other = move(cast, brief_in(cast, "signing"), "send_back", "info_signer", **BACK)
    assert other.state == "editing"
    assert {each.kind for each in [*brief.returns.all(), *other.returns.all()]} == {"rejected"}


def test_the_days_on_each_desk_are_added_up(cast: Cast) -> None:
    start = timezone.now() - timedelta(days=30)
    brief = door.begin(BRIEFS, "draft", cast.actor("member"), {**TEXT, "assembly": cast.city.pk}, now=start)

    def at(day: int, name: str, who: str, **data: object) -> None:
        nonlocal brief
        brief = door.perform(brief, name, cast.actor(who), data, now=start + timedelta(days=day))

    at(2, "submit", "member")
    at(5, "accept", "info_editor")
    at(6, "send_review", "info_editor")
    at(8, "reject", "info_reviewer", **BACK)
    at(12, "send_review", "info_editor")
    at(13, "approve", "info_reviewer")
    at(18, "sign", "info_signer", main_to="市委")
    assert (brief.days_submitted, brief.days_editing, brief.days_reviewing, brief.days_signing) == (3, 5, 3, 5)


# Numbers


def test_issues_are_numbered_without_gaps_by_year_and_counted_through(cast: Cast) -> None:
    Parameter.objects.create(assembly=cast.city, key="briefs.issued_before", value=340)
    first, second = brief_in(cast, "issued"), brief_in(cast, "issued")
    year = timezone.localdate().year
    assert [(b.issue_year, b.issue_number, b.issue_total) for b in (first, second)] == [
        (year, 1, 341), (year, 2, 342),
    ]  # fmt: skip
    later = door.perform(
        brief_in(cast, "signing"), "sign", cast.actor("info_signer"), {"main_to": "市委"},
        now=timezone.now() + timedelta(days=370),
    )  # fmt: skip
    assert (later.issue_year, later.issue_number, later.issue_total) == (later.issued_at.year, 1, 343)
    with translation.override("zh-hans"):
        assert "343" in later.issue


def test_a_signature_that_fails_gives_its_number_back(cast: Cast) -> None:
    brief = brief_in(cast, "signing")
    with transaction.atomic():
        assert move(cast, brief, "sign", "info_signer", main_to="市委").issue_number == 1
        transaction.set_rollback(True)
    assert not Sequence.objects.filter(series__startswith="brief.issue", value__gt=0).exists()
    assert move(cast, brief, "sign", "info_signer", main_to="市委").issue_number == 1


@pytest.mark.django_db(transaction=True)
def test_two_signers_at_the_same_moment_never_get_the_same_number() -> None:
    cast = gather()
    briefs = [brief_in(cast, "signing", title=f"第{n}件") for n in range(6)]

    def signed(brief: Brief) -> tuple[int | None, int | None]:
        try:
            done = move(cast, brief, "sign", "info_signer", main_to="市委")
            return done.issue_number, done.issue_total
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        drawn = list(pool.map(signed, briefs))
    assert sorted(drawn) == [(n, n) for n in range(1, 7)]


# From concerns, and back


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
    move(cast, brief, name, who, **data)
    concern.refresh_from_db()
    assert concern.state == "triaged"
    assert concern.due_kind == "handle"
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


# Merging


def test_several_become_one_that_cites_them_and_everybody_keeps_the_credit(cast: Cast) -> None:
    second_member(cast)
    concern = cast.concern()
    first = brief_in(cast, "submitted")
    other = move(cast, begin(cast, "other", title="学校门口太黑"), "submit", "other")
    third = move(cast, begin(cast, "office", concerns=[concern.pk]), "submit", "office")
    merged = move(cast, first, "merge", "info_editor", others=[other.pk, third.pk], title="学校周边照明")
    new = Brief.objects.get(gathered=True)
    assert (merged.state, merged.merged_into, new.state, new.title) == ("merged", new, "editing", "学校周边照明")
    assert {source.pk for source in new.sources.all()} == {first.pk, other.pk, third.pk}
    assert {author.name for author in new.authors.all()} == {"周岩", "孙萍", "office用户"}
    assert all(author.by_way_of_id for author in new.authors.all())
    assert [author.name for author in other.authors.all()] == ["孙萍"]  # the source keeps its own
    assert new.concerns.get().concern == concern
    assert new.from_people
    assert first.number in new.situation
    assert other.number in new.situation
    for who in ("member", "other"):
        assert Notice.objects.filter(user=cast.users[who], event__verb="merge").exists()
        assert queries.readable(cast.actor(who)).filter(pk=new.pk).exists()
    new = move(cast, new, "edit", "info_editor", **{**TEXT, "title": new.title})
    new = issue(cast, new)
    new = move(cast, new, "feed_back", "info_editor", result="resolved", text="修好了。")
    concern.refresh_from_db()
    assert concern.state == "answered"
    assert Notice.objects.filter(user=cast.users["other"], event__verb="feed_back").exists()


def test_merging_into_one_that_is_being_edited(cast: Cast) -> None:
    target, source = brief_in(cast, "editing"), brief_in(cast, "submitted")
    merged = move(cast, source, "merge", "info_editor", into=target.pk)
    assert (merged.state, merged.merged_into, Brief.objects.count()) == ("merged", target, 2)


def test_merging_into_itself_into_a_withdrawn_or_a_finished_one_is_refused(cast: Cast) -> None:
    source = brief_in(cast, "submitted")
    withdrawn, issued = brief_in(cast, "withdrawn"), brief_in(cast, "issued")
    reviewed = brief_in(cast, "reviewing")
    for target, word in ((source, "自己"), (withdrawn, "撤回"), (issued, "不在编辑"), (reviewed, "不在编辑")):
        with pytest.raises(Invalid) as refused:
            move(cast, source, "merge", "info_editor", into=target.pk)
        assert word in errors(refused)
    for data in ({}, {"others": [source.pk]}, {"others": [brief_in(cast, "withdrawn").pk]}):
        with pytest.raises(Invalid):
            move(cast, source, "merge", "info_editor", **data)
    source.refresh_from_db()
    assert source.state == "submitted"


# After the issue


def test_reported_up_it_arrives_above_as_a_submission_and_nothing_else_does(cast: Cast) -> None:
    concern = cast.concern()
    brief = begin(cast, "office", concerns=[concern.pk])
    brief = issue(cast, brief)
    brief = move(cast, brief, "report_up", "info_editor", to=cast.province.pk, level="province_assembly")
    above = Brief.objects.get(assembly=cast.province)
    assert (brief.state, above.state, above.origin, above.unit) == ("reported", "submitted", "lower", cast.city.name)
    assert above.texts == brief.texts
    assert (above.concerns.count(), above.versions.count(), above.due_kind) == (0, 1, "look")
    assert [(author.name, author.member, author.user) for author in above.authors.all()] == [
        ("office用户", None, None)
    ]  # fmt: skip
    editor = User.objects.create(username="upper", name="省编辑", must_change_password=False)
    RoleGrant.objects.create(assembly=cast.province, user=editor, role=roles.INFO_EDITOR)
    cast.users["upper"] = editor
    assert list(queries.readable(cast.actor("upper"))) == [above]
    with pytest.raises(Invalid) as refused:
        move(cast, above, "return", "upper", **BACK)
    assert cast.city.name in errors(refused)
    with pytest.raises(Invalid):
        move(cast, brief, "report_further", "info_editor", to=cast.province.pk, level="province_assembly")


def test_a_report_to_somebody_elsewhere_needs_a_name(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    with pytest.raises(Invalid):
        move(cast, brief, "report_up", "info_editor", to="outside", level="national_assembly")
    done = move(cast, brief, "report_up", "info_editor", to="outside", to_name="全国政协", level="national_assembly")
    assert (done.state, done.reports.get().arrived) == ("reported", None)


def test_adoptions_at_several_levels_each_with_its_evidence(cast: Cast) -> None:
    brief, today = brief_in(cast, "adopted"), timezone.localdate()
    brief = move(
        cast, brief, "adopt", "info_editor", notice("b.txt"), level="province", organ="省政协", on=today.isoformat()
    )
    assert [(a.level, a.evidence.name) for a in brief.adoptions.all()] == [
        ("city", "采用通知.txt"), ("province", "b.txt"),
    ]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "adopt", "info_editor", level="province", organ="省委", on=today.isoformat())
    assert set(refused.value.form.errors) == {"evidence"}
    handled = move(
        cast, brief_in(cast, "handling"), "adopt_more", "info_editor", notice(), level="city", organ="市委", on=today
    )
    assert handled.state == "handling"


@pytest.mark.parametrize("days", [-1, 1])
def test_an_adoption_before_the_issue_or_in_the_future_is_refused(cast: Cast, days: int) -> None:
    brief = brief_in(cast, "issued")
    on = timezone.localdate() + timedelta(days=days)
    for name, who, data in (
        ("adopt", "info_editor", {"organ": "市委"}),
        ("instruct", "instructions", {"leader": "某", "text": "阅"}),
    ):
        with pytest.raises(Invalid) as refused:
            move(cast, brief, name, who, notice(), level="city" if name == "adopt" else "city_main", on=on, **data)
        assert set(refused.value.form.errors) == {"on"}


def test_instructions_are_sealed_and_only_for_those_who_are_named(cast: Cast) -> None:
    brief = brief_in(cast, "instructed")
    with connection.cursor() as cursor:
        cursor.execute("SELECT leader, text FROM briefs_briefinstruction")
        leader, text = cursor.fetchone()
    assert "某某" not in leader
    assert "阅办" not in text
    assert BriefInstruction.objects.get().text == "请住建局阅办。"
    assert "阅办" not in str(list(JournalEntry.objects.values_list("facts", flat=True)))
    for who in ("info_editor", "office", "leader", "info_signer"):
        with pytest.raises(NotAllowed):
            move(cast, brief, "instruct", who, level="city_main", on=timezone.localdate(), leader="某", text="阅")


def test_handling_bodies_lead_assist_reply_are_asked_again_and_followed_up(cast: Cast) -> None:
    brief = brief_in(cast, "handling")
    assert brief.due_on == timezone.localdate() + timedelta(days=30)
    assert (brief.lead_body, brief.due_kind) == (cast.roads, "brief_reply")
    assert queries.readable(cast.actor("body")).get() == brief
    with pytest.raises(NotAllowed):
        move(cast, brief, "reply", "office", result="resolved", text="修好了")
    brief = move(cast, brief, "reply", "body", result="in_progress", text="正在修。")
    assert brief.due_kind == "feedback"
    brief = move(cast, brief, "press", "supervision", reason="没有写明完成时间")
    assert (brief.state, brief.due_kind) == ("handling", "brief_reply")
    brief = move(cast, brief, "reply", "body", result="resolved", text="已于昨日修好。")
    assert [h.text for h in brief.handlings.filter(body=cast.roads).order_by("id")] == ["正在修。", "已于昨日修好。"]
    brief = move(cast, brief, "follow_up", "office", done="resolved", text="到现场看过，属实。")
    assert brief.follow_ups.get().done == "resolved"


def test_an_assisting_body_says_its_part_and_cannot_reply_for_all(cast: Cast) -> None:
    brief = move(cast, brief_in(cast, "issued"), "transfer", "office", lead=cast.health.pk, assisting=[cast.roads.pk])
    with pytest.raises(NotAllowed):
        move(cast, brief, "reply", "body", result="resolved", text="修好了")
    brief = move(cast, brief, "assist", "body", result="resolved", text="我们换了灯泡。")
    assert (brief.state, brief.handlings.get(body=cast.roads).text) == ("handling", "我们换了灯泡。")
    moved = move(cast, brief, "transfer", "supervision", lead=cast.roads.pk)
    assert moved.handlings.filter(ended_at=None).get().body == cast.roads


def test_overdue_ones_are_escalated_once(cast: Cast) -> None:
    brief = brief_in(cast, "handling")
    later = timezone.now() + timedelta(days=31)
    assert (tasks.escalate_overdue_briefs(later), tasks.escalate_overdue_briefs(later)) == (1, 0)
    assert verbs(brief)[-1] == "escalate"
    assert Notice.objects.filter(user=cast.users["body"], event__verb="escalate").exists()


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_reached_and_its_clocks_are_right(cast: Cast, state: str) -> None:
    brief = brief_in(cast, state)
    open_ = Deadline.objects.filter(record_type="briefs.brief", met_at=None, dropped_at=None)
    wanted = {"submitted": "look", "returned": "mend", "handling": "brief_reply", "replied": "feedback"}.get(state)
    assert [clock.kind for clock in open_.filter(record_id=brief.pk)] == ([wanted] if wanted else [])
    assert brief.due_kind == (wanted or "")
    assert list(search.matching(Brief.objects.filter(pk=brief.pk), "夜间照明不足")) == [brief]


def test_a_stale_text_does_not_overwrite_a_newer_one(cast: Cast) -> None:
    brief = begin(cast)
    move(cast, brief, "write", "member", **{**TEXT, "title": "新题目"})
    with pytest.raises(Stale):
        door.perform(brief, "write", cast.actor("member"), TEXT, version=brief.version)


@pytest.mark.django_db(transaction=True)
def test_one_brief_signed_twice_at_the_same_moment_gets_one_number() -> None:
    """Two signers before the same page: one signs, the other is told that it is signed, and no number is lost."""
    cast = gather()
    second = User.objects.create(username="second", name="另一签发", must_change_password=False)
    RoleGrant.objects.create(assembly=cast.city, user=second, role=roles.INFO_SIGNER)
    cast.users["second"] = second
    brief, ready = brief_in(cast, "signing"), Barrier(2)

    def signed(who: str) -> Brief | IllegalMove | Stale:
        try:
            actor = cast.actor(who)
            ready.wait(10)
            return door.perform(brief, "sign", actor, {"main_to": "市委"}, version=brief.version)
        except (IllegalMove, Stale) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(signed, ("info_signer", "second")))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Brief", "Stale"]
    brief.refresh_from_db()
    assert (brief.state, brief.issue_number, brief.issue_total) == ("issued", 1, 1)
    assert verbs(brief).count("sign") == 1
    assert set(Sequence.objects.filter(series__startswith="brief.issue").values_list("value", flat=True)) == {1}
    other = move(cast, brief_in(cast, "signing"), "sign", "second", main_to="市委")
    assert (other.issue_number, other.issue_total) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_two_briefs_signed_at_the_same_moment_by_two_signers_get_the_next_two_numbers() -> None:
    cast = gather()
    second = User.objects.create(username="second", name="另一签发", must_change_password=False)
    RoleGrant.objects.create(assembly=cast.city, user=second, role=roles.INFO_SIGNER)
    cast.users["second"] = second
    Parameter.objects.create(assembly=cast.city, key="briefs.issued_before", value=340)
    briefs, ready = [brief_in(cast, "signing") for _n in range(2)], Barrier(2)

    def signed(place: int) -> tuple[int | None, int | None]:
        try:
            actor = cast.actor(("info_signer", "second")[place])
            ready.wait(10)
            done = door.perform(briefs[place], "sign", actor, {"main_to": "市委"})
            return done.issue_number, done.issue_total
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        drawn = sorted(pool.map(signed, range(2)))
    assert drawn == [(1, 341), (2, 342)]
