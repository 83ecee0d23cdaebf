"""Merging: what the editor has before him, how closed the result is, and who may undo it."""

import pytest
from django.utils import translation

from tests.cast import Cast
from tests.rooms.briefs.ways import BACK, TEXT, begin, brief_in, move
from tongxin.carry.briefs.models import Brief
from tongxin.kernel import journal
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.models import Notice
from tongxin.people import roles
from tongxin.people.models import Member, Person, RoleGrant, User

pytestmark = pytest.mark.django_db


def second_member(cast: Cast) -> None:
    user = User.objects.create(username="other", name="孙萍", must_change_password=False)
    person = Person.objects.create(assembly=cast.city, name="孙萍", user=user)
    seat = Member.objects.create(
        assembly=cast.city, person=person, term=cast.term, sector=cast.other_sector, state="active"
    )
    RoleGrant.objects.create(assembly=cast.city, user=user, role=roles.MEMBER, scope=seat.pk)
    cast.users["other"] = user


def told(cast: Cast, verb: str) -> set[str]:
    return {n.user.username for n in Notice.objects.filter(event__verb=verb).select_related("user")}


def test_what_was_made_of_several_is_not_returned_to_an_author(cast: Cast) -> None:
    first, other = brief_in(cast, "submitted"), brief_in(cast, "submitted")
    move(cast, first, "merge", "info_editor", others=[other.pk])
    made = Brief.objects.get(gathered=True)
    client = cast.client("info_editor")
    assert f"/desk/briefs/{made.pk}/return/" not in client.get(f"/desk/briefs/{made.pk}/").content.decode()
    with pytest.raises(NotAllowed, match="几件"):
        move(cast, made, "return", "info_editor", **BACK)
    answer = client.post(f"/desk/briefs/{made.pk}/return/", BACK)
    assert answer.status_code == 403
    assert "几件" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == "editing"


def test_one_author_does_not_take_back_what_others_are_in(cast: Cast) -> None:
    second_member(cast)
    target = brief_in(cast, "editing")
    source = move(cast, begin(cast, "other", title="学校门口太黑"), "submit", "other")
    move(cast, source, "merge", "info_editor", into=target.pk)
    with pytest.raises(Invalid, match="并入"):
        move(cast, target, "withdraw", "member")
    target.refresh_from_db()
    assert target.state == "editing"


def test_taking_back_is_told_to_everybody_whose_name_is_under_it(cast: Cast) -> None:
    second_member(cast)
    brief = move(cast, begin(cast, authors="孙萍"), "submit", "member")
    move(cast, brief, "withdraw", "member")
    assert "other" in told(cast, "withdraw")
    assert "member" not in told(cast, "withdraw")  # it was his own act


def test_the_authors_of_what_was_merged_are_told_when_it_goes_no_further(cast: Cast) -> None:
    second_member(cast)
    target = brief_in(cast, "editing")
    source = move(cast, begin(cast, "office", authors="孙萍"), "submit", "office")
    move(cast, source, "merge", "info_editor", into=target.pk)
    move(cast, target, "not_adopt", "info_editor", **BACK)
    assert {"member", "other", "office"} <= told(cast, "not_adopt")


def test_the_text_of_a_source_stands_beside_the_editor_with_a_button(cast: Cast) -> None:
    target = brief_in(cast, "editing")
    source = brief_in(cast, "submitted", title="学校门口太黑", suggestion="请街道先装临时灯。")
    move(cast, source, "merge", "info_editor", into=target.pk)
    target.refresh_from_db()
    assert target.suggestion == TEXT["suggestion"]  # the text being edited is nobody's to change from outside
    html = cast.client("info_editor").get(f"/desk/briefs/{target.pk}/text/").content.decode()
    assert "请街道先装临时灯。" in html
    for part in ("situation", "analysis", "suggestion"):
        assert f'data-insert="{part}"' in html
    with translation.override("zh-hans"):
        last = journal.timeline(target)[-1]
    assert (last.verb, last.who) == ("join", "info_editor用户")
    assert source.number in last.title
    other = cast.client("member").get(f"/desk/briefs/{target.pk}/").content.decode()
    assert source.number in other


@pytest.mark.parametrize("levels", [("public", "internal"), ("internal", "public")])
def test_merged_it_is_as_closed_as_the_most_closed(cast: Cast, levels: tuple[str, str]) -> None:
    first, second = (brief_in(cast, "submitted", secrecy=level) for level in levels)
    move(cast, first, "merge", "info_editor", others=[second.pk])
    assert Brief.objects.get(gathered=True).secrecy == "internal"
    target = move(cast, brief_in(cast, "submitted", secrecy=levels[0]), "accept", "info_editor")
    move(cast, brief_in(cast, "submitted", secrecy=levels[1]), "merge", "info_editor", into=target.pk)
    target.refresh_from_db()
    assert target.secrecy == "internal"


def test_a_reviewer_who_edits_the_returned_one_later_is_not_stuck(cast: Cast) -> None:
    """R approves, the signer sends back, the editor returns, the author hands in again, and R takes it on."""
    RoleGrant.objects.create(assembly=cast.city, user=cast.users["info_reviewer"], role=roles.INFO_EDITOR)
    brief = move(cast, brief_in(cast, "signing"), "send_back", "info_signer", **BACK)
    brief = move(cast, brief, "return", "info_editor", **BACK)
    assert brief.reviewer is None
    brief = move(cast, move(cast, brief, "submit", "member"), "accept", "info_reviewer")
    assert (brief.state, brief.editor) == ("editing", cast.users["info_reviewer"])
    brief = move(cast, brief, "send_review", "info_reviewer")
    with pytest.raises(NotAllowed):
        move(cast, brief, "approve", "info_reviewer")


def test_names_of_merged_ones_are_public_only_when_all_agreed(cast: Cast) -> None:
    for agreed, public in ((("on", "on"), True), (("on", ""), False)):
        first, second = (brief_in(cast, "submitted", name_public=each) for each in agreed)
        move(cast, first, "merge", "info_editor", others=[second.pk])
        first.refresh_from_db()
        assert first.merged_into.name_public is public
        target = move(cast, brief_in(cast, "submitted", name_public=agreed[0]), "accept", "info_editor")
        move(cast, brief_in(cast, "submitted", name_public=agreed[1]), "merge", "info_editor", into=target.pk)
        target.refresh_from_db()
        assert target.name_public is public
