"""The search benchmark's way to very many documents: copies that are found like what they were copied from."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import Cast
from tongxin.conf.benches import copies
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import search
from tongxin.kernel.models import SearchDocument

pytestmark = pytest.mark.django_db


def test_copies_are_found_on_later_days(cast: Cast) -> None:
    for token in ("a", "b", "c"):
        cast.concern(f"路灯坏了：{token}。", token=token)
    SearchDocument.objects.exclude(record_type=Concern.label()).delete()
    first = SearchDocument.objects.latest("id").on
    steps: list[int] = []
    assert copies.multiply(3, 8, steps.append) > 0
    assert steps == [3, 2]
    hits = search.find(cast.actor("office"), "路灯").hits
    assert first is not None
    assert [hit.on for hit in hits] == [first + timedelta(days=day) for day in (2, 2, 1, 1, 1, 0, 0, 0)]
    assert len({hit.record_id for hit in hits}) == Concern.objects.count() == 8
    assert Concern.objects.filter(text_key=copies.AGAIN).count() == 5
