"""Similar records: the most similar first, none that one may not see."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import Q

from tests.cast import Cast
from tests.rooms.kernel.test_search import told
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import door, search, textindex
from tongxin.kernel.actor import public

pytestmark = pytest.mark.django_db


def test_similar_ones_the_most_similar_first_within_the_rows_given(cast: Cast) -> None:
    asked = cast.concern("小区门口的路灯坏了很久没有人修")
    same = cast.concern("小区门口的路灯坏了很久没有人修", token="same")
    near = cast.concern("我们小区路灯坏了，希望有人来修一下", token="near")
    cast.concern("学校食堂的饭菜价格太高", token="far")
    found = search.similar(asked, Concern.objects.all())
    assert [record for record, _likeness in found] == [same, near]
    assert found[0][1] == pytest.approx(1.0)
    assert 0 < found[1][1] < 1
    assert [record for record, _ in search.similar(asked, Concern.objects.exclude(pk=same.pk))] == [near]


def test_an_equal_text_is_found_among_many_that_share_all_its_common_words(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongxin.kernel.search.likeness.MANY", 3)
    text = "物业乱收停车费"
    asked = cast.concern(text)
    rows = [told(cast, f"第{n}个小区的物业又在乱收停车费和卫生费，请查一查。", f"n{n}") for n in range(30)]
    door.begin_many(CONCERNS, "speak", public(), rows)
    same = cast.concern(text, token="same")
    assert search.similar(asked, Concern.objects.all())[0][0] == same


def test_equal_texts_that_are_not_asked_for_crowd_out_none_that_is(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongxin.kernel.search.likeness.MANY", 3)
    monkeypatch.setattr("tongxin.kernel.search.likeness.CANDIDATES", 4)
    text = "物业乱收停车费，请查一查。"
    asked, same = cast.concern(text), cast.concern(text, token="same")
    door.begin_many(CONCERNS, "speak", public(), [told(cast, text, f"n{n}") for n in range(8)])
    rows = Concern.objects.filter(pk__lte=same.pk)
    assert [record for record, _likeness in search.similar(asked, rows)] == [same]


def test_common_terms_known_to_the_database_hide_no_rare_one(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's statistics name common terms, and say more than there are terms."""
    monkeypatch.setattr("tongxin.kernel.search.likeness.MANY", 3)
    rows = [told(cast, f"第{n}个小区的物业又在乱收停车费。", f"n{n}") for n in range(30)]
    door.begin_many(CONCERNS, "speak", public(), rows)
    asked = cast.concern("锅炉房冒黑烟，物业不管。", token="asked")
    near = cast.concern("锅炉房天天冒黑烟，熏得开不了窗，小区里的老人都咳嗽。", token="near")
    textindex.analyse(connection)
    assert next(record for record, _ in search.similar(asked, Concern.objects.all())) == near
    office = cast.actor("office")
    assert len(search.find(office, "物业")) == 31
    assert len(search.find(office, "锅炉")) == 2
    assert len(search.find(office, "物业 锅炉")) == 1


def test_whoever_writes_is_shown_what_there_is_already_if_allowed_to_see_it(cast: Cast) -> None:
    concern = cast.concern("小区门口的路灯坏了很久没有人修")
    text = "建议修好小区门口坏了很久的路灯"
    (found,) = search.alike(cast.actor("office"), text)
    assert (found[0].record_id, found[0].kind.model) == (concern.pk, Concern)
    assert found[1] > search_least()
    for who in ("stranger", "member", "admin"):
        assert not search.alike(cast.actor(who), text), who
    assert not search.alike(cast.actor("office"), text, besides=concern)
    assert not search.alike(cast.actor("office"), "")
    assert not search.alike(public(), text)


def search_least() -> float:
    from tongxin.kernel.search.likeness import LEAST

    return LEAST


def test_likeness_of_a_kind_that_cannot_be_found_is_refused(cast: Cast) -> None:
    with pytest.raises(LookupError):
        search.similar(cast.term, type(cast.term).objects.filter(Q()))  # type: ignore[arg-type]
