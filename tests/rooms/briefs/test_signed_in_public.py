"""署名公开: whether the authors' names are told outside the assembly; and who wrote it down for them (执笔人)."""

from html import unescape

import pytest

from tests.cast import Cast
from tests.rooms.briefs.ways import TEXT, begin, move, way
from tongxin.carry.briefs.models import Brief
from tongxin.documents.official import to_html

pytestmark = pytest.mark.django_db


def handled(cast: Cast, **told: object) -> Brief:
    brief = begin(cast, secrecy="public", **told)
    for name, who, data in way(cast, "handling"):
        brief = move(cast, brief, name, who, **data)
    return brief


def read(cast: Cast, who: str, brief: Brief, part: str = "") -> str:
    answer = cast.client(who).get(f"/desk/briefs/{brief.pk}/{part}")
    assert answer.status_code == 200
    return unescape(answer.content.decode()).split("<main")[1]


@pytest.mark.parametrize(("told", "named"), [({}, False), ({"name_public": "on"}, True)])
def test_outside_the_assembly_names_are_told_only_when_the_authors_agreed(cast: Cast, told: dict, named: bool) -> None:
    brief = handled(cast, **told)
    assert brief.name_public is named
    for who in ("body", "convener"):  # the body that handles it, and a member who reads what is public
        assert ("周岩" in read(cast, who, brief)) is named, who
        assert ("周岩" in read(cast, who, brief, "papers/issue/")) is named, who
    for who in ("member", "office", "info_editor"):
        assert "周岩" in read(cast, who, brief), who
        assert "周岩" in read(cast, who, brief, "papers/issue/"), who


def test_the_sheet_says_who_wrote_it_down_and_whether_names_are_public(cast: Cast) -> None:
    from tongxin.carry.briefs import documents

    def sheet(brief: Brief) -> str:
        return unescape(to_html(documents.of_brief(cast.actor("member"), brief, "sheet")[0]))

    plain, full = sheet(begin(cast)), sheet(begin(cast, drafter="孙萍", name_public="on"))
    assert "☑同意" not in plain
    assert "☑同意" in full
    assert "孙萍" not in plain
    assert "孙萍" in full
    assert "周岩" in full


def test_the_author_changes_his_mind_and_the_editor_leaves_it_as_it_is(cast: Cast) -> None:
    brief = begin(cast, name_public="on", drafter="孙萍")
    brief = move(cast, move(cast, brief, "submit", "member"), "accept", "info_editor")
    brief = move(cast, brief, "edit", "info_editor", **{**TEXT, "analysis": "编辑改过。"})
    assert (brief.name_public, brief.drafter) == (True, "孙萍")
    brief = begin(cast, name_public="on", drafter="孙萍")
    html = read(cast, "member", brief, "text/")
    assert 'name="name_public"' in html
    assert "孙萍" in html
    brief = move(cast, brief, "write", "member", **TEXT)
    assert (brief.name_public, brief.drafter) == (False, "")
