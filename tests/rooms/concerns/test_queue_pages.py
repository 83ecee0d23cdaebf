"""The triage desk: its queue, filters and batches."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.cast import Cast
from tests.rooms.concerns.test_pages import page
from tongxin.hear.concerns import queries
from tongxin.hear.concerns.models import Concern
from tongxin.people.models import Committee, Sector

pytestmark = pytest.mark.django_db


def test_the_queue_shows_what_waits_and_links_to_it(cast: Cast) -> None:
    concern = cast.concern()
    html = page(cast.client("office"), "/desk/concerns/")
    assert concern.title in html
    assert f"/desk/concerns/{concern.pk}/" in html


def test_an_empty_queue_says_what_will_stand_there(cast: Cast) -> None:
    assert 'class="empty' in page(cast.client("office"), "/desk/concerns/")


def test_a_page_beyond_the_last_is_the_last(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries.desk, "PAGE", 2)
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


def test_declining_together_is_offered_to_those_who_may_and_loses_no_words(cast: Cast) -> None:
    concern = cast.concern()
    data = {"kind": "decline", "id": concern.pk, "reason": "lawsuit", "text": "已经起诉的事由法院处理。"}
    for who, may in (("office", True), ("committee", True), ("convener", False)):
        client = cast.client(who)
        assert ('value="decline"' in page(client, "/desk/concerns/")) is may, who
        assert ("kind=decline" in page(client, f"/desk/concerns/batch/?id={concern.pk}")) is may, who
        assert 'value="triage"' in page(client, f"/desk/concerns/batch/?id={concern.pk}&kind=triage")
    assert cast.client("convener").post("/desk/concerns/batch/", data).status_code == 404
    assert Concern.objects.get().state == "recorded"
    late = cast.concern(text="另一件事，说的是另外的话", state="outcome", token="x")
    report = cast.client("office").post("/desk/concerns/batch/", data | {"id": [concern.pk, late.pk]})
    assert "已经起诉的事由法院处理。" in report.content.decode()


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


def test_the_filters_open_without_a_complaint_and_keep_what_is_on(cast: Cast) -> None:
    html = page(cast.client("office"), f"/desk/concerns/filter/?sector={cast.sector.pk}&overdue=1")
    assert "is-invalid" not in html
    assert f'<option value="{cast.sector.pk}" selected>' in html
    assert re.search(r'name="overdue"[^>]*checked', html)


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
