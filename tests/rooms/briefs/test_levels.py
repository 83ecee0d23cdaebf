"""Levels of reports and adoptions: a report is no adoption, and who receives it says which level it is."""

import re

import pytest
from django.db import transaction
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import brief_in, move, province_at_work
from tongxin.carry.briefs import clocks, levels
from tongxin.carry.briefs.forms.after import AdoptForm, ReportForm
from tongxin.carry.briefs.models import Brief, BriefReport
from tongxin.kernel.errors import Invalid
from tongxin.people import roles
from tongxin.people.models import RoleGrant

pytestmark = pytest.mark.django_db


def report_form(cast: Cast, brief: Brief) -> ReportForm:
    return ReportForm(record=brief, actor=cast.actor("info_editor"), now=timezone.now())


def test_no_level_says_that_something_was_adopted() -> None:
    assert not [choice.zh for choice in clocks.LEVELS if "采用" in choice.zh]


def test_the_city_is_above_counties_only(cast: Cast) -> None:
    assert {"municipal_assembly", "municipal"} <= {each.code for each in levels.offered(cast.county)}
    assert not {"municipal_assembly", "municipal"} & {each.code for each in levels.offered(cast.city)}
    assert levels.of_receiver(cast.county, cast.city) == "municipal_assembly"
    assert levels.of_receiver(cast.city, cast.province) == "province_assembly"
    assert levels.seen_from(cast.county, cast.city, "city") == "municipal"
    assert levels.seen_from(cast.city, cast.province, "central") == "central"
    assert levels.seen_from(cast.city, cast.province, "unknown") == ""


def test_no_level_is_chosen_before_somebody_chooses(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    form = report_form(cast, brief)
    assert form["level"].value() in (None, "")
    assert form.fields["level"].choices[0][0] == ""
    adopt = AdoptForm(record=brief, actor=cast.actor("info_editor"), now=timezone.now())
    assert adopt.fields["level"].choices[0][0] == ""


def test_the_assembly_above_is_its_own_level_whatever_was_chosen(cast: Cast) -> None:
    for level in ("", "city"):
        brief = move(cast, brief_in(cast, "issued"), "report_up", "info_editor", to=province_at_work(cast), level=level)
        assert brief.reports.get().level == "province_assembly"


def test_of_a_receiver_elsewhere_the_level_has_to_be_chosen(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "report_up", "info_editor", to="outside", to_name="全国政协")
    assert set(refused.value.form.errors) == {"level"}


@pytest.mark.parametrize("name", ["某省政协", "某省"])
def test_the_assembly_above_is_not_reported_to_as_one_elsewhere(cast: Cast, name: str) -> None:
    brief = brief_in(cast, "issued")
    told = {"to": "outside", "level": "province_assembly", "to_name": name}
    with transaction.atomic():  # while nobody there would find it, it may be sent as a package
        assert move(cast, brief, "report_up", "info_editor", **told).state == "reported"
        transaction.set_rollback(True)
    RoleGrant.objects.create(assembly=cast.province, user=cast.users["supervisor"], role=roles.INFO_EDITOR)
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "report_up", "info_editor", **told)
    assert "某省政协" in str(refused.value.form.errors["to_name"])
    assert not Brief.objects.filter(assembly=cast.province).exists()


def test_the_level_follows_the_assembly_above_where_it_works_elsewhere_too(cast: Cast) -> None:
    """Its name and code stand in the form; another level chosen beside them would count in the wrong figure."""
    brief = brief_in(cast, "issued")
    page = cast.client("info_editor").get(f"/desk/briefs/{brief.pk}/report_up/").content.decode()
    assert re.search(r'<input type="hidden" name="to" value="outside"', page)
    for told in ({"to_name": cast.province.name}, {"to_name": "省政协办公厅", "to_code": cast.province.code}):
        for level in ("", "city"):
            move(cast, brief_in(cast, "issued"), "report_up", "info_editor", to="outside", level=level, **told)
    assert set(BriefReport.objects.values_list("level", flat=True)) == {"province_assembly"}
