"""Pages by which concerns come in: written down one by one, or taken in from a list."""

import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from tests.cast import Cast
from tests.rooms.concerns.pictures import a_picture
from tests.rooms.concerns.test_pages import page
from tongxin.hear.concerns import queries, stash
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.views.desk import SLIP_SHOWN
from tongxin.kernel import options
from tongxin.kernel.models import Parameter

pytestmark = pytest.mark.django_db


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


@pytest.mark.parametrize(("phone", "status"), [("12", 422), ("", 409)])
def test_pictures_of_a_form_that_comes_back_must_be_chosen_again(cast: Cast, phone: str, status: int) -> None:
    client = cast.client("station")
    data = {"token": "t" * 32, "text": "楼道灯不亮", "station": cast.door_station.pk}
    assert "图片要重新选" not in client.post("/desk/concerns/new/", data).content.decode()
    picture = SimpleUploadedFile("灯.jpg", a_picture(), "image/jpeg")
    more = {**data, "speaker_phone": phone, "text": "另一件事" if phone else data["text"]}
    answer = client.post("/desk/concerns/new/", {**more, "pictures": picture})
    assert answer.status_code == status
    assert "图片要重新选" in answer.content.decode()


def test_a_keeper_writes_for_the_own_station_only(cast: Cast) -> None:
    from tongxin.hear.stations.models import Station

    other = Station.objects.create(assembly=cast.city, code="A002", name="别的站", state="active", functions=[])
    html = page(cast.client("station"), "/desk/concerns/new/")
    assert "别的站" not in html
    answer = cast.client("station").post("/desk/concerns/new/", {"token": "t", "text": "话", "station": other.pk})
    assert answer.status_code == 422


class Rendered(HTMLParser):
    """The form of a dry run: what a browser would send, and how to choose from its selects."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.options: dict[str, dict[str, str]] = {}
        self.at: tuple[str, str] | None = None
        self.select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form" and "key" not in self.values:
            self.values, self.options = {}, {}
        elif tag == "input" and given.get("name") and (given.get("type") != "checkbox" or "checked" in given):
            self.values[given["name"]] = given.get("value", "on")
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option":
            self.at = (self.select, given["value"])
            if "selected" in given or self.select not in self.values:
                self.values[self.select] = given["value"]

    def handle_data(self, data: str) -> None:
        if self.at:
            self.options.setdefault(self.at[0], {})[data] = self.at[1]
            self.at = None

    def choose(self, name: str, label: str) -> None:
        self.values[name] = self.options[name][label]

    def label(self, name: str) -> str:
        return next(label for label, value in self.options[name].items() if value == self.values[name])


def test_every_sheet_has_its_own_columns_and_none_is_left_out_in_silence(cast: Cast) -> None:
    """What the page shows is what is taken in; a sheet that is not read is named, like the rows beyond those shown."""
    client, url = cast.client("office"), "/desk/concerns/import/"
    book, file = Workbook(), BytesIO()
    book.remove(book.active)
    for name, rows in {
        "一月": [["内容", "主题", "备注"], *([f"一月说的第{n % 25}件事", "t", "x"] for n in range(50))],
        "二月": [["备注", "主题", "诉求内容"], ["x", "二月的事", "二月说的话不一样"]],
        "说明": [["怎么填", "由谁填"], ["照着填", "站长"]],
    }.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(file)
    answer = client.post(url, {"file": SimpleUploadedFile("表.xlsx", file.getvalue())})
    html = answer.content.decode()
    assert "说明" in html
    assert "还有 5 行" in html
    shown = Rendered(html)
    assert (shown.label("map_0_text"), shown.label("map_1_text")) == ("内容", "诉求内容")
    shown.choose("map_1_text", "主题")  # which is the title as well, as it was guessed
    twice = client.post(url, shown.values)
    assert twice.status_code == 422
    assert not Concern.objects.exists()
    shown = Rendered(twice.content.decode())
    shown.choose("map_1_title", "备注")
    assert client.post(url, shown.values).status_code == 302
    assert Concern.objects.get(title="x").text == "二月的事"
    assert Concern.objects.count() == 51


def test_a_list_is_looked_at_and_then_taken_in(cast: Cast) -> None:
    client = cast.client("office")
    upload = SimpleUploadedFile(
        "留言.csv", "标题,群众说,时间\n路灯,坏了半个月,2024-01-05\n".encode("gb18030"), "text/csv"
    )
    missing = client.post("/desk/concerns/import/", {"file": upload})
    assert missing.status_code == 422
    sent = Rendered(missing.content.decode())
    sent.choose("map_0_text", "群众说")
    again = client.post("/desk/concerns/import/", {**sent.values, "again": "1"})
    assert again.status_code == 200
    assert "坏了半个月" in again.content.decode()
    assert not Concern.objects.exists()
    shown = Rendered(again.content.decode())
    assert shown.label("map_0_text") == "群众说"
    shown.choose("map_0_title", "没有这一列")
    sent = shown.values
    done = client.post("/desk/concerns/import/", sent)
    assert done.status_code == 302
    taken = Concern.objects.get()
    assert (taken.text, taken.title) == ("坏了半个月", "坏了半个月")
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
    assert client.post("/desk/concerns/import/", {**sent, "map_0_text": "99"}).status_code == 422


def test_another_ones_file_cannot_be_taken_in(cast: Cast) -> None:
    upload = SimpleUploadedFile("a.csv", "内容\n坏了半个月\n".encode(), "text/csv")
    html = cast.client("office").post("/desk/concerns/import/", {"file": upload}).content.decode()
    key = re.search(r'name="key" value="(\w+)"', html)[1]  # type: ignore[index]
    cast.client("stranger").post("/desk/concerns/import/", {"key": key})
    assert not Concern.objects.exists()
    for who in ("committee", "leader", "station", "body"):
        assert cast.client(who).get("/desk/concerns/import/").status_code == 403


def test_other_words_from_the_same_page_are_another_matter(cast: Cast) -> None:
    client = cast.client("station")
    for text in ("楼道灯不亮", "单元门关不上"):
        data = {"token": "t" * 32, "text": text, "station": cast.door_station.pk}
        assert "receipt-code" in client.post("/desk/concerns/new/", data).content.decode()
    assert set(Concern.objects.values_list("text", flat=True)) == {"楼道灯不亮", "单元门关不上"}


@pytest.mark.parametrize(
    "more",
    [
        {"speaker_name": "周桂兰", "speaker_phone": "13946901158", "consent": "on"},
        {"title": "三单元的灯"},
        {"text": "单元门关不上", "speaker_name": "周桂兰", "consent": "on"},
    ],
)
def test_what_was_added_to_a_form_sent_before_is_asked_about_and_not_dropped(cast: Cast, more: dict[str, str]) -> None:
    """The other words came as a matter of their own; what is then added to them is asked about in the same way."""
    client = cast.client("office")
    first = {"token": "t" * 32, "text": more.get("text", "楼道灯不亮"), "station": cast.door_station.pk}
    for text in {"楼道灯不亮", first["text"]}:
        client.post("/desk/concerns/new/", first | {"text": text})
    known = Concern.objects.count()
    answer = client.post("/desk/concerns/new/", first | more)
    html = answer.content.decode()
    assert (answer.status_code, Concern.objects.count()) == (409, known)
    assert 'role="alert"' in html
    for typed in more.values():
        assert typed == "on" or typed in html
    token = re.search(r'name="token" value="(\w+)"', html)[1]  # type: ignore[index]
    assert "receipt-code" in client.post("/desk/concerns/new/", first | more | {"token": token}).content.decode()
    assert Concern.objects.count() == known + 1


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


def test_people_are_told_the_address_that_they_can_reach(cast: Cast) -> None:
    """The office works at an address of its own network."""
    Parameter.objects.create(assembly=cast.city, key="stations.public_address", value="tongxin.example.cn/")
    options.forget(cast.city.pk)
    client = cast.client("office", headers={"host": "192.168.1.5:8000"})
    slip = client.post("/desk/concerns/new/", {"token": "t", "text": "路灯坏了"}).content.decode()
    concern = cast.concern("楼道堆满了杂物。", state="outcome", speaker_phone="13812345678", consent="on")
    text = page(client, f"{concern.get_absolute_url()}answer/")
    for shown in (slip, text):
        assert "https://tongxin.example.cn/r/" in shown
        assert "192.168.1.5" not in shown
