"""While writing: briefs and concerns of all years that are much the same, what became of them, and joining them."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from tests.cast import Cast
from tests.rooms.briefs.ways import TEXT, begin, brief_in, move
from tongxin.carry.briefs import queries
from tongxin.carry.briefs.models import Brief
from tongxin.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db

SAID = "八马路小学门前路段的六盏路灯停用半月，学生放学看不见路，家长很担心。"
TYPED = {
    "title": "关于八马路小学门前路灯的建议",
    "situation": "八马路小学门前六盏路灯停用半月，学生家长四百余户受影响。",
}
HTMX = {"HTTP_HX_REQUEST": "true"}


def ask(cast: Cast, who: str = "office", **typed: Any) -> str:
    answer = cast.client(who).post("/desk/briefs/new/alike/", {**TYPED, **typed}, **HTMX)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_briefs_and_concerns_with_what_became_of_them(cast: Cast) -> None:
    done = brief_in(cast, "fed_back")
    open_, told = cast.concern(SAID, token="a"), cast.concern(SAID + "请修好。", state="closed", token="b")
    html = ask(cast)
    for expected in (done.title, done.number, "第 1 期", "已反馈", open_.number, told.number):
        assert expected in html, expected
    found = queries.alike(cast.actor("office"), "\n".join(TYPED.values()))
    results = {each.hit.reference: each.result for each in found if each.is_brief}
    assert results == {done.number: "已经解决"}
    assert all(each.hit.standing for each in found)
    assert [each.likeness for each in found] == sorted((each.likeness for each in found), reverse=True)


def test_a_concern_that_a_brief_carries_leads_to_it(cast: Cast) -> None:
    concern = cast.concern(SAID, token="a")
    brief = begin(cast, "office", concerns=[concern.pk])
    html = ask(cast)
    assert f"已写进信息 {brief.number}" in html
    assert 'name="join"' not in html  # it is carried already
    assert "已写进信息" not in ask(cast, "committee")  # a draft is nobody's but the writer's


def test_only_what_the_actor_may_see(cast: Cast) -> None:
    draft = begin(cast, "office")
    concern = cast.concern(SAID, token="a")
    mine = begin(cast, "member", title="关于八马路小学路灯的又一件建议")
    html = ask(cast, "member")
    assert mine.number in html
    assert draft.number not in html
    assert concern.number not in html
    assert ask(cast, "stranger").count("<li") == 0
    for who in ("body", "leader", "info_signer"):
        assert cast.client(who).post("/desk/briefs/new/alike/", TYPED).status_code == 403


def test_neither_itself_nor_what_it_is_made_of(cast: Cast) -> None:
    concern = cast.concern(SAID, token="a")
    first = begin(cast, "office", concerns=[concern.pk])
    other = begin(cast, "office", title="关于八马路小学门前路灯的第二件建议")
    first, other = (move(cast, each, "submit", "office") for each in (first, other))
    move(cast, first, "merge", "info_editor", others=[other.pk])
    whole = Brief.objects.get(gathered=True)
    found = queries.alike(cast.actor("info_editor"), SAID, brief=whole)
    assert {each.hit.reference for each in found} == set()
    html = ask(cast, "info_editor", brief=whole.pk)
    assert not any(f">{title}<" in html for title in (first.title, other.title))
    assert cast.client("member").post("/desk/briefs/new/alike/", {**TYPED, "brief": whole.pk + 99}).status_code == 404


def test_a_concern_is_carried_along_by_a_tick(cast: Cast) -> None:
    concern = cast.concern(SAID, token="a")
    html = ask(cast)
    assert f'name="join" value="{concern.pk}" form="brief-form"' in html
    again = ask(cast, join=[concern.pk])  # ticked, and the text went on
    assert f"一并写入：{concern.number}" in again
    assert again.count(f'value="{concern.pk}"') == 1
    assert "checked" in again
    answer = cast.client("office").post("/desk/briefs/new/", {**TEXT, "join": [concern.pk]})
    assert answer.status_code == 302
    brief = Brief.objects.get()
    assert [link.concern_id for link in brief.concerns.all()] == [concern.pk]
    concern.refresh_from_db()
    assert concern.state == "converted"


def test_what_is_not_the_actors_to_carry_cannot_be_ticked(cast: Cast) -> None:
    concern = cast.concern(SAID, token="a")
    answer = cast.client("member").post("/desk/briefs/new/", {**TEXT, "join": [concern.pk]})
    assert answer.status_code == 422
    assert not Brief.objects.exists()


def test_in_a_brief_that_is_there_the_concern_is_joined_on_its_own_page(cast: Cast) -> None:
    brief = begin(cast, "office")
    concern = cast.concern(SAID, token="a")
    assert f"/desk/concerns/{concern.pk}/to_brief/" in ask(cast, brief=brief.pk)


def test_short_or_empty_text_finds_nothing(cast: Cast) -> None:
    brief_in(cast, "submitted")
    assert queries.alike(cast.actor("office"), "路灯") == []
    assert "没有人说过或写过" in ask(cast, title="路灯", situation="")
    assert "没有人说过或写过" not in ask(cast, title="", situation="")  # nobody has said what to look for yet


def test_it_reads_and_writes_nothing(cast: Cast) -> None:
    brief_in(cast, "submitted")
    before = (JournalEntry.objects.count(), Brief.objects.count())
    ask(cast)
    for who in ("office", "member"):
        assert cast.client(who).post("/desk/briefs/new/", {**TYPED, "then": "alike"}).status_code == 200
    assert (JournalEntry.objects.count(), Brief.objects.count()) == before


def test_without_javascript_the_button_shows_it_beside_the_typed_text(cast: Cast) -> None:
    other = brief_in(cast, "submitted", title="关于八马路小学夜间照明的建议")
    html = unescape(cast.client("office").post("/desk/briefs/new/", {**TYPED, "then": "alike"}).content.decode())
    assert other.title in html
    assert TYPED["situation"] in html
    assert 'name="then" value="alike"' in html
    page = unescape(cast.client("office").post("/desk/briefs/new/alike/", TYPED).content.decode())
    assert other.title in page
    assert "<html" in page


def test_without_javascript_on_a_brief_that_is_edited(cast: Cast) -> None:
    brief = brief_in(cast, "editing")
    other = brief_in(cast, "submitted", title="关于八马路小学夜间照明的建议")
    client = cast.client("info_editor")
    typed = {**TEXT, "situation": TYPED["situation"] + "还没有保存。", "then": "alike", "version": brief.version - 1}
    html = unescape(client.post(f"/desk/briefs/{brief.pk}/text/", typed).content.decode())
    assert other.title in html
    assert "还没有保存。" in html
    assert f'name="version" value="{brief.version - 1}"' in html  # a change by somebody else is still noticed
    brief.refresh_from_db()
    assert "还没有保存。" not in brief.situation


def test_it_takes_few_queries_however_much_is_found(cast: Cast, django_assert_max_num_queries: Any) -> None:
    brief = begin(cast, "office")
    for n in range(4):
        cast.concern(SAID, token=f"c{n}")
        brief_in(cast, "fed_back", title=f"关于八马路小学门前路灯的第{n}件建议")
    client = cast.client("office")
    client.post("/desk/briefs/new/alike/", TYPED, **HTMX)
    with django_assert_max_num_queries(15):
        client.post("/desk/briefs/new/alike/", {**TYPED, "brief": brief.pk}, **HTMX)
