"""A brief written and handed in: versions, names, what is missing, taking back."""

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, TEXT, begin, brief_in, errors, move, second_member, verbs
from tongxin.carry.briefs import checklist, queries
from tongxin.carry.briefs.models import Brief
from tongxin.kernel import door, journal, options
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed, Stale
from tongxin.kernel.models import Notice, Parameter

pytestmark = pytest.mark.django_db


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


def test_a_stale_text_does_not_overwrite_a_newer_one(cast: Cast) -> None:
    brief = begin(cast)
    move(cast, brief, "write", "member", **{**TEXT, "title": "新题目"})
    with pytest.raises(Stale):
        door.perform(brief, "write", cast.actor("member"), TEXT, version=brief.version)


def test_the_story_names_a_version_only_when_one_was_made(cast: Cast) -> None:
    brief = brief_in(cast, "editing", category="", secrecy="")
    move(cast, brief, "edit", "info_editor", **{**TEXT, "title": "改过的题目"})
    move(cast, brief, "edit", "info_editor", **{**TEXT, "title": "改过的题目", "secrecy": "public"})
    brief = move(cast, brief, "edit", "info_editor", **{**TEXT, "title": "改过的题目", "secrecy": "public"})
    assert [event.title for event in journal.timeline(brief) if event.verb == "edit"] == [
        "编辑了文稿（第 2 版）", "编辑了文稿（只改了阅读范围）", "编辑了文稿（没有改动）",
    ]  # fmt: skip


def test_names_added_without_a_new_text_are_no_new_version(cast: Cast) -> None:
    second_member(cast)
    brief = move(cast, begin(cast), "write", "member", **TEXT, authors="孙萍")
    assert journal.timeline(brief)[-1].title == "修改了文稿（只改了作者）"
