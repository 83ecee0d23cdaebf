"""A brief handed on: to the assembly above, into another, through the hands; with lists that changed, and numbers."""

from html import unescape

import pytest
from django.core.exceptions import ValidationError

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, TEXT, begin, brief_in, move, province_at_work
from tongxin.carry.briefs import checklist, forms, queries
from tongxin.carry.briefs.forms.packages import ArrivedForm
from tongxin.carry.briefs.models import Brief, BriefAuthor
from tongxin.insight import telephones
from tongxin.kernel import options
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import Option
from tongxin.people import roles
from tongxin.people.models import Assembly, RoleGrant, Sector

pytestmark = pytest.mark.django_db

ABOVE = {"level": "province_assembly"}


def own_list(assembly: Assembly, key: str, *kept: tuple[str, str, str, bool]) -> None:
    """The assembly's own list: code, words, meaning, in use."""
    Option.objects.filter(assembly=assembly, list=key).delete()
    for code, zh, meaning, active in kept:
        Option.objects.create(assembly=assembly, list=key, code=code, zh=zh, meaning=meaning, active=active)
    options.forget(assembly.pk)


def said(refused: pytest.ExceptionInfo[Invalid]) -> str:
    return " ".join(error for found in refused.value.form.errors.values() for error in found)


# Upward


def test_a_category_that_the_assembly_above_lacks_is_left_to_its_editor(cast: Cast) -> None:
    own_list(cast.city, "briefs.category", ("coal", "煤城转型", "", True))
    brief = brief_in(cast, "issued", category="coal")
    answer = cast.client("info_editor").post(
        f"/desk/briefs/{brief.pk}/report_up/", {**ABOVE, "to": province_at_work(cast), "version": brief.version}
    )
    assert answer.status_code == 302
    assert Brief.objects.get(assembly=cast.province).category == ""


def test_what_the_assembly_above_refuses_is_one_sentence_on_the_form(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    brief, secret = brief_in(cast, "issued"), begin(cast, title="另一件谁也没报的草稿")
    monkeypatch.setattr(ArrivedForm.base_fields["unit"], "clean", _refuse)
    answer = cast.client("info_editor").post(
        f"/desk/briefs/{brief.pk}/report_up/", {**ABOVE, "to": province_at_work(cast), "version": brief.version}
    )
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert set(answer.context["form"].fields) >= {"to", "level"}
    assert len(answer.context["form"].non_field_errors()) == 1
    assert "上级不收" in html
    assert secret.title not in html
    assert not Brief.objects.filter(assembly=cast.province).exists()


def _refuse(_value: object) -> str:
    raise ValidationError("上级不收")


def test_no_form_offers_the_briefs_of_everybody(cast: Cast) -> None:
    secret = begin(cast, title="谁也没报的草稿")
    assert secret.title not in str(ArrivedForm()["came_from"])
    field = ArrivedForm.base_fields["came_from"]
    assert field.clean(str(secret.pk)) == secret
    with pytest.raises(ValidationError):
        field.clean("99999999")


def test_a_hundred_names_go_up_with_the_brief(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    BriefAuthor.objects.bulk_create(BriefAuthor(brief=brief, name=f"某某某{n:03}", position=n) for n in range(600))
    move(cast, brief, "report_up", "info_editor", to=province_at_work(cast), **ABOVE)
    assert Brief.objects.get(assembly=cast.province).authors.count() == 601


# Together


def test_retired_entries_do_not_keep_briefs_from_being_merged(cast: Cast) -> None:
    first = brief_in(cast, "submitted", category="city", secrecy="internal")
    other = brief_in(cast, "submitted", category="city", secrecy="internal")
    own_list(cast.city, "briefs.category", ("city", "城乡建设", "", False), ("new", "新类别", "", True))
    own_list(cast.city, "briefs.secrecy", ("internal", "内部参阅", "internal", False), ("all", "公开", "public", True),
             ("inside", "内部", "internal", True))  # fmt: skip
    Sector.objects.filter(pk=cast.sector.pk).update(closed_on="2020-01-01")
    answer = cast.client("info_editor").post(
        f"/desk/briefs/{first.pk}/merge/", {"others": [other.pk], "version": first.version}
    )
    assert answer.status_code == 302
    new = Brief.objects.get(gathered=True)
    assert (new.category, new.secrecy, new.sector) == ("", "inside", None)  # never wider than it was


def test_what_is_most_alike_is_offered_first_with_its_likeness(cast: Cast) -> None:
    first = brief_in(cast, "submitted")
    like = brief_in(cast, "submitted")
    unlike = brief_in(
        cast, "submitted", title="关于秋粮收购价格的建议", situation="粮库压价收粮。", analysis="信息不通。",
        suggestion="公布指导价。",
    )  # fmt: skip
    html = unescape(cast.client("info_editor").get(f"/desk/briefs/{first.pk}/merge/").content.decode())
    picker = html.split('name="others"', 1)[1]
    assert picker.index(like.number) < picker.index(unlike.number)
    assert "相似 100%" in picker
    assert picker.count(like.number) == 1  # not among the newest once more


def test_the_marks_of_merged_briefs_are_taken_out_before_it_goes_on(cast: Cast) -> None:
    first, other = brief_in(cast, "submitted"), brief_in(cast, "submitted")
    move(cast, first, "merge", "info_editor", others=[other.pk])
    new = Brief.objects.get(gathered=True)
    with pytest.raises(Invalid) as refused:
        move(cast, new, "send_review", "info_editor")
    assert f"【{first.number}】" in said(refused)
    new = move(cast, new, "edit", "info_editor", **TEXT)
    assert move(cast, new, "send_review", "info_editor").state == "reviewing"


def test_what_another_editor_works_on_is_taken_over_first(cast: Cast) -> None:
    RoleGrant.objects.create(assembly=cast.city, user=cast.users["office"], role=roles.INFO_EDITOR)
    brief = brief_in(cast, "editing")
    for name, data in (("return", BACK), ("not_adopt", BACK), ("merge", {"title": "x"})):
        with pytest.raises(NotAllowed):
            move(cast, brief, name, "office", **data)
        answer = cast.client("office").get(f"/desk/briefs/{brief.pk}/{name}/")
        assert answer.status_code == 403
        assert "info_editor" in answer.content.decode()  # who has it, and that it is to be taken over
    own = brief_in(cast, "submitted")
    with pytest.raises(Invalid):  # nor is it drawn into a merge of one's own
        move(cast, own, "merge", "office", others=[brief.pk])
    brief = move(cast, brief, "take_over", "office", reason="编辑出差")
    assert move(cast, brief, "return", "office", **BACK).state == "returned"


# Lists that changed


def test_saving_the_text_keeps_entries_that_were_retired(cast: Cast) -> None:
    brief = brief_in(cast, "editing", category="city", secrecy="internal")
    own_list(cast.city, "briefs.category", ("city", "城乡建设", "", False), ("new", "新类别", "", True))
    own_list(cast.city, "briefs.secrecy", ("internal", "内部参阅", "internal", False), ("all", "公开", "public", True))
    Sector.objects.filter(pk=cast.sector.pk).update(closed_on="2020-01-01")
    html = cast.client("info_editor").get(f"/desk/briefs/{brief.pk}/text/").content.decode()
    assert "城乡建设" in html
    brief = move(cast, brief, "edit", "info_editor", **TEXT, category="city", secrecy="internal", sector=cast.sector.pk)
    assert (brief.category, brief.secrecy, brief.sector) == ("city", "internal", cast.sector)
    with pytest.raises(Invalid):  # a new one does not take it
        begin(cast, category="city")


# Numbers


@pytest.mark.parametrize("number", ["13900005678", "0454-8123456", "230502198001011234", "23050219800101123X"])
def test_a_number_in_the_text_is_confirmed_by_each_hand_or_taken_out(cast: Cast, number: str) -> None:
    told = {"situation": f"{TEXT['situation']}联系人电话{number}。"}
    assert number in telephones.personal_numbers(told["situation"])
    brief = brief_in(cast, "editing", **told)
    assert number in next(p.hint for p in checklist.points(brief.texts, cast.city.pk) if p.key == "numbers")
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "send_review", "info_editor")
    assert number in said(refused)
    assert number in cast.client("info_editor").get(f"/desk/briefs/{brief.pk}/send_review/").content.decode()
    brief = move(cast, brief, "send_review", "info_editor", numbers_ok="on")
    brief = move(cast, brief, "approve", "info_reviewer")
    with pytest.raises(Invalid):
        move(cast, brief, "sign", "info_signer", main_to="市委")
    brief = move(cast, brief, "sign", "info_signer", main_to="市委", numbers_ok="on")
    with pytest.raises(Invalid):
        move(cast, brief, "report_up", "info_editor", to=province_at_work(cast), **ABOVE)
    assert move(cast, brief, "report_up", "info_editor", to=province_at_work(cast), **ABOVE, numbers_ok="on")


def test_without_numbers_nothing_is_asked(cast: Cast) -> None:
    brief = brief_in(cast, "editing")
    assert "numbers_ok" not in forms.desk.SendReviewForm(record=brief).fields
    assert telephones.personal_numbers("今年2026年第12期，涉及300户、1200万元，服务热线12345。") == []


@pytest.mark.parametrize("number", ["13900005678", "0454-8123456", "230502198001011234"])
def test_other_peoples_numbers_are_blotted_in_what_people_said(cast: Cast, number: str) -> None:
    concern = cast.concern(f"楼长让我找他，{number}，路灯还是不亮。", speaker_phone="13800001234", consent="on")
    brief = begin(cast, "office", concerns=[concern.pk])
    html = cast.client("office").get(f"/desk/briefs/{brief.pk}/").content.decode()
    assert "楼长让我找他" in html
    assert number not in html


def test_nobody_says_that_it_came_from_people_without_a_concern(cast: Cast) -> None:
    assert not begin(cast, from_people="on").from_people
    assert begin(cast, "office", concerns=[cast.concern().pk]).from_people
    assert not queries.readable(cast.actor("member")).filter(from_people=True).exists()
