"""What each one sees: lists and single records agree, filters narrow, bodies learn no rating."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import ROLES, Cast
from tongxin.hear.concerns import policy, queries
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.queries import Filters
from tongxin.kernel import door
from tongxin.kernel.errors import NotAllowed

pytestmark = pytest.mark.django_db

STATES = ("recorded", "triaged", "direct_help", "referred", "outcome", "declined", "answered", "disputed", "closed")


@pytest.fixture
def concerns(cast: Cast) -> list[Concern]:
    """One of each state, and one of the other sector without a station."""
    made = [cast.concern(text=f"第{n}件事：{state}", state=state, token=state) for n, state in enumerate(STATES)]
    other = cast.concern(text="合作社贷款批不下来", token="other", station="", sector="", county="")
    return [*made, other]


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("rule", ["read", "triage", "handle", "reply", "reveal"])
def test_a_list_and_a_single_record_agree(cast: Cast, concerns: list[Concern], who: str, rule: str) -> None:
    actor, held = cast.actor(who), getattr(policy, rule)
    listed = set(held.filter(actor, Concern.objects.all()).values_list("pk", flat=True))
    assert listed == {concern.pk for concern in Concern.objects.all() if held.allows(actor, concern)}


def test_who_sees_which(cast: Cast, concerns: list[Concern]) -> None:
    seen = {who: queries.readable(cast.actor(who)).count() for who in ROLES}
    assert seen == {
        "admin": 0,
        "office": 10,
        "leader": 10,
        "secretary_general": 10,
        "committee": 9,
        "convener": 9,
        "station": 9,
        "county": 9,
        "member": 0,
        "body": 5,
        "stranger": 0,
        "supervision": 0,
        "proposals": 0,
        "info_editor": 0,
        "info_reviewer": 0,
        "info_signer": 0,
        "supervisor": 0,
        "instructions": 0,
    }


def test_what_one_does_not_see_is_not_there(cast: Cast, concerns: list[Concern]) -> None:
    with pytest.raises(NotAllowed):
        queries.get(cast.actor("committee"), concerns[-1].pk)
    assert queries.get(cast.actor("office"), concerns[-1].pk) == concerns[-1]


def test_counts_agree_with_the_lists_they_open(cast: Cast, concerns: list[Concern]) -> None:
    for who in ("office", "committee", "body"):
        actor = cast.actor(who)
        counted = queries.counts(actor, Filters())
        for group in queries.groups(actor):
            assert counted[group.key] == len(queries.queue(actor, Filters(group=group.key)).concerns), (who, group.key)
        piles = sum(counted[group.key] for group in queries.groups(actor))
        assert piles == queries.readable(actor).count()


def test_the_queue_is_sorted_by_what_is_due_first(cast: Cast) -> None:
    for n in range(5):
        cast.concern(text=f"事{n}", token=str(n))
    Concern.objects.filter(text="事3").update(due_on=timezone.localdate() - timedelta(days=2))
    rows = queries.queue(cast.actor("office"), Filters(group="new")).concerns
    assert [row.text for row in rows] == ["事3", "事0", "事1", "事2", "事4"]
    late = queries.queue(cast.actor("office"), Filters(overdue=True)).concerns
    assert [row.text for row in late] == ["事3"]
    assert queries.counts(cast.actor("office"), Filters())["overdue"] == 1


def test_filters(cast: Cast, concerns: list[Concern]) -> None:
    office = cast.actor("office")

    def found(**get: str) -> int:
        return len(queries.queue(office, Filters.read(get)).concerns)

    assert found(sector=str(cast.sector.pk)) == 9
    assert found(sector="none") == 1
    assert found(committee=str(cast.committee_.pk), group="closed") == 1
    assert found(county=str(cast.county.pk)) == 9
    assert found(station="none") == 1
    assert found(source="portal") == 1
    assert found(q="贷款") == 1
    assert found(q="贷 款 批不下来") == 1
    assert found(mine="1", group="new") == 2
    assert found(topic="road") == 0


@pytest.mark.parametrize("value", ["x", "-1", "9" * 40, "1;2", "²", ""])
def test_a_broken_address_still_opens(cast: Cast, value: str) -> None:
    get = dict.fromkeys(("group", "sector", "committee", "county", "station", "source", "page", "topic"), value)
    assert not queries.queue(cast.actor("office"), Filters.read(get)).concerns
    assert Filters.read({"page": value}).page == (queries.LAST_PAGE if value.startswith("9") else 1)


def test_a_body_does_not_learn_what_one_person_thinks(cast: Cast) -> None:
    satisfied = cast.concern(text="甲", state="closed", token="a")
    disputed = cast.concern(text="乙", state="disputed", token="b")
    body = cast.actor("body")
    for concern in (satisfied, disputed):
        told = queries.story(body, queries.get(body, concern.pk))
        assert told.state == queries.REPLIED
        assert [event.verb for event in told.told] == ["speak", "triage", "refer", "reply"]
        assert not told.sees_person
        assert not told.can_reveal
        assert queries.due_of(body, concern) is None
    again = door.perform(disputed, "reopen", cast.actor("office"), {"reason": "群众说没有修好"})
    again = door.perform(again, "refer", cast.actor("office"), {"body": cast.roads.pk, "note": "再去看看"})
    told = queries.story(body, queries.get(body, again.pk))
    assert [event.verb for event in told.told][-2:] == ["reply", "refer"]
    late = timezone.localdate() - timedelta(days=3)
    Concern.objects.filter(pk=satisfied.pk).update(due_on=late)
    assert queries.counts(body, Filters())["overdue"] == 0
    assert not queries.queue(body, Filters(overdue=True)).concerns


def test_similar_ones_are_open_and_within_sight(cast: Cast) -> None:
    first = cast.concern(text="八马路小学门口的路灯坏了半个多月", token="1")
    same = cast.concern(text="八马路小学旁边路灯坏了没人修", token="2")
    cast.concern(text="八马路小学路灯坏了，已经修好", state="closed", token="3")
    cast.concern(text="八马路小学的路灯坏了", station="", sector=cast.other_sector, token="4")
    cast.concern(text="合作社贷款批不下来", token="5")
    found = [other for other, _likeness in queries.similar(cast.actor("committee"), first)]
    assert found == [same]


def test_similar_ones_are_found_among_words_that_only_one_of_them_uses(cast: Cast) -> None:
    first = cast.concern(
        text="八马路小学门口的路灯坏了半个多月，一共六盏不亮。现在四点多天就黑了，孩子放学看不见路，昨天有个老人绊倒了。"
        "跟社区说过，说不归他们管。希望能修一修。",
        token="1",
    )
    like = cast.concern(
        text="接孩子放学，八马路小学大门到公交站那一段路灯全灭，车灯一晃啥也看不清。家长都拿手机照亮，没人修。",
        token="2",
    )
    for n in range(20):
        cast.concern(text=f"第{n}户，合作社贷款批不下来，春耕要用钱，跑了三趟", token=f"x{n}")
    assert [other for other, _likeness in queries.similar(cast.actor("office"), first)] == [like]


def test_budget_does_not_grow_with_the_rows(cast: Cast, django_assert_max_num_queries) -> None:
    for n in range(35):
        cast.concern(text=f"事{n}", token=str(n))
    office = cast.actor("office")
    with django_assert_max_num_queries(2):
        page = queries.queue(office, Filters(group="new"))
        queries.counts(office, Filters())
        assert [str(row.county) for row in page.concerns]
    assert (len(page.concerns), page.has_next()) == (30, True)
