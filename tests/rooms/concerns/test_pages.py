"""The desk's pages: whole and in parts, with and without JavaScript, for each who uses them."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.concerns.pictures import a_picture
from tongxin.hear.concerns.models import Answer, Concern, ConcernFile
from tongxin.kernel import door, inbox, journal
from tongxin.kernel.actor import holder
from tongxin.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


def page(client: Client, url: str, **extra: str) -> str:
    answer = client.get(url, **extra)
    assert answer.status_code == 200, (url, answer.status_code)
    return unescape(answer.content.decode())


def version(html: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', html)
    assert found
    return found[1]


@pytest.mark.parametrize("who", ["office", "committee", "convener", "station", "body", "leader", "county", "member"])
@pytest.mark.parametrize("state", ["recorded", "referred", "declined", "answered", "disputed", "closed"])
def test_every_state_reads_for_everybody(cast: Cast, who: str, state: str) -> None:
    concern = cast.concern(state=state)
    answer = cast.client(who).get(f"/desk/concerns/{concern.pk}/")
    assert answer.status_code == (
        404 if who == "member" or (who == "body" and state in ("recorded", "declined")) else 200
    )


def test_opening_by_htmx_brings_reading_and_context_only(cast: Cast) -> None:
    concern = cast.concern()
    html = page(cast.client("office"), f"/desk/concerns/{concern.pk}/", **HTMX)
    assert "<html" not in html
    assert concern.text in html
    assert "hx-swap-oob" in html


def test_a_move_without_javascript(cast: Cast) -> None:
    client, concern = cast.client("office"), cast.concern()
    html = page(client, f"/desk/concerns/{concern.pk}/help/?group=new")
    data = {"note": "联系社区换灯", "version": version(html)}
    answer = client.post(f"/desk/concerns/{concern.pk}/help/?group=new", data)
    assert answer.status_code == 302
    assert answer.url == f"/desk/concerns/{concern.pk}/?group=new&done=1"
    concern.refresh_from_db()
    assert concern.state == "direct_help"


def test_a_moves_form_in_place(cast: Cast) -> None:
    concern = cast.concern()
    html = page(cast.client("office"), f"/desk/concerns/{concern.pk}/refer/", HTTP_HX_TARGET="decide", **HTMX)
    assert html.lstrip().startswith("<section")
    assert str(cast.roads) in html


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(cast: Cast) -> None:
    concern = cast.concern()
    answer = cast.client("office").post(
        f"/desk/concerns/{concern.pk}/decline/", {"reason": "", "text": "<b>先写好的说明</b>"}
    )
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "&lt;b&gt;先写好的说明" in html
    assert "field-error" in html


def test_a_move_that_is_no_longer_possible_is_a_conflict(cast: Cast) -> None:
    concern = cast.concern(state="triaged")
    answer = cast.client("office").post(f"/desk/concerns/{concern.pk}/answer/", {"way": "page", "text": "写好的答复"})
    assert answer.status_code == 409
    assert "写好的答复" in answer.content.decode()


def test_a_stale_form_is_a_conflict_and_keeps_the_text(cast: Cast) -> None:
    client, concern = cast.client("office"), cast.concern()
    old = version(page(client, f"/desk/concerns/{concern.pk}/triage/"))
    client.post(f"/desk/concerns/{concern.pk}/triage/", {"sector": cast.sector.pk, "version": old})
    answer = client.post(f"/desk/concerns/{concern.pk}/help/", {"note": "我先写的办法", "version": old})
    assert answer.status_code == 409
    assert "我先写的办法" in answer.content.decode()


@pytest.mark.parametrize(
    "move", ["rate", "object", "close", "escalate", "forget", "expire", "speak", "take_in", "none"]
)
def test_moves_that_are_nobodys_on_the_desk_do_not_exist(cast: Cast, move: str) -> None:
    concern = cast.concern(state="answered")
    for method in ("get", "post"):
        answer = getattr(cast.client("office"), method)(f"/desk/concerns/{concern.pk}/{move}/", {"value": "satisfied"})
        assert answer.status_code == 404


def test_getting_changes_nothing(cast: Cast) -> None:
    concern = cast.concern(state="referred")
    before = (Concern.objects.values().get(), JournalEntry.objects.count())
    client = cast.client("office")
    for url in ("", "list/", "filter/", "new/", "batch/", "import/", *(f"{concern.pk}/{p}" for p in ("", "similar/"))):
        page(client, f"/desk/concerns/{url}")
    for move in ("settle", "reassign"):
        page(client, f"/desk/concerns/{concern.pk}/{move}/")
    assert (Concern.objects.values().get(), JournalEntry.objects.count()) == before
    assert client.get(f"/desk/concerns/{concern.pk}/reveal/").status_code == 405


def test_contact_details_are_masked_and_looking_leaves_a_trace(cast: Cast) -> None:
    concern = cast.concern(speaker_name="刘女士", speaker_phone="13800001234", consent="on")
    client = cast.client("office")
    html = page(client, f"/desk/concerns/{concern.pk}/")
    assert "138****1234" in html
    assert "13800001234" not in html
    shown = client.post(f"/desk/concerns/{concern.pk}/reveal/", **HTMX).content.decode()
    assert "138 0000 1234" in shown
    assert journal.timeline(concern)[-1].verb == "revealed"
    for who, status in (("leader", 404), ("body", 404), ("convener", 404), ("station", 404)):
        assert cast.client(who).post(f"/desk/concerns/{concern.pk}/reveal/").status_code == status


def test_a_body_reads_neither_person_nor_rating(cast: Cast) -> None:
    concern = cast.concern(state="disputed", speaker_name="刘女士", speaker_phone="13800001234", consent="on")
    html = page(cast.client("body"), f"/desk/concerns/{concern.pk}/")
    for hidden in ("刘女士", "138****1234", "又坏了", "谢谢您", "reveal"):
        assert hidden not in html
    assert "六盏路灯已经修好" in html


def test_a_body_cannot_tell_who_was_satisfied_and_who_was_not(cast: Cast) -> None:
    client, shown = cast.client("body"), []
    for state in ("closed", "disputed"):
        concern = cast.concern(text="一样的话", state=state, token=state)
        shown.append(re.search(r'id="decide".*?</section>', page(client, f"/desk/concerns/{concern.pk}/"), re.S)[0])  # type: ignore[index]
    assert shown[0] == shown[1]


def test_the_message_stands_there_before_it_is_recorded_as_sent_and_has_no_receipt_in_it(cast: Cast) -> None:
    concern = cast.concern(state="outcome", speaker_phone="13904690001", consent="on")
    client, url = cast.client("office"), f"/desk/concerns/{concern.pk}/"
    html = page(client, f"{url}answer/")
    assert 'id="message-text"' in html
    assert "http://testserver/r/" in html
    client.post(f"{url}answer/", {"way": "message", "text": "修好了"})
    assert Answer.objects.get().way == "message"
    html = page(client, url)
    assert "139****0001" in re.search(r"告诉了本人什么.*?</p>", html, re.S)[0]  # type: ignore[index]
    door.perform(Concern.objects.get(), "forget", holder(concern.receipt_index))
    assert Answer.objects.get().number == ""


def test_who_left_no_number_cannot_be_called_or_sent_a_message(cast: Cast) -> None:
    concern = cast.concern(state="outcome")
    client, url = cast.client("office"), f"/desk/concerns/{concern.pk}/answer/"
    html = page(client, url)
    assert 'id="message-text"' not in html
    assert 'value="page"' in html
    for way in ("message", "phone"):
        assert f'value="{way}"' not in html
        assert client.post(url, {"way": way, "text": "修好了", "delivery": "打通了"}).status_code == 422
    assert not Answer.objects.exists()


def test_pictures_are_served_to_those_who_may_read(cast: Cast) -> None:
    client, concern = cast.client("committee"), cast.concern(state="referred")
    data = {
        "result": "resolved",
        "text": "修好了，见图",
        "pictures": SimpleUploadedFile("灯.jpg", a_picture(), "image/jpeg"),
    }
    assert client.post(f"/desk/concerns/{concern.pk}/settle/", data).status_code == 302
    url = f"/desk/concerns/{concern.pk}/files/{ConcernFile.objects.get().pk}/"
    assert url in page(client, f"/desk/concerns/{concern.pk}/")
    assert client.get(url)["Content-Type"] == "image/jpeg"
    assert client.get(url + "?small=1").status_code == 200
    assert cast.client("stranger").get(url).status_code == 404
    other = cast.concern(token="other", text="别的事")
    assert client.get(f"/desk/concerns/{other.pk}/files/{ConcernFile.objects.get().pk}/").status_code == 404


def test_a_decision_says_whose_it_is(cast: Cast) -> None:
    client = cast.client("office")
    lost = cast.concern(sector="", station="", token="a")
    told = client.post(f"/desk/concerns/{lost.pk}/triage/", {"note": "看看"})
    assert told.status_code == 422
    assert "选一个界别或专委会" in told.content.decode()
    assert 'name="sector"' in page(client, f"/desk/concerns/{lost.pk}/refer/")
    client.post(f"/desk/concerns/{lost.pk}/refer/", {"body": cast.roads.pk, "sector": cast.sector.pk})
    lost.refresh_from_db()
    assert (lost.state, lost.sector, lost.committee) == ("referred", cast.sector, cast.committee_)
    known = cast.concern(token="b")
    assert 'name="sector"' not in page(client, f"/desk/concerns/{known.pk}/refer/")


def test_no_result_is_chosen_beforehand_and_who_left_a_number_is_called(cast: Cast) -> None:
    client, told = cast.client("office"), {"speaker_name": "刘女士", "speaker_phone": "13800001234", "consent": "on"}
    concern = cast.concern(state="direct_help", **told)
    assert '<option value="" selected>请选择' in page(client, f"/desk/concerns/{concern.pk}/settle/")
    answered = cast.concern(state="outcome", token="b", **told)
    assert '<option value="phone" selected>' in page(client, f"/desk/concerns/{answered.pk}/answer/")


def test_what_lies_with_the_body_waits_for_the_body(cast: Cast) -> None:
    cast.concern(state="referred")
    assert not inbox.waiting(cast.actor("office"))
    assert [each.moves[0].name for each in inbox.waiting(cast.actor("body"))] == ["reply"]


def test_the_houses_notes_are_not_for_the_body(cast: Cast) -> None:
    concern = cast.concern(state="referred")  # triaged with the note 先看现场, referred with 请核实
    assert "先看现场" in page(cast.client("office"), f"/desk/concerns/{concern.pk}/")
    theirs = page(cast.client("body"), f"/desk/concerns/{concern.pk}/")
    assert "先看现场" not in theirs
    assert "请核实" in theirs


def test_a_body_reads_nowhere_who_spoke(cast: Cast) -> None:
    """Not in the words of the person either, who was told that name and number do not go to the body."""
    said = {"text": "赵铁柱反映路灯坏了，请打13904690001。", "title": "赵铁柱反映路灯坏了", "speaker_name": "赵铁柱"}
    concern = cast.concern(speaker_phone="13904690001", consent="on", **said)
    office, url = cast.actor("office"), f"/desk/concerns/{concern.pk}/"
    concern = door.perform(concern, "triage", office, {"sector": cast.sector, "title": said["title"]})
    concern = door.perform(concern, "refer", office, {"body": cast.roads, "note": ""})
    other = cast.concern(text="小学门口路灯坏了，路灯一直没有人修。", state="referred")
    body = cast.client("body")
    pages = {
        "read": page(body, url), "part": page(body, url, **HTMX),
        "similar": page(body, f"/desk/concerns/{other.pk}/similar/"),
        "queue": page(body, "/desk/concerns/"), "inbox": page(body, "/desk/"),
        "figure": page(body, f"/figures/C01/?year={concern.year}"),
    }  # fmt: skip
    assert page(cast.client("office"), url).count("赵铁柱") > 1
    for where, html in pages.items():
        assert "反映路灯坏了" in html, where
        assert "赵铁柱" not in html, where
        assert "13904690001" not in html, where
    door.perform(concern, "settle", office, {"result": "resolved", "text": "给赵铁柱打过电话"})
    html = page(body, url)
    assert "打过电话" in html
    assert "赵铁柱" not in html


def test_a_body_is_not_told_that_it_replied_when_the_office_settled_it(cast: Cast) -> None:
    client = cast.client("body")
    replied = cast.concern(state="outcome", token="1")
    settled = cast.concern(text="别的事", state="referred", token="2")
    door.perform(settled, "settle", cast.actor("office"), {"result": "resolved", "text": "修好了"})
    assert "答复已经收到" in page(client, f"/desk/concerns/{replied.pk}/")
    html = page(client, f"/desk/concerns/{settled.pk}/")
    assert "答复已经收到" not in html
    assert "不用再答复" in html


def test_what_was_only_begun_is_not_said_to_be_done(cast: Cast) -> None:
    concern = cast.concern(state="triaged")
    done = cast.client("office").post(f"/desk/concerns/{concern.pk}/help/", {"note": "联系社区"}, follow=True)
    html = done.content.decode()
    assert "已记下：当场帮办" in html
    assert "已当场帮办" not in html


def test_what_the_usual_way_of_answering_needs_is_not_called_optional(cast: Cast) -> None:
    """A call, the default where a number was left, needs its note: the page says so beforehand."""
    concern = cast.concern(state="outcome", speaker_phone="13946901158", consent="on")
    html = page(cast.client("office"), f"/desk/concerns/{concern.pk}/answer/")
    label = html.split('for="id_delivery"')[1].split("</label>")[0]
    assert "告知情况" in label
    assert "可不填" not in label
    assert "没联系上" in html


@pytest.mark.parametrize(("state", "who"), [("referred", "市住房和城乡建设局"), ("direct_help", "教科卫体委员会")])
def test_whoever_raised_it_reads_who_is_at_work_on_it(cast: Cast, state: str, who: str) -> None:
    concern = cast.concern(state=state)
    Concern.objects.filter(pk=concern.pk).update(created_by=cast.member)
    html = page(cast.client("member"), f"/desk/concerns/{concern.pk}/")
    assert who in html.split('id="decide"')[1].split("</section>")[0]
    assert "别人" not in html


def test_the_queue_says_how_many_of_the_overdue_wait_for_a_body(cast: Cast) -> None:
    """The inbox counts what is the actor's to do, the queue all: the two numbers explain themselves."""
    for state in ("referred", "triaged"):
        concern = cast.concern(state=state, token=state)
        Concern.objects.filter(pk=concern.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    assert "共 2 件超时，其中 1 件等单位答复" in page(cast.client("office"), "/desk/concerns/?overdue=1")
    assert "该我办的已超时" in page(cast.client("office"), "/desk/")
