"""As what somebody sees a brief: one and the same person may be its author, work for a body that handles it, or read
what is public."""

from html import unescape

import pytest

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, TEXT, begin, brief_in, move, way
from tongxin.carry.briefs import conversion, policy, queries
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.kernel import search
from tongxin.people import roles
from tongxin.people.models import RoleGrant

pytestmark = pytest.mark.django_db


def page(cast: Cast, who: str, url: str, status: int = 200) -> str:
    answer = cast.client(who).get(url)
    assert answer.status_code == status, (who, url, answer.status_code)
    return unescape(answer.content.decode())


def also(cast: Cast, who: str, role: str, scope: int | None = None) -> None:
    RoleGrant.objects.create(assembly=cast.city, user=cast.users[who], role=role, scope=scope)


# A body's post beside another


def test_a_member_with_a_bodys_post_sees_what_the_body_handles_as_the_body(cast: Cast) -> None:
    also(cast, "member", roles.BODY, cast.roads.pk)
    concern = cast.concern("楼长说路灯坏了。")
    brief = begin(cast, "office", concerns=[concern.pk])
    steps = [("submit", "office", {}), *way(cast, "handling")[1:]]
    for name, who, data in steps:
        brief = move(cast, brief, name, who, **data)
    html = page(cast, "member", f"/desk/briefs/{brief.pk}/")
    assert "楼长说路灯坏了" not in html
    assert page(cast, "member", f"/desk/briefs/{brief.pk}/versions/", 404)
    story = queries.story(cast.actor("member"), queries.get(cast.actor("member"), brief.pk))
    assert (story.seen, story.inside) == (policy.AS_BODY, False)
    assert {event.verb for event in story.told} == {"sign", "transfer"}
    assert brief.title in page(cast, "member", "/desk/briefs/")  # the body's pile
    assert queries.counts(cast.actor("member"), queries.Filters()) == {"handling": 1, "done": 0, "overdue": 0}
    brief = move(cast, brief, "reply", "member", result="resolved", text="修好了。")
    assert queries.state_of(cast.actor("member"), queries.get(cast.actor("member"), brief.pk)).name == "replied"
    assert queries.counts(cast.actor("member"), queries.Filters()) == {"handling": 0, "done": 1, "overdue": 0}


def test_what_he_wrote_himself_he_sees_as_its_author(cast: Cast) -> None:
    also(cast, "member", roles.BODY, cast.health.pk)
    brief = brief_in(cast, "submitted")
    story = queries.story(cast.actor("member"), queries.get(cast.actor("member"), brief.pk))
    assert story.seen == policy.INSIDE
    assert {event.verb for event in story.told} == {"draft", "submit"}
    html = page(cast, "member", f"/desk/briefs/{brief.pk}/")
    assert 'href="/desk/briefs/mine/' in html
    assert brief.title not in page(cast, "member", "/desk/briefs/list/?group=done")
    assert brief.title in page(cast, "member", "/desk/briefs/mine/")


def test_the_office_with_a_bodys_post_has_both_desks(cast: Cast) -> None:
    also(cast, "supervision", roles.BODY, cast.health.pk)
    brief = brief_in(cast, "handling")
    counted = queries.counts(cast.actor("supervision"), queries.Filters())
    assert (counted["handling"], counted["body_handling"], counted["body_done"]) == (1, 1, 0)
    html = page(cast, "supervision", "/desk/briefs/?group=body_handling")
    assert "本单位待答复" in html
    assert brief.title in html
    move(cast, brief, "assist", "supervision", result="resolved", text="查过了。")
    counted = queries.counts(cast.actor("supervision"), queries.Filters())
    assert (counted["handling"], counted["body_handling"], counted["body_done"]) == (1, 0, 1)


def test_evidence_is_for_those_who_see_the_link(cast: Cast) -> None:
    brief = brief_in(cast, "adopted")
    brief = move(cast, brief, "transfer", "office", lead=cast.roads.pk)
    url = f"/desk/briefs/{brief.pk}/evidence/{brief.adoptions.get().pk}/"
    for who in ("member", "body"):
        assert "/evidence/" not in page(cast, who, f"/desk/briefs/{brief.pk}/")
        page(cast, who, url, 404)
    assert url in page(cast, "office", f"/desk/briefs/{brief.pk}/")
    assert cast.client("office").get(url).status_code == 200


# Versions


def test_authors_compare_what_they_handed_in_and_what_was_issued(cast: Cast) -> None:
    brief = begin(cast)
    brief = move(cast, brief, "write", "member", **{**TEXT, "analysis": "作者第二稿"})
    brief = move(cast, move(cast, brief, "submit", "member"), "accept", "info_editor")
    for words in ("编辑过程稿一", "编辑过程稿二", "编发稿"):
        brief = move(cast, brief, "edit", "info_editor", **{**TEXT, "analysis": words})
    url = f"/desk/briefs/{brief.pk}/versions/"
    assert [each.number for each in versions_of(cast, "member", brief)] == [1, 2]
    assert [each.number for each in versions_of(cast, "office", brief)] == [1, 2, 3, 4, 5]
    assert "编辑过程稿二" in page(cast, "office", f"{url}?old=4&new=4")
    page_of_author = page(cast, "member", f"{url}?old=4&new=4")
    assert "编辑过程稿" not in page_of_author
    assert "info_editor" not in page_of_author.split("<main")[1]
    for name, who, data in way(cast, "issued")[2:]:
        brief = move(cast, brief, name, who, **data)
    assert [each.number for each in versions_of(cast, "member", brief)] == [1, 2, 5]
    html = page(cast, "member", f"{url}?old=5&new=5")
    assert "编发稿" in html
    assert "info_editor" not in html.split("<main")[1]


def test_what_was_returned_is_known_to_the_author(cast: Cast) -> None:
    brief = brief_in(cast, "editing")
    brief = move(cast, brief, "edit", "info_editor", **{**TEXT, "analysis": "编辑改过再退"})
    brief = move(cast, brief, "return", "info_editor", **BACK)
    assert [each.number for each in versions_of(cast, "member", brief)] == [1, 2]


def versions_of(cast: Cast, who: str, brief: Brief) -> list:
    actor = cast.actor(who)
    return queries.versions(brief, queries.story(actor, queries.get(actor, brief.pk)))


# What is public


@pytest.fixture
def public(cast: Cast) -> Brief:
    """Issued for everybody to read, written by the office with a concern behind it, and handled by a body."""
    concern = cast.concern("楼长说路灯坏了。")
    brief = begin(cast, "office", concerns=[concern.pk], secrecy="public", category="city")
    for name, who, data in [("submit", "office", {}), *way(cast, "replied")[1:]]:
        brief = move(cast, brief, name, who, **data)
    return brief


def test_members_find_and_read_what_was_issued_for_everybody(cast: Cast, public: Brief) -> None:
    html = page(cast, "member", f"/desk/briefs/{public.pk}/").split("<main")[1]
    assert public.situation in html
    assert str(public.issue) in html
    for kept in ("office用户", "楼长说", "info_editor", "六盏路灯全部修好", "答复", "/versions/", "/papers/sheet"):
        assert kept not in html, kept
    story = queries.story(cast.actor("member"), queries.get(cast.actor("member"), public.pk))
    assert (story.seen, story.state.name, story.clocks, story.said) == (policy.AS_PUBLIC, "issued", [], [])
    assert [event.verb for event in story.told] == ["sign"]
    assert cast.client("member").get(f"/desk/briefs/{public.pk}/papers/issue/").status_code == 200
    for part in ("papers/sheet/", "papers/slip/", "versions/"):
        assert cast.client("member").get(f"/desk/briefs/{public.pk}/{part}").status_code == 404, part
    found = search.alike(cast.actor("member"), public.situation, only=(Brief,))
    assert [hit.record_id for hit, _likeness in found] == [public.pk]
    assert found[0][0].standing.key == "issued"  # not where the office has it
    assert not queries.mine(cast.actor("member")).exists()


@pytest.mark.parametrize(("secrecy", "state"), [("public", "signing"), ("internal", "issued")])
def test_what_is_not_issued_or_not_public_stays_with_its_own(cast: Cast, secrecy: str, state: str) -> None:
    brief = begin(cast, "office", secrecy=secrecy)
    for name, who, data in [("submit", "office", {}), *way(cast, state)[1:]]:
        brief = move(cast, brief, name, who, **data)
    page(cast, "member", f"/desk/briefs/{brief.pk}/", 404)
    page(cast, "convener", f"/desk/briefs/{brief.pk}/", 404)


def test_the_public_is_that_of_this_assembly(cast: Cast, public: Brief) -> None:
    page(cast, "stranger", f"/desk/briefs/{public.pk}/", 404)
    page(cast, "body", f"/desk/briefs/{public.pk}/")  # as the body that handles it
    assert queries.story(cast.actor("body"), queries.get(cast.actor("body"), public.pk)).seen == policy.AS_BODY
    page(cast, "instructions", f"/desk/briefs/{public.pk}/")


def test_where_a_concern_went_tells_a_reader_of_the_public_no_more_than_that_it_was_issued(
    cast: Cast, public: Brief
) -> None:
    [link] = public.concerns.all()
    [(words, _url)] = conversion.places(cast.actor("member"), link.concern)
    assert words.endswith("已编发")
    [(words, _url)] = conversion.places(cast.actor("office"), link.concern)
    assert words.endswith(str(BRIEFS.state("replied").label))
