"""Going on with a report: a second press of the same form, and what was retired since it was begun."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.research.ways import TEXT, begin, report_in
from tongxin.carry.research.models import ResearchReport
from tongxin.kernel.models import Option, StoredFile

pytestmark = pytest.mark.django_db
NEW = "/desk/research/new/"


def paper(text: bytes = b"%PDF-1.4 one") -> SimpleUploadedFile:
    return SimpleUploadedFile("报告.pdf", text, "application/pdf")


def form_of(cast: Cast, **told: Any) -> dict[str, Any]:
    return {**TEXT, "committee": cast.committee_.pk, "team": "周岩", "token": "pressed-twice", **told}


def test_the_same_form_with_something_else_in_it_is_written_into_the_report(cast: Cast) -> None:
    client = cast.client("committee")
    for _ in range(2):
        assert client.post(NEW, form_of(cast, file=paper())).status_code == 302
    report = ResearchReport.objects.get()
    assert (report.version, StoredFile.objects.count()) == (1, 1), "the same once more is nothing new"
    told = {"text": "退回浏览器又改过的正文。", "outsiders": "钱望舒，职业学院"}
    assert client.post(NEW, form_of(cast, **told)).status_code == 302
    report.refresh_from_db()
    assert report.text == told["text"]
    assert [each.name for each in report.team.all()] == ["周岩", "钱望舒"]
    assert report.file is not None
    client.post(NEW, form_of(cast, **told, file=paper(b"%PDF-1.4 two")))
    newer = ResearchReport.objects.get()
    assert newer.file_id != report.file_id


def test_another_text_after_it_was_handed_in_is_refused_and_stays_on_the_page(cast: Cast) -> None:
    report = report_in(cast, "review", token="pressed-twice")
    answer = cast.client("committee").post(NEW, form_of(cast, text="交上去以后又改的正文。"))
    assert answer.status_code == 409
    assert "交上去以后又改的正文。" in answer.content.decode()
    report.refresh_from_db()
    assert report.text == TEXT["text"]


@pytest.mark.parametrize("who", ["office", "committee"])
def test_what_was_retired_since_stays_when_the_report_is_gone_on_with(cast: Cast, who: str) -> None:
    report = begin(cast, who, sector=cast.sector.pk)
    yesterday = timezone.localdate() - timedelta(days=1)
    for each in (cast.committee_, cast.sector):
        each.closed_on = yesterday
        each.save()
    Option.objects.create(assembly=cast.city, list="research.topic", code=TEXT["topic"], zh="旧类", active=False)
    cast.seat.state = "left"
    cast.seat.save()
    client, address = cast.client(who), f"/desk/research/{report.pk}/text/"
    form = client.get(address).context["form"]
    data = {name: value for name in form.fields if (value := form[name].value()) is not None}
    saved = client.post(address, {**data, "title": "改过的题目", "version": report.version})
    assert saved.status_code == 302, saved.context["form"].errors
    after = ResearchReport.objects.get()
    assert (after.title, after.committee, after.sector) == ("改过的题目", cast.committee_, cast.sector)
    assert after.topic == TEXT["topic"]
    assert [each.member_id for each in after.team.all()] == [cast.seat.pk]
