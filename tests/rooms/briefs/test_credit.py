"""Whose name stands under a text: shown again, put right, written for a sector; and how long it lay in each state."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, SORTED, TEXT, begin, brief_in, move
from tongxin.carry.briefs.forms.writing import CreditForm, DraftForm
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.kernel import door, journal
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import Notice
from tongxin.people import roles
from tongxin.people.models import Member, Person, RoleGrant, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(cast: Cast) -> Member:
    """Another member with an account, 孙萍."""
    user = User.objects.create(username="other", name="孙萍", must_change_password=False)
    person = Person.objects.create(assembly=cast.city, name="孙萍", user=user)
    seat = Member.objects.create(
        assembly=cast.city, person=person, term=cast.term, sector=cast.other_sector, state="active"
    )
    RoleGrant.objects.create(assembly=cast.city, user=user, role=roles.MEMBER, scope=seat.pk)
    cast.users["other"] = user
    return seat


def names(brief: Brief) -> list[str]:
    return [author.name for author in brief.authors.all()]


def test_co_authors_are_shown_again_and_may_be_taken_out(cast: Cast, other: Member) -> None:
    brief = begin(cast, authors="孙萍")
    form = CreditForm(record=brief, actor=cast.actor("member"), now=timezone.now())
    assert form["authors"].value() == "孙萍"  # and not one's own name
    brief = move(cast, brief, "write", "member", **TEXT)  # a form without the field takes nobody away
    assert names(brief) == ["周岩", "孙萍"]
    brief = move(cast, brief, "write", "member", **TEXT, authors="")
    assert names(brief) == ["周岩"]


def test_who_left_office_since_keeps_the_credit(cast: Cast, other: Member) -> None:
    brief = begin(cast, authors="孙萍")
    Member.objects.filter(pk=other.pk).update(state="left")
    assert names(move(cast, brief, "write", "member", **TEXT, authors="孙萍")) == ["周岩", "孙萍"]


def test_the_office_corrects_the_authors_with_a_reason(cast: Cast, other: Member) -> None:
    brief = brief_in(cast, "issued")
    first = brief.authors.get()
    brief = move(cast, brief, "correct_credit", "office", add="孙萍", remove=[first.pk], reason="执笔的是孙萍")
    assert (names(brief), brief.state) == (["孙萍"], "issued")
    with translation.override("zh-hans"):
        last = journal.timeline(brief)[-1]
    assert ("孙萍" in last.title, "周岩" in last.title, last.note) == (True, True, "执笔的是孙萍")
    assert Notice.objects.filter(user=cast.users["other"], event__verb="correct_credit").exists()
    assert "执笔的是孙萍" in cast.client("other").get(f"/desk/briefs/{brief.pk}/").content.decode()


@pytest.mark.parametrize("told", [{}, {"add": "没有这人"}, {"add": "周岩"}, {"remove": "all"}])
def test_a_correction_that_is_none_is_refused(cast: Cast, told: dict) -> None:
    brief = brief_in(cast, "editing")
    data = {"remove": [author.pk for author in brief.authors.all()]} if told.get("remove") else told
    with pytest.raises(Invalid):
        move(cast, brief, "correct_credit", "info_editor", reason="更正", **data)
    with pytest.raises(Invalid):
        move(cast, brief, "correct_credit", "info_editor", reason="", add="孙萍")
    assert names(brief) == ["周岩"]


def test_the_authors_of_another_brief_are_not_taken_out(cast: Cast, other: Member) -> None:
    brief, second = brief_in(cast, "editing"), brief_in(cast, "editing")
    with pytest.raises(Invalid):
        move(cast, brief, "correct_credit", "office", add="孙萍", remove=[second.authors.get().pk], reason="更正")
    assert names(second) == ["周岩"]


def test_nobody_else_corrects_them(cast: Cast, other: Member) -> None:
    brief = brief_in(cast, "submitted")
    for who in ("member", "info_reviewer", "leader", "committee", "body", "stranger"):
        with pytest.raises(NotAllowed):
            move(cast, brief, "correct_credit", who, add="孙萍", reason="更正")


def test_a_convener_writes_for_the_sector(cast: Cast) -> None:
    data = {**TEXT, "assembly": cast.city.pk, "for_sector": "on"}
    brief = door.begin(BRIEFS, "draft", cast.actor("convener"), data)
    assert (brief.origin, brief.sector, brief.unit) == ("sector", cast.sector, cast.sector.name)
    assert brief.committee == cast.committee_
    assert begin(cast, "convener").origin != "sector"  # it is a choice
    with pytest.raises(Invalid) as refused:
        door.begin(BRIEFS, "draft", cast.actor("convener"), {**data, "sector": cast.other_sector.pk})
    assert set(refused.value.form.errors) == {"sector"}
    assert 'name="for_sector"' in cast.client("convener").get("/desk/briefs/new/").content.decode()


def test_nobody_else_writes_for_a_sector(cast: Cast) -> None:
    assert "for_sector" not in DraftForm(actor=cast.actor("member"), now=timezone.now()).fields
    assert begin(cast, "member", for_sector="on").origin == "member"


def test_the_days_in_each_state_after_the_issue_are_added_up_too(cast: Cast) -> None:
    start = timezone.now() - timedelta(days=60)
    brief = door.begin(BRIEFS, "draft", cast.actor("member"), {**TEXT, **SORTED, "assembly": cast.city.pk}, now=start)
    reply = {"result": "resolved", "text": "修好了。"}
    for day, name, who, data in (
        (0, "submit", "member", {}),
        (1, "return", "info_editor", BACK),
        (5, "submit", "member", {}),
        (6, "accept", "info_editor", {}),
        (7, "send_review", "info_editor", {}),
        (8, "approve", "info_reviewer", {}),
        (9, "sign", "info_signer", {"main_to": "市委"}),
        (11, "report_up", "info_editor", {"to": "outside", "to_name": "全国政协", "level": "national_assembly"}),
        (14, "transfer", "office", {"lead": cast.roads.pk}),
        (20, "reply", "body", reply),
        (21, "press", "office", {"reason": "没有写明时间"}),
        (24, "reply", "body", reply),
        (26, "feed_back", "info_editor", reply),
    ):
        brief = door.perform(brief, name, cast.actor(who), data, now=start + timedelta(days=day))
    assert (brief.days_returned, brief.days_issued, brief.days_handling, brief.days_replied) == (4, 5, 9, 3)
