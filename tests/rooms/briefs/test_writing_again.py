"""The page of a new text: what a device keeps of it, what a second press does, and what cannot be carried any more."""

import re
from html import unescape

import pytest

from tests.cast import Cast
from tests.rooms.briefs.ways import TEXT, brief_in
from tongxin.carry.briefs import editor, personal
from tongxin.carry.briefs.forms.after import FeedbackForm
from tongxin.carry.briefs.models import Brief
from tongxin.hear.concerns.models import Concern

pytestmark = pytest.mark.django_db

NEW = "/desk/briefs/new/"


def opened(cast: Cast, who: str, query: str = "") -> tuple[str, dict]:
    """The page and what its form sends."""
    html = unescape(cast.client(who).get(f"{NEW}{query}").content.decode())
    token = re.search(r'name="token" value="(\w+)"', html)
    assert token
    return html, {"token": token[1], "concerns": re.findall(r'name="concerns" value="(\d+)"', html), **TEXT}


def kept_as(html: str) -> str:
    found = re.search(r'data-keep="([^"]+)"', html)
    assert found
    return found[1]


def test_a_device_keeps_the_text_for_the_concerns_it_was_begun_from(cast: Cast) -> None:
    first, second = cast.concern(token="a"), cast.concern("楼前也黑得很。", token="b")
    keys = {kept_as(opened(cast, "office", query)[0]) for query in ("", f"?id={first.pk}", f"?id={second.pk}")}
    assert keys == {"brief-new-text", f"brief-new-{first.pk}-text", f"brief-new-{second.pk}-text"}


def test_the_same_form_with_another_text_is_its_next_version(cast: Cast) -> None:
    _html, form = opened(cast, "member")
    client = cast.client("member")
    assert client.post(NEW, form).status_code == 302
    assert client.post(NEW, form).status_code == 302  # the same once more is nothing new
    brief = Brief.objects.get()
    assert brief.versions.count() == 1
    answer = client.post(NEW, {**form, "analysis": "退回浏览器又改过的原因分析。"})
    brief.refresh_from_db()
    assert (answer.status_code, brief.analysis, brief.versions.count()) == (302, "退回浏览器又改过的原因分析。", 2)


def test_another_text_after_it_was_handed_in_is_refused_and_stays_on_the_page(cast: Cast) -> None:
    _html, form = opened(cast, "member")
    client = cast.client("member")
    client.post(NEW, form)
    brief = Brief.objects.get()
    client.post(f"/desk/briefs/{brief.pk}/submit/", {"version": brief.version})
    answer = client.post(NEW, {**form, "analysis": "交上去以后又改的原因分析。"})
    assert answer.status_code == 409
    assert "交上去以后又改的原因分析。" in answer.content.decode()
    brief.refresh_from_db()
    assert brief.analysis == TEXT["analysis"]


def test_a_concern_that_was_decided_meanwhile_is_named_and_the_text_waits_for_a_second_press(cast: Cast) -> None:
    first, second = cast.concern(token="a"), cast.concern("楼前也黑得很。", token="b")
    _html, form = opened(cast, "office", f"?id={first.pk}&id={second.pk}")
    Concern.objects.filter(pk=first.pk).update(state="closed")
    answer = cast.client("office").post(NEW, form)
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert f"{first.number} 已有处理" in html
    assert "再按一次" in html
    assert TEXT["situation"] in html
    assert not Brief.objects.exists()
    again = {**form, "concerns": re.findall(r'name="concerns" value="(\d+)"', html)}
    assert again["concerns"] == [str(second.pk)]
    assert cast.client("office").post(NEW, again).status_code == 302
    assert [link.concern for link in Brief.objects.get().concerns.all()] == [second]


def test_a_concern_that_one_does_not_see_is_not_named(cast: Cast) -> None:
    concern = cast.concern()
    answer = cast.client("member").post(NEW, {**TEXT, "token": "t", "concerns": [concern.pk]})
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "看不到" in html
    assert concern.number not in html


def test_several_concerns_leave_the_title_empty(cast: Cast) -> None:
    concerns = [cast.concern(token="a"), cast.concern("楼前也黑得很。", token="b")]
    actor = cast.actor("office")
    assert editor.beginning(actor, concerns)["title"] == ""
    assert editor.beginning(actor, concerns[:1])["title"]


def test_no_part_of_a_number_becomes_the_title(cast: Cast) -> None:
    concern = cast.concern(
        "请给周大姐回电话到这个号码就是她家里用的 13800001234，路灯坏了", speaker_name="周大姐",
        speaker_phone="13800001234", consent="on",
    )  # fmt: skip
    Concern.objects.filter(pk=concern.pk).update(title=concern.text[:27] + "…")  # cut in the middle of the number
    concern.refresh_from_db()
    assert "138000" in concern.title
    title = personal.said(concern).title
    assert "1380" not in title
    assert "周大姐" not in title
    html = cast.client("office").get(f"{NEW}?id={concern.pk}").content.decode()
    assert "1380" not in html


def test_the_feedback_form_names_a_concern_without_its_person(cast: Cast) -> None:
    concern = cast.concern(speaker_name="周大姐", speaker_phone="13800001234", consent="on")
    brief = brief_in(cast, "draft")
    brief.concerns.create(concern=concern)
    Concern.objects.filter(pk=concern.pk).update(state="converted", title="周大姐 13800001234 说路灯坏了")
    label = str(FeedbackForm(record=brief).fields[f"words_{concern.pk}"].label)
    assert "说路灯坏了" in label
    assert "周大姐" not in label
    assert "1380" not in label


def test_the_list_is_neutral_at_first_and_tells_what_is_missing_once_one_wrote(cast: Cast) -> None:
    html, _form = opened(cast, "member")
    assert html.count('class="open" data-point="situation"') == 2  # beside the text, and on a phone at the buttons
    assert 'class="miss"' not in html
    answer = cast.client("member").post(NEW, {**TEXT, "title": "", "analysis": ""})
    html = unescape(answer.content.decode())
    assert 'class="miss" data-point="analysis"' in html
    assert 'class="ok" data-point="situation"' in html
    near, buttons = html.index("points-near"), html.index('class="acts acts-firm"')
    assert html[near:buttons].count("data-point=") == 10
