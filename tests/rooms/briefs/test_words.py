"""What the pages and forms say: in the words of the procedure, and without blaming the reader's own press."""

import pytest
from django.utils import timezone, translation

from tests.cast import Cast
from tests.rooms.briefs.ways import begin, brief_in, move
from tongxin.carry.briefs import forms, queries
from tongxin.carry.briefs.clocks import LABELS
from tongxin.carry.briefs.forms.after import FeedbackForm
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.kernel import search
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import Notice, Parameter
from tongxin.people.models import Assembly

pytestmark = pytest.mark.django_db


def test_taking_on_and_issuing_have_words_of_their_own() -> None:
    with translation.override("zh-hans"):
        labels = {move.name: str(move.label) for move in BRIEFS.moves}
        states = {state.name: str(state.label) for state in BRIEFS.states}
        assert (labels["accept"], labels["not_adopt"], states["submitted"]) == ("受理", "不予编发…", "待受理")
        assert states["not_adopted"] == "未编发"
        assert str(LABELS["look"]) == "受理"
        assert not [word for word in (*labels.values(), *states.values()) if "采编" in word]


def test_the_desks_head_their_buttons_alike(cast: Cast) -> None:
    brief, concern = brief_in(cast, "submitted"), cast.concern()
    for client, url in (
        (cast.client("info_editor"), f"/desk/briefs/{brief.pk}/"),
        (cast.client("office"), f"/desk/concerns/{concern.pk}/"),
    ):
        html = client.get(url).content.decode()
        assert "可办理" in html
        assert "怎么办？" not in html


def test_too_long_is_said_as_how_much_too_long(cast: Cast) -> None:
    brief = begin(cast, situation="八马路" + "字" * 1600)
    with pytest.raises(Invalid) as refused, translation.override("zh-hans"):
        move(cast, brief, "submit", "member")
    over = brief.word_count - 1500
    assert refused.value.form.non_field_errors() == [f"超出 {over} 字。"]


def test_a_button_pressed_twice_has_done_it_once_and_blames_nobody(cast: Cast) -> None:
    brief = brief_in(cast, "signing")
    client, told = cast.client("info_signer"), {"main_to": "市委", "version": brief.version}
    first = client.post(f"/desk/briefs/{brief.pk}/sign/", told)
    again = client.post(f"/desk/briefs/{brief.pk}/sign/", told)
    assert (first.status_code, again.status_code, again.url) == (302, 302, first.url)
    brief.refresh_from_db()
    assert (brief.state, brief.issue_number) == ("issued", 1)


def test_ones_own_change_is_not_said_to_be_somebody_elses(cast: Cast) -> None:
    brief = brief_in(cast, "editing")
    client, told = cast.client("info_editor"), {"title": "甲", "version": brief.version}
    client.post(f"/desk/briefs/{brief.pk}/text/", told)
    answer = client.post(f"/desk/briefs/{brief.pk}/text/", {**told, "title": "乙"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "您自己已经改过一步" in html
    assert "有人先改了一步" not in html


@pytest.mark.parametrize(
    ("name", "level", "wanted"),
    [
        ("某省政协", "province", "省委、省政府"),
        ("某市政协", "city", "市委、市政府"),
        ("东山区政协", "county", "区委、区政府"),
        ("集贤县政协", "county", "县委、县政府"),
        ("某某自治区政协", "province", "自治区党委、自治区政府"),
        ("政协某某", "county", "县委、县政府"),
    ],
)
def test_a_brief_is_sent_to_the_party_and_government_of_its_own_level(name: str, level: str, wanted: str) -> None:
    assert forms.signing.usual_receivers(Assembly(pk=None, name=name, level=level)) == wanted


def test_or_to_whom_the_assembly_always_sends_them(cast: Cast) -> None:
    Parameter.objects.create(assembly=cast.city, key="briefs.main_to", value="市委办公室、市政府办公室")
    brief = brief_in(cast, "signing")
    html = cast.client("info_signer").get(f"/desk/briefs/{brief.pk}/sign/").content.decode()
    assert "市委办公室、市政府办公室" in html


def test_who_left_a_number_is_called_unless_somebody_decides_otherwise(cast: Cast) -> None:
    for phone, ticked in (("13800001234", True), ("", False)):
        concern = cast.concern(speaker_phone=phone, speaker_name="周大姐", consent="on")
        brief = begin(cast, "office", concerns=[concern.pk])
        form = FeedbackForm(record=brief, actor=cast.actor("office"), now=timezone.now())
        assert bool(form["call"].value()) is ticked


def test_authors_learn_of_an_instruction_its_level_and_day(cast: Cast) -> None:
    brief = brief_in(cast, "instructed")
    assert Notice.objects.filter(user=cast.users["member"], event__verb="instruct").exists()
    with translation.override("zh-hans"):
        told = queries.story(cast.actor("member"), queries.get(cast.actor("member"), brief.pk))
        assert "市委主要领导批示" in told.told[-1].title
    [step] = told.after["instruction"]
    assert (step.code, step.on, step.text, step.name) == ("city_main", timezone.localdate(), "", "")


def test_what_is_hardly_alike_is_not_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    brief, near, far = (brief_in(cast, "submitted", title=f"关于照明的建议{n}") for n in range(3))
    monkeypatch.setattr(search, "similar", lambda *_args: [(near, 0.2), (far, 0.19)])
    assert [other for other, *_rest in queries.similar(cast.actor("info_editor"), brief)] == [near]


def test_a_version_is_told_apart_by_its_time_first(cast: Cast) -> None:
    brief = brief_in(cast, "editing")
    html = cast.client("info_editor").get(f"/desk/briefs/{brief.pk}/versions/").content.decode()
    option = html.split("<option", 1)[1].split("</option>")[0]
    assert option.index(str(timezone.localdate().year)) < option.index("用户")
