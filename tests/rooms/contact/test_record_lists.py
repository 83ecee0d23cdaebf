"""Lists and search of contact records: filters, odd addresses, what is found and by whom."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.contact.conftest import Circle
from tongxin.hear.contact import areas, queries
from tongxin.hear.contact.models import ContactRecord, ResponsibilityArea
from tongxin.kernel import door, search
from tongxin.kernel.errors import NotAllowed
from tongxin.people import actions as people_actions
from tongxin.people import policy as people_policy
from tongxin.people.models import Member

pytestmark = pytest.mark.django_db


def test_filters_of_the_list(circle: Circle, cast: Cast) -> None:
    person = circle.enrol()
    visit = circle.record(person, days=100)
    online = circle.record(
        person, channel="online", summary="网上问医保", tasks=["policy"], concern_text="医保", token="a"
    )
    since = (timezone.localdate() - timedelta(days=20)).isoformat()
    for asked, found in (
        ({}, [online, visit]), ({"channel": "visit"}, [visit]), ({"task": "policy"}, [online]),
        ({"since": since}, [online]),
        ({"until": since}, [visit]), ({"raised": "1"}, [online]), ({"q": "医保"}, [online]),
        ({"void": "1"}, []),
        ({"member": str(cast.seat.pk)}, [online, visit]), ({"sector": str(cast.other_sector.pk)}, []),
        ({"source": "duty"}, []), ({"since": "gestern", "member": "x", "page": "-3"}, [online, visit]),
    ):  # fmt: skip
        assert queries.records.listing(cast.actor("office"), queries.records.Wanted.read(asked)).rows == found, asked


def test_search_finds_records_of_those_one_may_read(circle: Circle, cast: Cast) -> None:
    circle.record(circle.enrol(), summary="老楼加装电梯的事")
    found = {
        who: len(search.find(cast.actor(who), "加装电梯"))
        for who in ("member", "convener", "office", "station", "stranger")
    }
    assert found == {"member": 1, "convener": 1, "office": 1, "station": 0, "stranger": 0}


def test_old_and_odd_addresses_still_open(circle: Circle, cast: Cast) -> None:
    circle.record(circle.enrol())
    odd = ["member=99999999999999999999", "sector=x", "page=0", "page=999999", "since=gestern", "channel=x", "led=-1"]
    for client in (cast.client("office"), cast.client("member")):
        for query in odd:
            assert client.get(f"{reverse('contact:records')}?{query}").status_code == 200, query
    for query in (*odd, "state=x", "only=x", "county=9" * 3):
        assert cast.client("office").get(f"{reverse('contact:people')}?{query}").status_code == 200, query


def test_a_number_in_a_summary_is_neither_found_nor_shown(circle: Circle, cast: Cast) -> None:
    circle.record(circle.enrol(), summary="老楼加装电梯，回电139-1234-2261")
    office = cast.actor("office")
    for asked in ("139-1234-2261", "13912342261", "139", "2261"):
        assert not search.find(office, asked)
    (hit,) = search.find(office, "加装电梯")
    assert "".join(piece.text for piece in hit.title) == "老楼加装电梯，回电****"


def _found(cast: Cast, text: str, model: type) -> list[int]:
    return [hit.record_id for hit in search.find(cast.actor("office"), text, limit=50) if hit.kind.model is model]


def test_a_renamed_sector_is_found_by_its_new_name_alone(
    circle: Circle, cast: Cast, django_assert_max_num_queries
) -> None:
    old, office, manage = cast.sector.name, cast.actor("office"), people_policy.manage
    area = ResponsibilityArea(assembly=cast.city, name="第一片", sector=cast.sector)
    door.establish(area, office, manage)
    others = [circle.member(f"路人{n}") for n in range(40)]
    search.index_many([cast.seat, *others])
    with django_assert_max_num_queries(20):
        door.revise(cast.sector, office, {"name": "能源环境界", "name_en": "Energy"}, manage)
    for word in ("能源环境", "energy"):
        assert _found(cast, word, ResponsibilityArea) == [area.pk]
        assert len(_found(cast, word, Member)) == 41
    assert not _found(cast, f"“{old}”", Member)
    assert not _found(cast, f"“{old}”", ResponsibilityArea)


def test_a_corrected_name_stands_with_the_contacts_of_the_person(circle: Circle, cast: Cast) -> None:
    contact = circle.record(circle.enrol(), summary="老楼加装电梯的事")
    old, office = cast.seat.person.name, cast.actor("office")
    seat = {"employer": "第二中学"}
    people_actions.correct(cast.seat, office, {"name": "欧阳更正"}, seat)
    assert _found(cast, "欧阳更正", ContactRecord) == [contact.pk]
    assert _found(cast, "欧阳更正", Member) == _found(cast, "第二中学", Member) == [cast.seat.pk]
    (hit,) = search.find(office, "加装电梯")
    assert hit.reference == "欧阳更正"
    assert not _found(cast, f"“{old}”", ContactRecord)


def test_what_is_not_quoted_moves_no_document(circle: Circle, cast: Cast, django_assert_max_num_queries) -> None:
    circle.record(circle.enrol())
    with django_assert_max_num_queries(6) as asked:
        door.revise(cast.sector, cast.actor("office"), {"position": 9}, people_policy.manage)
    assert not [query for query in asked if "kernel_searchdocument" in query["sql"]]


def test_a_renaming_that_fails_changes_no_document(circle: Circle, cast: Cast, monkeypatch) -> None:
    old = cast.seat.person.name
    contact = circle.record(circle.enrol())
    with pytest.raises(NotAllowed):
        people_actions.correct(cast.seat, cast.actor("stranger"), {"name": "欧阳更正"}, {})
    assert not _found(cast, "欧阳更正", ContactRecord)
    assert _found(cast, old, ContactRecord) == [contact.pk]


def test_days_the_wrong_way_round_are_said_and_can_be_swapped(circle: Circle, cast: Cast) -> None:
    contact = circle.record(circle.enrol(), days=3)
    first, last = (timezone.localdate() - timedelta(days=n) for n in (9, 1))
    client, url = cast.client("office"), reverse("contact:records")
    html = client.get(url, {"since": last.isoformat(), "until": first.isoformat()}).content.decode()
    assert "起始日期晚于截止日期" in html
    assert contact.get_absolute_url() not in html
    assert f"since={first}&amp;until={last}" in html
    assert contact.get_absolute_url() in client.get(url, {"since": first, "until": last}).content.decode()


@pytest.mark.parametrize("asked", ["2", "3", "400", "99999", "9999999999999999999999"])
@pytest.mark.parametrize("page", ["records", "people", "areas", "plans"])
def test_a_page_beyond_the_last_is_the_last(
    circle: Circle, cast: Cast, page: str, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries.paging, "PAGE", 2)
    for name in ("东山", "西山", "南山"):
        circle.record(circle.enrol())
        circle.member(name)
        areas.enter(cast.actor("office"), {"name": f"{name}片区", "sector": cast.sector})
    Member.objects.exclude(person__name__in=("东山", "西山", "南山")).update(state="resigned")
    html = cast.client("office").get(reverse(f"contact:{page}"), {"page": asked}).content.decode()
    assert 'rel="prev"' in html
    assert "page=1" in html
    assert 'rel="next"' not in html
    assert 'class="empty' not in html
