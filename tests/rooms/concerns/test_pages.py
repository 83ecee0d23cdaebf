"""The desk's pages: whole and in parts, with and without JavaScript, for each who uses them."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cast import Cast
from tests.rooms.concerns.pictures import a_picture
from tongxin.hear.concerns import queries, stash
from tongxin.hear.concerns.models import Answer, Concern, ConcernFile
from tongxin.hear.concerns.views import SLIP_SHOWN
from tongxin.kernel import inbox, journal
from tongxin.kernel.models import JournalEntry
from tongxin.people.models import Committee, Sector

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


def test_the_queue_shows_what_waits_and_links_to_it(cast: Cast) -> None:
    concern = cast.concern()
    html = page(cast.client("office"), "/desk/concerns/")
    assert concern.title in html
    assert f"/desk/concerns/{concern.pk}/" in html


def test_an_empty_queue_says_what_will_stand_there(cast: Cast) -> None:
    assert 'class="empty' in page(cast.client("office"), "/desk/concerns/")


def test_a_page_beyond_the_last_is_the_last(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    concerns = [cast.concern(f"第{n}盏路灯坏了。", token=str(n)) for n in range(3)]
    client = cast.client("office")
    for asked, last in (("group=new", concerns[2]), ("q=路灯", concerns[0])):
        html = page(client, f"/desk/concerns/?{asked}&page=999")
        assert f"/desk/concerns/{last.pk}/" in html
        assert html.count('class="row-main"') == 1
        assert "page=1" in html
        assert "page=3" not in html
    assert 'class="empty' in page(client, "/desk/concerns/?q=电梯&page=999")


@pytest.mark.parametrize("url", ["/desk/concerns/?q=，。", "/desk/contact/records/?q=，。", "/manage/members/?q=，。"])
def test_punctuation_alone_has_one_answer_in_every_list(cast: Cast, url: str) -> None:
    concern = cast.concern()
    html = page(cast.client("office"), url)
    assert "没有可查的字词" in html
    assert concern.title not in html
    assert cast.seat.person.name not in html


def test_filters_name_nothing_of_other_assemblies(cast: Cast) -> None:
    elsewhere = cast.actor("stranger").assembly
    theirs = {
        "sector": Sector.objects.create(assembly=elsewhere, code="x", name="邻市某界", category="circle"),
        "committee": Committee.objects.create(assembly=elsewhere, code="x", name="邻市某委"),
        "county": elsewhere,
    }
    client = cast.client("office")
    for key, record in theirs.items():
        html = page(client, f"/desk/concerns/?{key}={record.pk}")
        assert str(record) not in html, key
        assert getattr(record, "place", "邻市") not in html, key
    html = page(client, f"/desk/concerns/?sector={cast.sector.pk}&county={cast.county.pk}")
    assert f"去掉条件“{cast.sector}”" in html
    assert cast.county.place in html


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
    for who, status in (("leader", 404), ("body", 404), ("convener", 404)):
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


def test_the_message_has_no_receipt_in_it(cast: Cast) -> None:
    concern = cast.concern(state="outcome")
    client = cast.client("office")
    client.post(f"/desk/concerns/{concern.pk}/answer/", {"way": "message", "text": "修好了"})
    html = page(client, f"/desk/concerns/{concern.pk}/")
    assert 'id="message-text"' in html
    assert "http://testserver/r/" in html
    assert Answer.objects.get().way == "message"


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


def test_writing_down_gives_a_receipt_once_and_twice_sent_is_one(cast: Cast) -> None:
    client = cast.client("station")
    token = re.search(r'name="token" value="(\w+)"', page(client, "/desk/concerns/new/"))
    assert token
    data = {"token": token[1], "text": "楼道灯不亮", "station": cast.door_station.pk}
    slips = [client.post("/desk/concerns/new/", data).content.decode() for _ in range(2)]
    receipts = {re.search(r'receipt-code">([0-9A-Z-]{15})<', slip)[1] for slip in slips}  # type: ignore[index]
    assert len(receipts) == 1
    concern = Concern.objects.get()
    assert (concern.source, concern.station, concern.created_by) == ("desk", cast.door_station, cast.station)
    assert receipts.pop() not in page(client, f"/desk/concerns/{concern.pk}/")


def test_writing_down_sent_twice_at_the_same_moment_is_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client, data = cast.client("station"), {"token": "t" * 32, "text": "楼道灯不亮", "station": cast.door_station.pk}
    client.post("/desk/concerns/new/", data)
    look, looked = queries.by_receipt, []
    monkeypatch.setattr(queries, "by_receipt", lambda index: look(index) if looked else looked.append(index))
    assert "receipt-code" in client.post("/desk/concerns/new/", data).content.decode()
    assert Concern.objects.count() == 1


def test_writing_down_what_is_wrong_keeps_the_text(cast: Cast) -> None:
    answer = cast.client("station").post("/desk/concerns/new/", {"token": "t", "text": "有话说", "speaker_phone": "12"})
    assert answer.status_code == 422
    assert "有话说" in answer.content.decode()


def test_a_keeper_writes_for_the_own_station_only(cast: Cast) -> None:
    from tongxin.hear.stations.models import Station

    other = Station.objects.create(assembly=cast.city, code="A002", name="别的站", state="active", functions=[])
    html = page(cast.client("station"), "/desk/concerns/new/")
    assert "别的站" not in html
    answer = cast.client("station").post("/desk/concerns/new/", {"token": "t", "text": "话", "station": other.pk})
    assert answer.status_code == 422


def test_several_at_once_and_the_report(cast: Cast) -> None:
    ids = [cast.concern(text=f"事{n}", token=str(n), sector="", station="").pk for n in range(3)]
    late = cast.concern(text="已经研判", state="triaged", token="x").pk
    client = cast.client("office")
    html = page(client, f"/desk/concerns/batch/?id={ids[0]}&id={ids[1]}&id={late}&id=99999")
    assert html.count('name="id"') == 3
    data = {"kind": "triage", "id": [*ids, late], "sector": cast.sector.pk, "severity": ""}
    report = unescape(client.post("/desk/concerns/batch/", data).content.decode())
    assert set(Concern.objects.filter(pk__in=ids).values_list("state", "committee")) == {
        ("triaged", cast.committee_.pk)
    }
    assert "已经研判" in report
    again = client.post("/desk/concerns/batch/", {"kind": "decline", "id": ids, "reason": "", "text": ""})
    assert again.status_code == 422


def test_a_batch_reaches_only_what_one_may_triage(cast: Cast) -> None:
    own = cast.concern(text="自己的", token="1")
    other = cast.concern(text="别人的", token="2", sector=cast.other_sector, station="")
    client = cast.client("convener")
    client.post("/desk/concerns/batch/", {"kind": "triage", "id": [own.pk, other.pk], "sector": cast.sector.pk})
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.state, other.state) == ("triaged", "recorded")
    assert cast.client("leader").get("/desk/concerns/batch/").status_code == 403


def test_a_list_is_looked_at_and_then_taken_in(cast: Cast) -> None:
    client = cast.client("office")
    upload = SimpleUploadedFile(
        "留言.csv", "标题,群众说,时间\n路灯,坏了半个月,2024-01-05\n".encode("gb18030"), "text/csv"
    )
    missing = client.post("/desk/concerns/import/", {"file": upload})
    assert missing.status_code == 422
    html = missing.content.decode()
    key = re.search(r'name="key" value="(\w+)"', html)[1]  # type: ignore[index]
    sent = {"key": key, "name": "留言.csv", "map_text": "群众说"}
    again = client.post("/desk/concerns/import/", {**sent, "again": "1"})
    assert again.status_code == 200
    assert "坏了半个月" in again.content.decode()
    assert not Concern.objects.exists()
    done = client.post("/desk/concerns/import/", sent)
    assert done.status_code == 302
    assert Concern.objects.get().text == "坏了半个月"
    assert client.post("/desk/concerns/import/", sent).status_code == 302  # the file is gone: nothing twice
    assert Concern.objects.count() == 1


def test_a_list_sent_twice_at_the_same_moment_is_taken_in_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cast.client("office")
    upload = SimpleUploadedFile("a.csv", "内容\n坏了半个月\n".encode(), "text/csv")
    html = client.post("/desk/concerns/import/", {"file": upload}).content.decode()
    sent = {"key": re.search(r'name="key" value="(\w+)"', html)[1], "name": "a.csv"}  # type: ignore[index]
    monkeypatch.setattr(stash, "drop", lambda key, actor: None)  # the other one is not yet so far
    monkeypatch.setattr("tongxin.hear.concerns.queries.known_words", lambda assembly_id, keys: {})
    for _time in range(2):
        assert client.post("/desk/concerns/import/", sent).status_code == 302
    assert Concern.objects.count() == 1
    assert client.post("/desk/concerns/import/", {**sent, "map_text": "没有这一列"}).status_code == 422


def test_another_ones_file_cannot_be_taken_in(cast: Cast) -> None:
    upload = SimpleUploadedFile("a.csv", "内容\n坏了半个月\n".encode(), "text/csv")
    html = cast.client("office").post("/desk/concerns/import/", {"file": upload}).content.decode()
    key = re.search(r'name="key" value="(\w+)"', html)[1]  # type: ignore[index]
    cast.client("stranger").post("/desk/concerns/import/", {"key": key})
    assert not Concern.objects.exists()
    for who in ("committee", "leader", "station", "body"):
        assert cast.client(who).get("/desk/concerns/import/").status_code == 403


@pytest.mark.parametrize("rows", [10, 400])
def test_the_queries_of_list_and_reading_do_not_grow(cast: Cast, rows: int, django_assert_max_num_queries) -> None:
    concern = cast.concern(state="closed", token="first")
    from tongxin.hear.concerns.workflow import CONCERNS
    from tongxin.kernel import door

    more = ({"assembly": cast.city.pk, "text": f"第{n}件事", "sector": cast.sector.pk} for n in range(rows))
    door.begin_many(CONCERNS, "take_in", cast.actor("office"), more)
    client = cast.client("office")
    with django_assert_max_num_queries(8):
        page(client, "/desk/concerns/")
    with django_assert_max_num_queries(8):
        page(client, f"/desk/concerns/?committee={cast.committee_.pk}&group=new")
    with django_assert_max_num_queries(10):
        page(client, f"/desk/concerns/{concern.pk}/")


def test_other_words_from_the_same_page_are_another_matter(cast: Cast) -> None:
    client = cast.client("station")
    for text in ("楼道灯不亮", "单元门关不上"):
        data = {"token": "t" * 32, "text": text, "station": cast.door_station.pk}
        assert "receipt-code" in client.post("/desk/concerns/new/", data).content.decode()
    assert set(Concern.objects.values_list("text", flat=True)) == {"楼道灯不亮", "单元门关不上"}


def test_the_slip_is_not_shown_again_later(cast: Cast) -> None:
    client, data = cast.client("station"), {"token": "t" * 32, "text": "楼道灯不亮", "station": cast.door_station.pk}
    client.post("/desk/concerns/new/", data)
    concern = Concern.objects.get()
    Concern.objects.update(created_at=concern.created_at - 2 * SLIP_SHOWN)
    again = client.post("/desk/concerns/new/", data, follow=True)
    assert again.redirect_chain[0][0] == concern.get_absolute_url()
    assert "receipt-code" not in again.content.decode()
    assert Concern.objects.count() == 1


def test_writing_down_at_a_station_fills_the_station_in(cast: Cast) -> None:
    html = page(cast.client("office"), f"/desk/concerns/new/?station={cast.door_station.pk}")
    assert re.search(rf'<option value="{cast.door_station.pk}" selected>', html)


def test_the_filters_open_without_a_complaint_and_keep_what_is_on(cast: Cast) -> None:
    html = page(cast.client("office"), f"/desk/concerns/filter/?sector={cast.sector.pk}&overdue=1")
    assert "is-invalid" not in html
    assert f'<option value="{cast.sector.pk}" selected>' in html
    assert re.search(r'name="overdue"[^>]*checked', html)


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


def test_after_a_decision_the_next_one_is_offered(cast: Cast) -> None:
    client = cast.client("office")
    first, second = cast.concern(token="a"), cast.concern("井盖松了。", token="b")
    done = client.post(f"/desk/concerns/{first.pk}/help/?group=new", {"note": "联系社区换灯"}, follow=True)
    assert f"下一件：{second.title}" in done.content.decode()
    assert f'href="/desk/concerns/{second.pk}/?group=new"' in done.content.decode()
    last = client.post(f"/desk/concerns/{second.pk}/help/?group=new", {"note": "联系社区"}, follow=True)
    assert "下一件：" not in last.content.decode()


def test_the_home_of_those_who_decide_nothing_is_not_empty(cast: Cast) -> None:
    concern = cast.concern()
    assert concern.title in page(cast.client("station"), "/desk/")
    assert concern.title not in page(cast.client("leader"), "/desk/")
    Concern.objects.update(due_on=concern.due_on - timedelta(days=99))
    leader = page(cast.client("leader"), "/desk/")
    assert concern.title in leader
    assert '/figures/C01/"' in leader
    assert '/manage/members/"' in page(cast.client("admin"), "/desk/")
