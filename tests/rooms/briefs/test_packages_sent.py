"""What goes into a package, to whom names are told, and that the same is sent whenever it is asked for."""

import json

import pytest
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.sent import parts, reported, upper
from tests.rooms.briefs.ways import brief_in, move
from tongxin.carry.briefs import exchange
from tongxin.carry.briefs.forms.after import ReportForm
from tongxin.carry.briefs.models import BriefAuthor, BriefReport
from tongxin.documents.wordfile import read_word
from tongxin.kernel import options
from tongxin.kernel.models import Option

pytestmark = pytest.mark.django_db


def test_the_same_is_sent_again_whatever_was_put_right_since(cast: Cast) -> None:
    report = reported(cast)
    first = exchange.packed(report)
    Option.objects.create(assembly=cast.city, list="briefs.category", code="city", zh="城乡与住房")
    options.forget(cast.city.pk)
    BriefAuthor.objects.create(brief=report.brief, name="孙萍", position=1)
    report = BriefReport.objects.select_related("brief__assembly", "word").get(pk=report.pk)
    assert exchange.packed(report) == first
    by = upper(cast)
    assert exchange.take_in(first, by)[1]
    assert not exchange.take_in(exchange.packed(report), by)[1]  # known, not "another text"


def test_names_go_to_an_assembly_and_to_others_only_by_consent(cast: Cast) -> None:
    for told, named in (({}, True), ({"to_code": "", "to_name": "某报社"}, False)):
        files = parts(exchange.packed(reported(cast, **told)))
        words = read_word(files["brief.docx"])
        printed = "\n".join([words.title, *(paragraph.text for paragraph in words.paragraphs)])
        assert (json.loads(files["brief.json"])["authors"] == ["周岩"], "周岩" in printed) == (named, named)
    agreed = brief_in(cast, "issued", name_public="on")
    paper = {"to": "outside", "to_name": "某日报社", "level": "province"}
    report = move(cast, agreed, "report_up", "info_editor", **paper).reports.get()
    assert json.loads(parts(exchange.packed(report))["brief.json"])["authors"] == ["周岩"]


def test_the_assembly_above_is_offered_when_somebody_there_would_find_it(cast: Cast) -> None:
    def form() -> ReportForm:
        brief = brief_in(cast, "issued")
        return ReportForm(record=brief, actor=cast.actor("info_editor"), now=timezone.now())

    alone = form()
    assert [value for value, _label in alone.fields["to"].choices] == ["outside"]
    assert [alone[name].value() for name in ("to", "to_name", "to_code")] == ["outside", "某省政协", "23"]
    upper(cast)
    assert str(cast.province.pk) in [value for value, _label in form().fields["to"].choices]
