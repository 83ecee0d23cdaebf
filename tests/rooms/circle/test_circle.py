"""The concentric circle: its tree, what is zoomed into, the table beside it, and the large assembly."""

from __future__ import annotations

import re

import pytest

from tests.rooms.circle.conftest import Kept
from tongxin.account.circle import drawing, queries
from tongxin.hear.contact.check.records import Records
from tongxin.insight.circle import Node, lay_out

pytestmark = pytest.mark.django_db


def test_the_tree_holds_everybody_once(kept: Kept) -> None:
    circle = queries.circle(kept.cast.actor("leader"), {})
    assert circle.total.members == sum(row.members for row in circle.rows) == 3
    assert circle.counts == (2, 2, 1, 3)
    assert circle.people == 8
    assert circle.share == 62
    assert [part.key for part in circle.parts] == [f"c{kept.cast.committee_.pk}", f"c{kept.cast.other_committee.pk}"]


def test_every_number_opens_to_as_many_records(kept: Kept) -> None:
    actor = kept.cast.actor("leader")
    circle = queries.circle(actor, {})
    for band, _name, count, _url in circle.legend:
        assert Records(actor, "links", circle.asked, str(band)).chosen().count() == count


@pytest.mark.parametrize("narrow", [False, True])
def test_sums_draw_the_same_whole_as_single_members(kept: Kept, monkeypatch: pytest.MonkeyPatch, narrow: bool) -> None:
    actor = kept.cast.actor("leader")
    one_by_one = queries.circle(actor, {})
    monkeypatch.setattr(queries, "DRAWN_MEMBERS", 1)
    in_sums = queries.circle(actor, {})
    assert not in_sums.detailed
    assert in_sums.counts == one_by_one.counts
    assert [row.counts for row in in_sums.rows] == [row.counts for row in one_by_one.rows]
    drawn = drawing.drawing(in_sums, "w", drawing.NARROW if narrow else drawing.WIDE)
    assert not drawn.picture.dots
    assert drawn.picture.columns
    assert not any(part.kind == "member" for part in drawn.parts)


def test_a_sector_and_a_member_are_zoomed_into(kept: Kept) -> None:
    actor, seat = kept.cast.actor("leader"), kept.members["周岩"]
    sector = queries.circle(actor, {"sector": str(kept.cast.sector.pk)})
    assert {part.label for part in sector.parts} == {"周岩", "孙萍"}
    member = queries.circle(actor, {"member": str(seat.pk)})
    assert member.title == "周岩"
    assert [row.label for row in member.rows] == ["群**"] * 5
    assert member.line is not None
    assert member.line.short == []
    assert [label for _url, label in member.crumbs][1:] == [kept.cast.committee_.name, kept.cast.sector.name]


@pytest.mark.parametrize(("who", "names"), [("convener", {"周岩", "孙萍"}), ("county", {"周岩"})])
def test_whoever_sees_one_sector_begins_there(kept: Kept, who: str, names: set[str]) -> None:
    circle = queries.circle(kept.cast.actor(who), {})
    assert circle.focus == "sector"
    assert {part.label for part in circle.parts} == names


@pytest.mark.parametrize("query", ["sector=999999", "member=999999", "committee=999999"])
def test_a_part_that_is_not_there_is_not_found(kept: Kept, query: str) -> None:
    assert kept.cast.client("leader").get(f"/desk/circle/?{query}").status_code == 404


def test_a_convener_finds_no_other_sector(kept: Kept) -> None:
    client = kept.cast.client("convener")
    assert client.get(f"/desk/circle/?sector={kept.cast.other_sector.pk}").status_code == 404
    assert client.get(f"/desk/circle/?member={kept.members['钱进'].pk}").status_code == 404


def test_the_page_holds_picture_and_table(kept: Kept) -> None:
    for name in ("", "print/"):
        page = kept.cast.client("leader").get(f"/desk/circle/{name}").content.decode()
        assert "62%" in page
        assert kept.cast.sector.name in page
        assert not re.search(r"\sstyle=|\son\w+=", page)
        marks = re.findall(r'\sid="([^"]+)"', page)
        assert len(marks) == len(set(marks))


def test_no_whole_name_of_a_constituent_is_in_the_page(kept: Kept) -> None:
    page = kept.cast.client("leader").get(f"/desk/circle/?member={kept.members['周岩'].pk}").content.decode()
    assert "群**" in page
    assert "群众0" not in page


def test_county_staff_count_a_members_people_and_do_not_read_who_they_are(kept: Kept) -> None:
    circle = queries.circle(kept.cast.actor("county"), {"member": str(kept.members["周岩"].pk)})
    assert [(row.label, row.note, row.url) for row in circle.rows] == [("一位群众", "", "")] * 5


def test_an_empty_assembly_says_what_to_do(cast) -> None:
    cast.seat.delete()
    page = cast.client("leader").get("/desk/circle/")
    assert page.status_code == 200
    assert "还没有人开始联系" in page.content.decode()


# Sectors of an assembly of a city with their members: the smallest have two, and one name is long.
CITY = {
    "提案委": {"中共": 23, "民革": 5, "民建": 8, "特邀人士": 12},
    "经济人资环委": {"九三学社": 8, "工商联": 16, "科学技术": 9, "经济": 19},
    "农业农村委": {"妇联": 8, "科协": 2, "农业": 19},
    "教科卫体委": {"民进": 8, "农工党": 9, "教育": 16, "体育": 3, "医药卫生": 14},
    "社法民宗委": {"无党派": 8, "工会": 6, "侨联": 2, "社会福利和社会保障": 6, "民族宗教": 7},
    "文化文史学习委": {"民盟": 10, "共青团青联": 6, "文化艺术": 9},
}


def test_on_a_telephone_every_sector_of_a_city_has_its_whole_name() -> None:
    parts = tuple(
        queries._joined(
            f"c{committee}", committee, tuple(Node(f"s{name}", name, n, (n, 0, 0, 0)) for name, n in sectors.items())
        )
        for committee, sectors in CITY.items()
    )
    drawn = lay_out(parts, drawing.NARROW[""]).level(1)
    assert {"".join(line.text for line in arc.name) for arc in drawn} == {n for s in CITY.values() for n in s}
    assert min(line.size for arc in drawn for line in arc.name) >= 19
