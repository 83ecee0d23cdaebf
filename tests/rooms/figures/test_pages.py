"""The pages of the year in figures: who sees what, every number opens, few queries whatever the size."""

import csv
import io
import re
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from tongxin.account.figures import views
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import figures
from tongxin.kernel.throttle import Throttle

from .conftest import City, fill

LAST_YEAR = timezone.localdate().year - 1


@pytest.fixture
def busy(city: City) -> City:
    fill(city, 120)
    return city


def signed_in(city: City, role: str, **kwargs: object) -> Client:
    client = Client()
    client.force_login(city.user(role, **kwargs))  # type: ignore[arg-type]
    return client


def address(path: str = "", **query: object) -> str:
    return f"/figures/{path}" + (f"?{urlencode(query)}" if query else "")


def text_of(response: object) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["", "leader", "office", "member", "body"])
def test_every_number_of_the_sheet_opens_to_its_records(busy: City, role: str) -> None:
    client = signed_in(busy, role) if role else Client()
    page = client.get(address(year=LAST_YEAR))
    assert page.status_code == 200
    assert page["Cache-Control"].startswith("max-age=0")
    links = set(re.findall(r'class="opens[^"]*" href="(/figures/[^"]+)"', page.content.decode()))
    assert len(links) > 10
    for link in links:
        opened = client.get(link.replace("&amp;", "&"))
        assert opened.status_code == 200, link
    shown = [figure for figure in figures.every() if figure.public or role]
    for answer in figures.answer_all(shown, figures.scope(busy.city, LAST_YEAR)):
        opened = client.get(address(f"{answer.figure.code}/", year=LAST_YEAR))
        assert opened.context["listing"].size == answer.numerator


def test_public_list_holds_no_title_and_no_link_into_the_desk(busy: City) -> None:
    page = Client().get(address("C01/", year=LAST_YEAR))
    assert "路灯1" not in text_of(page)
    assert "/desk/concerns/" not in page.content.decode()
    office = signed_in(busy, "office").get(address("C01/", year=LAST_YEAR))
    assert "路灯1" in text_of(office)
    assert "/desk/concerns/" in office.content.decode()


def test_staff_open_only_their_own_records(busy: City) -> None:
    committee = busy.committees[0]
    client = signed_in(busy, "committee", scope=committee.pk)
    page = client.get(address("C01/", year=LAST_YEAR, by="committee", value=committee.pk))
    titles = {c.title for c in Concern.objects.filter(committee=committee)}
    shown = [row for row in page.context["page"].object_list]
    assert shown
    assert all(any(cell.value in titles for cell in row) and any(cell.url for cell in row) for row in shown)
    other = client.get(address("C01/", year=LAST_YEAR, by="committee", value=busy.committees[1].pk))
    assert not any(cell.url for row in other.context["page"].object_list for cell in row)
    assert "路灯" not in text_of(other)


@pytest.mark.parametrize("role", ["", "body", "member"])
def test_ratings_are_told_in_sum_alone(busy: City, role: str) -> None:
    client = signed_in(busy, role, scope=1) if role else Client()
    for code in ("C05", "C06", "C08"):
        asked = {"year": LAST_YEAR, "of": "" if code == "C08" else "rest", "by": "station"}
        page = client.get(address(f"{code}/", **asked))
        assert page.status_code == 200
        assert not page.context["parts"]
        assert not page.context["divisions"]
        assert not page.context["listing"].columns
        assert "不列清单，也不细分" in text_of(page)
        assert "2305" not in text_of(page)
        assert str(busy.stations[0]) not in text_of(page)
        assert [
            client.get(address(f"{code}/records.{form}", year=LAST_YEAR)).status_code for form in ("csv", "xlsx")
        ] == [404] * 2
    inside = signed_in(busy, "leader").get(address("C06/", year=LAST_YEAR, of="rest", by="station"))
    assert inside.context["parts"]
    assert inside.context["page"].object_list[0][0].url


def test_few_ratings_are_not_told_at_all(busy: City) -> None:
    kept = list(Concern.objects.filter(rating="satisfied").values_list("pk", flat=True)[:2])
    Concern.objects.exclude(pk__in=kept).update(rating="", rated_at=None)
    caches["local"].clear()
    body, leader = signed_in(busy, "body", scope=1), signed_in(busy, "leader")
    for client in (body, Client()):
        for path in ("", "C06/"):
            page = text_of(client.get(address(path, year=LAST_YEAR)))
            assert "少于 3 件" in page
            assert "2/2" not in page
            assert "2 / 2" not in page
        book = CalamineWorkbook.from_filelike(
            io.BytesIO(b"".join(client.get(address("sheet.xlsx", year=LAST_YEAR)).streaming_content))
        )
        row = next(row for row in book.get_sheet_by_index(0).to_python() if row[0] == "C06")
        assert row[2] == "少于 3 件"
        assert row[4] == row[5] == ""
    assert "2 / 2" in text_of(leader.get(address(year=LAST_YEAR)))


def test_tabs_of_a_ratio_add_up(busy: City) -> None:
    sizes = {
        of: Client().get(address("C04/", year=LAST_YEAR, of=of)).context["listing"].size
        for of in ("counted", "rest", "whole")
    }
    assert sizes["counted"] + sizes["rest"] == sizes["whole"] > 0


def test_assemblies_somebody_sees(busy: City) -> None:
    def seen(client: Client) -> set[str]:
        return {each.code for each in client.get(address()).context["assemblies"]}

    assert seen(Client()) == {"2305", "230501", "230502", "230503"}
    assert seen(signed_in(busy, "leader", assembly=busy.province)) == {"23", "2305", "230501", "230502", "230503"}
    assert seen(signed_in(busy, "member", assembly=busy.province)) == {"23", "2305", "230501", "230502", "230503"}
    assert Client().get(address(assembly="23")).status_code == 404
    county = signed_in(busy, "office", assembly=busy.counties[0])
    assert county.get(address()).context["scope"].assembly == busy.counties[0]
    assert county.get(address(assembly="2305")).status_code == 200
    assert county.get(address(assembly="23")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "?year=1800", "?year=x", "?year=99999999999", "?year=３０２４", "?assembly=nowhere",
        "F99/", "C01/?by=moon", "C01/?of=rest",
        "C01/?value=3", "C01/?by=county&value=x", "C01/?by=month&value=2024-13", "C02/?of=moon",
        "C01/records.csv?by=county&value=x", "C01/records.xlsx?by=month&value=x",
    ],
)  # fmt: skip
def test_addresses_of_nothing_are_not_found(busy: City, path: str) -> None:
    assert Client().get(address(path)).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "999"])
def test_page_numbers_beyond_the_list_show_the_nearest(busy: City, page: str) -> None:
    assert Client().get(address("C01/", year=LAST_YEAR, page=page)).context["page"].object_list


def test_get_only(busy: City) -> None:
    for path in ("", "C01/", "definitions/", "sheet.xlsx", "C01/records.csv", "C01/records.xlsx"):
        assert Client().post(address(path)).status_code == 405


def test_exports_hold_exactly_the_list(busy: City) -> None:
    Concern.objects.filter(pk=Concern.objects.first().pk).update(title="=1+1")
    office = signed_in(busy, "office")
    where = figures.scope(busy.city, LAST_YEAR)
    size = figures.answer(figures.get("C01"), where).numerator
    reply = office.get(address("C01/records.csv", year=LAST_YEAR))
    assert "attachment" in reply["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(b"".join(reply.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == size + 1
    assert any("'=1+1" in row for row in rows)
    book = office.get(address("C01/records.xlsx", year=LAST_YEAR))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(book.streaming_content))).get_sheet_by_index(0)
    assert len(sheet.to_python()) == size + 1
    public = b"".join(Client().get(address("C01/records.csv", year=LAST_YEAR)).streaming_content).decode()
    assert "路灯1" not in public


def test_whole_sheet_as_a_table(busy: City) -> None:
    reply = Client().get(address("sheet.xlsx", year=LAST_YEAR))
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(reply.streaming_content))).get_sheet_by_index(0).to_python()
    )
    told = {row[0]: row[2] for row in rows[1:]}
    shown = [figure for figure in figures.every() if figure.public]
    assert set(told) == {figure.code for figure in shown}
    for answer in figures.answer_all(shown, figures.scope(busy.city, LAST_YEAR)):
        assert told[answer.figure.code] == pytest.approx(float(answer.value or 0)) or answer.value is None


def test_definitions_explain_each_figure(busy: City) -> None:
    page = Client().get(address("definitions/"))
    for figure in figures.every():
        assert (f'id="{figure.code}"' in page.content.decode()) == figure.public


def test_hidden_figures_are_for_those_inside(busy: City, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.setitem(figures.registry._FIGURES, "C08", replace(figures.get("C08"), public=False))
    assert Client().get(address("C08/")).status_code == 404
    assert 'href="/figures/C08/' not in Client().get(address()).content.decode()
    assert signed_in(busy, "leader").get(address("C08/")).status_code == 200
    assert signed_in(busy, "leader", assembly=busy.counties[0]).get(address("C08/", assembly="2305")).status_code == 404


@pytest.mark.parametrize("how_many", [10, 1500])
@pytest.mark.parametrize("role", ["", "office"])
def test_few_queries(city: City, how_many: int, role: str, django_assert_max_num_queries) -> None:
    fill(city, how_many)
    client = signed_in(city, role) if role else Client()
    for path in ("", "C01/?by=county&value=none", "C04/?of=rest&by=month", "F02/"):
        target = f"/figures/{path}{'&' if '?' in path else '?'}year={LAST_YEAR}"
        client.get(target)  # what a process remembers is remembered
        with django_assert_max_num_queries(8):
            client.get(target)


def test_english_is_complete(busy: City) -> None:
    client = Client()
    client.cookies["django_language"] = "en"
    names = [str(each) for each in (busy.city, *busy.counties, *busy.stations)]
    names += [each.place for each in (busy.city, *busy.counties)]
    for path in ("", "C01/?by=stage", "C04/", "C06/?of=rest", "definitions/"):
        page = client.get(f"/figures/{path}").content.decode()
        main = re.sub(r"“[^”]+”|<[^>]+>", " ", page[page.index("<main") :])
        for name in names:
            main = main.replace(name, "")
        assert not re.findall(r"[\u4e00-\u9fff]+", main), path


def test_nothing_remembered_outlives_its_year(busy: City) -> None:
    caches["local"].clear()
    years = Client().get(address()).context["years"]
    assert [year for year, _url in years] == [LAST_YEAR + 1, LAST_YEAR, *range(LAST_YEAR - 1, 2022, -1)]


def test_visitors_take_away_only_so_many_tables(busy: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "EXPORTS", Throttle("figures.export", 2, 600))
    tables = ["/figures/C01/records.csv", "/figures/C01/records.xlsx", "/figures/sheet.xlsx"]
    assert [Client().get(address).status_code for address in tables] == [200, 200, 429]
    assert [signed_in(busy, "office").get(address).status_code for address in tables] == [200, 200, 200]
