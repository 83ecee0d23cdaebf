"""Three hands, and the numbers that the last one gives: who may not be the next, and signing at one moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from tests.cast import Cast, gather
from tests.rooms.briefs.ways import BACK, SORTED, TEXT, brief_in, errors, move, verbs
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.kernel import door
from tongxin.kernel.errors import IllegalMove, Invalid, NotAllowed, Stale
from tongxin.kernel.models import Parameter, Sequence
from tongxin.people import roles
from tongxin.people.models import RoleGrant, User

pytestmark = pytest.mark.django_db


# Three hands


def grant(cast: Cast, who: str, *held: str) -> None:
    for role in held:
        RoleGrant.objects.create(assembly=cast.city, user=cast.users[who], role=role)


def test_who_edited_does_not_review_and_not_sign(cast: Cast) -> None:
    grant(cast, "info_editor", roles.INFO_REVIEWER, roles.INFO_SIGNER)
    brief = brief_in(cast, "reviewing")
    with pytest.raises(NotAllowed, match="编辑"):
        move(cast, brief, "approve", "info_editor")
    brief = move(cast, brief, "approve", "info_reviewer")
    with pytest.raises(NotAllowed, match="编辑"):
        move(cast, brief, "sign", "info_editor", main_to="市委")


def test_who_reviewed_does_not_sign(cast: Cast) -> None:
    grant(cast, "info_reviewer", roles.INFO_SIGNER)
    brief = brief_in(cast, "signing")
    with pytest.raises(NotAllowed, match="审核"):
        move(cast, brief, "sign", "info_reviewer", main_to="市委")


def test_who_edited_before_another_took_over_does_not_review_either(cast: Cast) -> None:
    grant(cast, "info_editor", roles.INFO_REVIEWER)
    grant(cast, "office", roles.INFO_EDITOR)
    brief = brief_in(cast, "editing")
    brief = move(cast, brief, "edit", "info_editor", **{**TEXT, "analysis": "养护责任没有划清。"})
    with pytest.raises(NotAllowed):
        move(cast, brief, "send_review", "office")
    brief = move(cast, brief, "take_over", "office", reason="编辑出差")
    brief = move(cast, brief, "send_review", "office")
    with pytest.raises(Invalid) as refused:
        move(cast, brief, "approve", "info_editor")
    assert errors(refused)
    assert move(cast, brief, "approve", "info_reviewer").state == "signing"


def test_the_database_holds_the_three_hands_apart(cast: Cast) -> None:
    brief = brief_in(cast, "signing")
    for name in ("editor", "reviewer"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Brief.objects.filter(pk=brief.pk).update(signer=getattr(brief, name))


def test_reviewer_and_signer_send_back_to_the_editor_with_a_reason(cast: Cast) -> None:
    brief = move(cast, brief_in(cast, "reviewing"), "reject", "info_reviewer", **BACK)
    assert (brief.state, brief.editor) == ("editing", cast.users["info_editor"])
    other = move(cast, brief_in(cast, "signing"), "send_back", "info_signer", **BACK)
    assert other.state == "editing"
    assert {each.kind for each in [*brief.returns.all(), *other.returns.all()]} == {"rejected"}


def test_the_days_on_each_desk_are_added_up(cast: Cast) -> None:
    start = timezone.now() - timedelta(days=30)
    brief = door.begin(BRIEFS, "draft", cast.actor("member"), {**TEXT, **SORTED, "assembly": cast.city.pk}, now=start)

    def at(day: int, name: str, who: str, **data: object) -> None:
        nonlocal brief
        brief = door.perform(brief, name, cast.actor(who), data, now=start + timedelta(days=day))

    at(2, "submit", "member")
    at(5, "accept", "info_editor")
    at(6, "send_review", "info_editor")
    at(8, "reject", "info_reviewer", **BACK)
    at(12, "send_review", "info_editor")
    at(13, "approve", "info_reviewer")
    at(18, "sign", "info_signer", main_to="市委")
    assert (brief.days_submitted, brief.days_editing, brief.days_reviewing, brief.days_signing) == (3, 5, 3, 5)


# Numbers


def test_issues_are_numbered_without_gaps_by_year_and_counted_through(cast: Cast) -> None:
    Parameter.objects.create(assembly=cast.city, key="briefs.issued_before", value=340)
    first, second = brief_in(cast, "issued"), brief_in(cast, "issued")
    year = timezone.localdate().year
    assert [(b.issue_year, b.issue_number, b.issue_total) for b in (first, second)] == [
        (year, 1, 341), (year, 2, 342),
    ]  # fmt: skip
    later = door.perform(
        brief_in(cast, "signing"), "sign", cast.actor("info_signer"), {"main_to": "市委"},
        now=timezone.now() + timedelta(days=370),
    )  # fmt: skip
    assert (later.issue_year, later.issue_number, later.issue_total) == (later.issued_at.year, 1, 343)
    with translation.override("zh-hans"):
        assert "343" in later.issue


def test_a_signature_that_fails_gives_its_number_back(cast: Cast) -> None:
    brief = brief_in(cast, "signing")
    with transaction.atomic():
        assert move(cast, brief, "sign", "info_signer", main_to="市委").issue_number == 1
        transaction.set_rollback(True)
    assert not Sequence.objects.filter(series__startswith="brief.issue", value__gt=0).exists()
    assert move(cast, brief, "sign", "info_signer", main_to="市委").issue_number == 1


@pytest.mark.django_db(transaction=True)
def test_two_signers_at_the_same_moment_never_get_the_same_number() -> None:
    cast = gather()
    briefs = [brief_in(cast, "signing", title=f"第{n}件") for n in range(6)]

    def signed(brief: Brief) -> tuple[int | None, int | None]:
        try:
            done = move(cast, brief, "sign", "info_signer", main_to="市委")
            return done.issue_number, done.issue_total
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        drawn = list(pool.map(signed, briefs))
    assert sorted(drawn) == [(n, n) for n in range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_one_brief_signed_twice_at_the_same_moment_gets_one_number() -> None:
    """Two signers before the same page: one signs, the other is told that it is signed, and no number is lost."""
    cast = gather()
    second = User.objects.create(username="second", name="另一签发", must_change_password=False)
    RoleGrant.objects.create(assembly=cast.city, user=second, role=roles.INFO_SIGNER)
    cast.users["second"] = second
    brief, ready = brief_in(cast, "signing"), Barrier(2)

    def signed(who: str) -> Brief | IllegalMove | Stale:
        try:
            actor = cast.actor(who)
            ready.wait(10)
            return door.perform(brief, "sign", actor, {"main_to": "市委"}, version=brief.version)
        except (IllegalMove, Stale) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(signed, ("info_signer", "second")))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Brief", "Stale"]
    brief.refresh_from_db()
    assert (brief.state, brief.issue_number, brief.issue_total) == ("issued", 1, 1)
    assert verbs(brief).count("sign") == 1
    assert set(Sequence.objects.filter(series__startswith="brief.issue").values_list("value", flat=True)) == {1}
    other = move(cast, brief_in(cast, "signing"), "sign", "second", main_to="市委")
    assert (other.issue_number, other.issue_total) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_two_briefs_signed_at_the_same_moment_by_two_signers_get_the_next_two_numbers() -> None:
    cast = gather()
    second = User.objects.create(username="second", name="另一签发", must_change_password=False)
    RoleGrant.objects.create(assembly=cast.city, user=second, role=roles.INFO_SIGNER)
    cast.users["second"] = second
    Parameter.objects.create(assembly=cast.city, key="briefs.issued_before", value=340)
    briefs, ready = [brief_in(cast, "signing") for _n in range(2)], Barrier(2)

    def signed(place: int) -> tuple[int | None, int | None]:
        try:
            actor = cast.actor(("info_signer", "second")[place])
            ready.wait(10)
            done = door.perform(briefs[place], "sign", actor, {"main_to": "市委"})
            return done.issue_number, done.issue_total
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        drawn = sorted(pool.map(signed, range(2)))
    assert drawn == [(1, 341), (2, 342)]
