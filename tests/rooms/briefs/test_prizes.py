"""A prize for a brief: entered through the door, shown, counted, and struck when it was a mistake."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from tests.cast import Cast
from tests.rooms.briefs.test_striking import count
from tests.rooms.briefs.ways import brief_in, errors, move, prize
from tongxin.carry.briefs.models import Brief
from tongxin.kernel import journal
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed

pytestmark = pytest.mark.django_db


def awarded(cast: Cast, brief: Brief, **told: Any) -> Brief:
    paper = SimpleUploadedFile("获奖通知.txt", "评为优秀".encode(), "text/plain")
    return move(cast, brief, "award", "office", {"evidence": [paper]}, **prize(**told))


def page(cast: Cast, who: str, brief: Brief) -> str:
    return cast.client(who).get(f"/desk/briefs/{brief.pk}/").content.decode()


def test_it_is_shown_to_office_and_author_and_counts_for_its_year(cast: Cast) -> None:
    brief = awarded(cast, brief_in(cast, "handling"))
    assert (brief.state, count(cast, "B21")) == ("handling", 1)
    for who in ("office", "member"):
        shown = page(cast, who, brief)
        for words in ("优秀社情民意信息", "评优", "省政协办公厅", str(timezone.localdate().year)):
            assert words in shown, (who, words)
    assert "评优" not in page(cast, "body", brief)  # what it was given is between the assembly and the authors
    assert "评优" in journal.timeline(brief)[-1].title
    address = f"/desk/briefs/{brief.pk}/awards/{brief.awards.get().pk}/file/"
    assert address in page(cast, "office", brief)
    assert address not in page(cast, "member", brief)
    assert b"".join(cast.client("office").get(address).streaming_content) == "评为优秀".encode()  # type: ignore[arg-type]
    assert cast.client("member").get(address).status_code == 404


def test_one_entered_by_mistake_is_struck_with_a_reason_and_may_be_entered_again(cast: Cast) -> None:
    brief = awarded(cast, brief_in(cast, "issued"))
    told = {"what": f"award:{brief.awards.get().pk}", "version": brief.version}
    assert "奖项" in cast.client("info_editor").get(f"/desk/briefs/{brief.pk}/strike/").content.decode()
    client = cast.client("info_editor")
    assert client.post(f"/desk/briefs/{brief.pk}/strike/", told).status_code == 422  # the reason is missing
    assert client.post(f"/desk/briefs/{brief.pk}/strike/", {**told, "reason": "录错了件"}).status_code == 302
    brief.refresh_from_db()
    assert (brief.state, brief.awarded_at, count(cast, "B21")) == ("issued", None, 0)
    assert 'class="void"><span>优秀社情民意信息' in page(cast, "office", brief)
    assert "优秀社情民意信息</span>" not in page(cast, "member", brief)
    brief = awarded(cast, brief)
    assert count(cast, "B21") == 1
    assert len(brief.awards.all()) == 2


def test_bad_input_and_others_are_refused(cast: Cast) -> None:
    brief = awarded(cast, brief_in(cast, "issued"))
    year = timezone.localdate().year
    for wrong, field in (({}, "name"), ({"year": year + 1}, "year"), ({"year": year - 1}, "year")):
        with pytest.raises(Invalid) as refused:
            move(cast, brief, "award", "office", **prize(**wrong))
        assert list(refused.value.form.errors) == [field], errors(refused)
    assert move(cast, brief, "award", "office", **prize(name="好信息")).awards.count() == 2
    for who in ("member", "body", "info_signer", "leader", "stranger"):
        with pytest.raises(NotAllowed):
            move(cast, brief, "award", who, **prize(name="又一个"))
    with pytest.raises(IllegalMove):  # before it is issued nobody can have given it a prize
        move(cast, brief_in(cast, "signing"), "award", "office", **prize())


def test_a_prize_before_the_issue_is_refused_in_the_words_of_a_brief(cast: Cast) -> None:
    with translation.override("zh-hans"), pytest.raises(Invalid) as refused:
        move(cast, brief_in(cast, "issued"), "award", "office", **prize(year=timezone.localdate().year - 1))
    assert "编发" in errors(refused)
    assert "定稿" not in errors(refused)
