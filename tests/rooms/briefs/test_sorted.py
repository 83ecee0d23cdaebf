"""A brief has a category and a reading level before it goes on, and its issue is found by number and day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, SORTED, TEXT, brief_in, move, way
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.kernel import door, search
from tongxin.kernel.errors import Invalid
from tongxin.kernel.search import registry

pytestmark = pytest.mark.django_db


def test_an_issue_is_found_by_its_number_and_its_day(cast: Cast) -> None:
    long_ago = timezone.now() - timedelta(days=400)
    told = {**TEXT, **SORTED, "assembly": cast.city.pk}
    brief = door.begin(BRIEFS, "draft", cast.actor("member"), told, now=long_ago)
    assert not search.matching(Brief.objects.all(), "第1期").exists()
    for name, who, data in way(cast, "issued"):
        brief = move(cast, brief, name, who, **data)
    for words in ("第1期", "总第1期", f"{brief.issue_year}年第1期"):
        assert list(search.matching(Brief.objects.all(), words)) == [brief], words
    kind = registry.kind_of(Brief)
    assert kind is not None
    assert kind.on(brief) == timezone.localdate(brief.issued_at)


def test_no_category_and_no_reading_level_goes_to_nobody(cast: Cast) -> None:
    brief = brief_in(cast, "editing", category="", secrecy="")
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "send_review", "info_editor")
    assert "选定类别" in str(refused.value)
    assert "注明阅读范围" in str(refused.value)
    html = cast.client("info_editor").get(f"/desk/briefs/{brief.pk}/text/").content.decode()
    assert 'class="miss" data-point="category"' in html
    brief = move(cast, brief_in(cast, "signing"), "send_back", "info_signer", **BACK)
    Brief.objects.filter(pk=brief.pk).update(secrecy="", state="signing")
    with pytest.raises(Invalid):
        move(cast, brief, "sign", "info_signer", main_to="市委")
