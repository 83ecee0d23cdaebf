"""The briefs' pages: desk, editor with its sources, versions, one's own list, sealed words; in both languages."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, STATES, TEXT, begin, brief_in, issue, move
from tongxin.carry.briefs import checklist
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.queries import desk
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import inbox, journal, navigation
from tongxin.kernel.models import JournalEntry
from tongxin.people import roles
from tongxin.people.models import RoleGrant

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
READERS = ("member", "office", "info_editor", "info_reviewer", "info_signer", "leader", "committee")


def page(client: Client, url: str, **extra: str) -> str:
    answer = client.get(url, **extra)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.content.decode())


@pytest.mark.parametrize("state", STATES)
def test_every_state_reads_for_everybody_who_may(cast: Cast, state: str) -> None:
    brief = brief_in(cast, state)
    for who in READERS:
        answer = cast.client(who).get(f"/desk/briefs/{brief.pk}/")
        assert answer.status_code == (404 if state == "draft" and who != "member" else 200), who
        if answer.status_code == 200:
            assert brief.title in answer.content.decode()


def test_empty_desk_and_empty_list_say_how_to_begin(cast: Cast) -> None:
    assert 'class="empty' in page(cast.client("info_editor"), "/desk/briefs/")
    assert 'class="empty' in page(cast.client("member"), "/desk/briefs/mine/")


def test_a_page_beyond_the_last_is_the_last(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "PAGE", 2)
    made = [brief_in(cast, "submitted", title=f"关于{word}的建议") for word in ("供热", "供水", "供电")]
    for asked in ("2", "9", "999999"):
        html = page(cast.client("info_editor"), f"/desk/briefs/?group=new&page={asked}")
        assert f"/desk/briefs/{made[2].pk}/" in html
        assert f"/desk/briefs/{made[0].pk}/" not in html
        assert "page=1" in html


def test_the_queue_opens_the_pile_of_ones_own_post(cast: Cast) -> None:
    waits = {"info_editor": "submitted", "info_reviewer": "reviewing", "info_signer": "signing"}
    made = {who: brief_in(cast, state, title=f"关于{state}的建议") for who, state in waits.items()}
    for who, brief in made.items():
        html = page(cast.client(who), "/desk/briefs/")
        assert brief.title in html
        assert not any(other.title in html for other in made.values() if other != brief)
        assert [item.record for item in inbox.waiting(cast.actor(who))] == [brief]
        entry = next(e for e in navigation.entries(cast.actor(who)) if e.url_name == "briefs:queue")
        assert sum(rows.count() for rows in entry.pending(cast.actor(who))) == 1


def test_filters_live_in_the_address(cast: Cast) -> None:
    brief = brief_in(cast, "submitted", category="city")
    client = cast.client("info_editor")
    for query, found in (
        ("category=city", True), ("category=law", False), (f"sector={cast.sector.pk}", True),
        (f"sector={cast.other_sector.pk}", False), ("sector=none", False), ("origin=member", True),
        ("origin=lower", False), (f"year={brief.year}", True), ("year=1999", False), ("q=夜间照明", True),
        ("q=没有这个词", False), ("mine=1", True), ("overdue=1", False), ("group=ended", False),
        ("category=city&page=99999", True), ("sector=x&year=x&origin=x&page=x", True),
    ):  # fmt: skip
        assert (brief.title in page(client, f"/desk/briefs/list/?{query}", **HTMX)) == found, query
    assert 'name="category"' in page(client, "/desk/briefs/filter/?category=city")


def test_opening_by_htmx_brings_reading_and_context_only(cast: Cast) -> None:
    brief = brief_in(cast, "submitted")
    html = page(cast.client("info_editor"), f"/desk/briefs/{brief.pk}/", **HTMX)
    assert "<html" not in html
    assert brief.situation in html
    assert "hx-swap-oob" in html


def test_a_draft_from_several_concerns_holds_their_words_and_nobody_copies_them(cast: Cast) -> None:
    concerns = [cast.concern(token="a"), cast.concern("楼前也黑得很。", token="b")]
    client = cast.client("office")
    query = "&".join(f"id={concern.pk}" for concern in concerns)
    desk = page(client, "/desk/concerns/")
    assert 'formaction="/desk/briefs/new/"' in desk
    html = page(client, f"/desk/briefs/new/?{query}")
    for concern in concerns:
        assert html.count(concern.text) >= 2  # beside the text, and in it
    form = {
        "token": re.search(r'name="token" value="(\w+)"', html)[1],  # type: ignore[index]
        "concerns": re.findall(r'name="concerns" value="(\d+)"', html),
        **TEXT,
    }
    answer = client.post("/desk/briefs/new/", form)
    assert answer.status_code == 302
    brief = Brief.objects.get()
    assert set(Concern.objects.values_list("state", flat=True)) == {"converted"}
    assert client.post("/desk/briefs/new/", form).url == brief.get_absolute_url()  # the same form sent twice
    assert Brief.objects.count() == 1
    assert brief.number in page(client, f"/desk/concerns/{concerns[0].pk}/")


def test_concerns_that_are_decided_are_left_out_and_said(cast: Cast) -> None:
    concern = cast.concern(state="closed")
    html = page(cast.client("office"), f"/desk/briefs/new/?id={concern.pk}")
    assert concern.text not in html
    assert "没有带进来" in html


def test_from_the_concern_straight_to_the_new_brief(cast: Cast) -> None:
    concern = cast.concern(state="triaged")
    answer = cast.client("office").post(f"/desk/concerns/{concern.pk}/to_brief/", {})
    assert answer.url == Brief.objects.get().get_absolute_url()


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(cast: Cast) -> None:
    answer = cast.client("member").post("/desk/briefs/new/", {**TEXT, "title": "", "situation": "<b>先写好的</b>"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "&lt;b&gt;先写好的" in html
    assert "field-error" in html


@pytest.mark.parametrize(("state", "who"), [("draft", "member"), ("editing", "info_editor")])
def test_two_hundred_thousand_characters_pasted_are_a_field_error_and_nothing_is_lost(
    cast: Cast, state: str, who: str
) -> None:
    brief = brief_in(cast, state)
    pasted = "".join(chr(0x4E00 + n % 20_000) for n in range(200_000))
    answer = cast.client(who).post(
        f"/desk/briefs/{brief.pk}/text/", {**TEXT, "analysis": pasted, "version": brief.version}
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"analysis"}
    assert "200000" in html
    assert pasted in html  # every character, where it was typed
    assert TEXT["suggestion"] in html
    brief.refresh_from_db()
    assert (brief.analysis, brief.versions.count()) == (TEXT["analysis"], 1)


def test_two_hundred_thousand_characters_in_a_new_one_are_kept_too(cast: Cast) -> None:
    pasted = "字" * 200_000
    answer = cast.client("member").post("/desk/briefs/new/", {**TEXT, "situation": pasted, "token": "t"})
    assert answer.status_code == 422
    assert pasted in answer.content.decode()
    assert not Brief.objects.exists()


def test_the_editor_has_voices_sources_and_the_list_beside_it(cast: Cast) -> None:
    concern = cast.concern("我是周大姐，路灯坏了。", speaker_name="周大姐", consent="on", token="x")
    brief = begin(cast, "office", concerns=[concern.pk])
    brief = move(cast, move(cast, brief, "submit", "office"), "accept", "info_editor")
    editor = cast.client("info_editor")
    acts = [move.name for move in BRIEFS.possible(cast.actor("info_editor"), brief) if not move.hidden]
    assert acts[:2] == ["edit", "send_review"]  # what is done next stands before what sends it back
    html = page(editor, f"/desk/briefs/{brief.pk}/text/")
    assert "路灯坏了。" in html
    assert "周大姐" not in html
    assert "要素检查" in html
    answer = editor.post(f"/desk/briefs/{brief.pk}/text/", {**TEXT, "version": brief.version, "then": "on"})
    assert answer.url == f"/desk/briefs/{brief.pk}/send_review/"
    assert "还没有交出去。还缺：选定类别；还缺：注明阅读范围" in page(editor, answer.url)


def test_saved_and_handed_in_is_one_act(cast: Cast) -> None:
    """The button says so; who has pressed it has handed in, unless the page says what is missing."""
    member = cast.client("member")
    answer = member.post("/desk/briefs/new/", {**TEXT, "suggestion": "", "token": "a", "then": "on"})
    brief = Brief.objects.get()
    assert (answer.url, brief.state) == (f"/desk/briefs/{brief.pk}/submit/", "draft")
    shown = page(member, answer.url)
    assert "还没有交出去。还缺：有意见建议" in shown
    again = {**TEXT, "version": brief.version, "then": "on"}
    answer = member.post(f"/desk/briefs/{brief.pk}/text/", again, follow=True)
    brief.refresh_from_db()
    assert brief.state == "submitted"
    assert [str(each) for each in answer.context["messages"]] == [f"已提交：{brief.number}《{brief.title}》"]
    answer = member.post("/desk/briefs/new/", {**TEXT, "token": "b", "then": "on"})
    assert Brief.objects.get(pk__gt=brief.pk).state == "submitted"
    assert answer.url.endswith("/?done=1")


def test_two_editors_at_one_text(cast: Cast) -> None:
    brief = brief_in(cast, "editing")
    client = cast.client("info_editor")
    assert (
        client.post(f"/desk/briefs/{brief.pk}/text/", {**TEXT, "title": "新", "version": brief.version}).status_code
        == 302
    )
    answer = client.post(f"/desk/briefs/{brief.pk}/text/", {**TEXT, "title": "旧页面写的", "version": brief.version})
    assert answer.status_code == 409
    assert "旧页面写的" in answer.content.decode()


def test_versions_show_what_changed_by_characters(cast: Cast) -> None:
    brief = brief_in(cast, "editing")
    changed = TEXT["situation"].replace("300米", "320米")
    move(cast, brief, "edit", "info_editor", **{**TEXT, "situation": changed})
    for query in ("", "?old=1&new=2", "?old=9&new=x"):
        html = page(cast.client("info_editor"), f"/desk/briefs/{brief.pk}/versions/{query}")
        assert "<del>300</del><ins>320</ins>米" in html
    same = page(cast.client("info_editor"), f"/desk/briefs/{brief.pk}/versions/?old=1&new=1")
    assert "<del>" not in same.split('class="sheet panel brief-text diff"')[1]


def test_a_hand_too_many_is_refused_with_its_reason(cast: Cast) -> None:
    RoleGrant.objects.create(assembly=cast.city, user=cast.users["info_editor"], role=roles.INFO_REVIEWER)
    brief = brief_in(cast, "reviewing")
    client = cast.client("info_editor")
    assert "这件是您编辑的" in page(client, f"/desk/briefs/{brief.pk}/")
    answer = client.post(f"/desk/briefs/{brief.pk}/approve/", {})
    assert answer.status_code == 403
    assert "这件是您编辑的" in answer.content.decode()
    brief.refresh_from_db()
    assert brief.state == "reviewing"


def test_a_move_without_javascript_and_the_next_one(cast: Cast) -> None:
    first, second = brief_in(cast, "signing"), brief_in(cast, "signing", title="下一件的题目")
    client = cast.client("info_signer")
    answer = client.post(f"/desk/briefs/{first.pk}/sign/", {"main_to": "市委", "version": first.version})
    assert answer.url == f"/desk/briefs/{first.pk}/?done=1"
    html = page(client, answer.url)
    assert "第 1 期" in html
    assert second.title in html


def test_merging_leads_to_what_came_of_it(cast: Cast) -> None:
    first, second = brief_in(cast, "submitted"), brief_in(cast, "submitted", title="学校门口太黑")
    client = cast.client("info_editor")
    assert second.title in page(client, f"/desk/briefs/{first.pk}/merge/")
    answer = client.post(f"/desk/briefs/{first.pk}/merge/", {"others": [second.pk]})
    new = Brief.objects.get(gathered=True)
    assert answer.url == new.get_absolute_url()
    html = page(client, answer.url)
    assert first.number in html
    assert second.number in html
    assert new.number in page(cast.client("member"), "/desk/briefs/mine/")


def test_sealed_words_are_shown_once_to_those_who_are_named_and_looking_leaves_a_trace(cast: Cast) -> None:
    brief = brief_in(cast, "instructed")
    instruction = brief.instructions.get()
    url = f"/desk/briefs/{brief.pk}/instructions/{instruction.pk}/"
    for who in ("office", "info_editor", "leader", "instructions", "member"):
        assert "阅办" not in page(cast.client(who), f"/desk/briefs/{brief.pk}/"), who
        if who != "instructions":
            assert cast.client(who).post(url).status_code == 404, who
    shown = cast.client("instructions").post(url, **HTMX).content.decode()
    assert "请住建局阅办。" in shown
    assert "请住建局阅办。" in cast.client("instructions").post(url).content.decode()
    entries = [event for event in journal.timeline(brief) if event.verb == "unsealed"]
    assert [event.who for event in entries] == ["instructions用户"] * 2
    assert "查看了领导批示" in page(cast.client("leader"), f"/desk/briefs/{brief.pk}/")
    authors = page(cast.client("member"), f"/desk/briefs/{brief.pk}/").split("<main")[1]
    assert "市委主要领导批示" in authors  # level and day are not sealed
    for sealed in ("某某", "阅办", "查看", "密封"):
        assert sealed not in authors


def test_authors_and_bodies_are_not_told_what_is_between_the_hands(cast: Cast) -> None:
    brief = brief_in(cast, "reviewing")
    brief = move(cast, brief, "reject", "info_reviewer", reason="wording", text="内部意见，不必让作者看到")
    assert "内部意见" in page(cast.client("info_editor"), f"/desk/briefs/{brief.pk}/")
    assert "内部意见" not in page(cast.client("member"), f"/desk/briefs/{brief.pk}/")
    handled = brief_in(cast, "handling")
    html = page(cast.client("body"), f"/desk/briefs/{handled.pk}/")
    assert "请办理" in html
    assert "送审核" not in html


def test_the_author_reads_why_it_came_back(cast: Cast) -> None:
    brief = brief_in(cast, "returned")
    for url in (f"/desk/briefs/{brief.pk}/", f"/desk/briefs/{brief.pk}/text/"):
        assert BACK["text"] in page(cast.client("member"), url)


def test_the_upper_assembly_shows_where_it_stands_there(cast: Cast) -> None:
    brief = brief_in(cast, "reported")
    html = page(cast.client("info_editor"), f"/desk/briefs/{brief.pk}/")
    assert cast.province.name in html
    assert "对方：待受理" in html


def test_a_writer_has_his_own_briefs_beside_the_open_one(cast: Cast) -> None:
    brief, others = brief_in(cast, "issued"), begin(cast, "office", title="别人写的")
    client = cast.client("member")
    column = client.get(f"/desk/briefs/list/?current={brief.pk}", HTTP_HX_REQUEST="true").content.decode()
    assert brief.title in column
    assert "已编发" in column
    assert others.title not in column
    assert 'aria-current="true"' in column
    assert client.get("/desk/briefs/list/").url == "/desk/briefs/mine/"


def test_a_member_sees_where_each_stands(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    html = page(cast.client("member"), "/desk/briefs/mine/")
    assert brief.title in html
    assert "已编发" in html


def test_getting_changes_nothing(cast: Cast) -> None:
    brief = brief_in(cast, "adopted")
    before = (Brief.objects.values().get(), JournalEntry.objects.count())
    client = cast.client("info_editor")
    for part in ("", "similar/", "versions/", "report_further/", "adopt/", "feed_back/"):
        page(client, f"/desk/briefs/{brief.pk}/{part}")
    adoption = brief.adoptions.get()
    paper = client.get(f"/desk/briefs/{brief.pk}/evidence/{adoption.pk}/")
    assert b"".join(paper.streaming_content).decode() == "第12期已采用"
    assert (Brief.objects.values().get(), JournalEntry.objects.count()) == before


def test_english_is_complete_on_every_page(cast: Cast) -> None:
    brief = brief_in(cast, "fed_back", title="A title", situation="Who", analysis="Why", suggestion="What")
    client = cast.client("office")
    client.cookies["django_language"] = "en"
    html = page(client, f"/desk/briefs/{brief.pk}/")
    assert "What came of it" in html
    assert f"{timezone.localdate().year} No. 1 (1 in all)" in html
    assert "编发" not in html


def test_the_editor_is_not_told_that_category_and_level_may_be_left_empty(cast: Cast) -> None:
    """They may while the author writes; the editor's text goes no further without them."""
    member, editor = cast.client("member"), cast.client("info_editor")
    editing = page(editor, f"/desk/briefs/{brief_in(cast, 'editing').pk}/text/")
    writing = page(member, f"/desk/briefs/{brief_in(cast, 'draft').pk}/text/")
    for html, optional in ((editing, False), (writing, True)):
        for name in ("category", "secrecy"):
            label = html[html.index(f'for="id_{name}"') :].split("</label>")[0]
            assert ("可不填" in label) is optional, (name, optional)


def test_a_brief_of_two_sectors_names_none_instead_of_a_dash(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    assert "<dt>界别</dt>" in page(cast.client("office"), f"/desk/briefs/{brief.pk}/")
    Brief.objects.filter(pk=brief.pk).update(sector=None)
    assert "<dt>界别</dt>" not in page(cast.client("office"), f"/desk/briefs/{brief.pk}/")


def test_feedback_speaks_of_people_only_where_somebody_spoke(cast: Cast) -> None:
    alone = page(cast.client("info_editor"), f"/desk/briefs/{brief_in(cast, 'issued').pk}/feed_back/")
    assert "回执页" not in alone[alone.index('id="move-form"') :].split("</form>")[0]
    brief = issue(cast, begin(cast, "office", concerns=[cast.concern().pk]))
    assert "回执页" in page(cast.client("info_editor"), f"/desk/briefs/{brief.pk}/feed_back/")


def test_a_school_or_a_crossing_is_a_place(cast: Cast) -> None:
    for words, found in (("实验小学门口堵车。", True), ("学府街路口没有灯。", True), ("堵车严重。", False)):
        where = next(each for each in checklist.points({"situation": words}, cast.city.pk) if each.key == "where")
        assert where.ok is found, words


def test_the_signer_s_telephone_leads_to_the_briefs(cast: Cast) -> None:
    html = page(cast.client("info_signer"), "/desk/")
    assert "/desk/briefs/" in html[html.index('class="tabbar') :].split("</nav>")[0]
