"""A duty turn as it is lived: rule, rota, publish, swap, check in by the code, a walk-in, done, the ledger."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.cast import PASSWORD, Cast
from tests.journeys.conftest import Opener
from tests.journeys.people import sign_in
from tests.journeys.window import Edition
from tongxin.hear.concerns.models import Concern
from tongxin.hear.stations.models import DutyTurn, DutyVisit
from tongxin.hear.stations.workflow.duty import TURNS
from tongxin.kernel import door
from tongxin.people.models import Member, Person, RoleGrant, User

SAID = "楼道里的灯坏了三天，老人晚上下楼看不清。"


def second_member(cast: Cast) -> Member:
    """Somebody with an account who could come instead."""
    user = User(username="other", name="孙萍", must_change_password=False)
    user.set_password(PASSWORD)
    user.save()
    person = Person.objects.create(assembly=cast.city, name="孙萍", user=user)
    seat = Member.objects.create(
        assembly=cast.city, person=person, term=cast.term, sector=cast.other_sector, state="active"
    )
    RoleGrant.objects.create(assembly=cast.city, user=user, role="member", scope=seat.pk)
    return seat


def test_a_turn_from_the_rule_to_the_ledger(window: Opener, cast: Cast) -> None:
    today = timezone.localdate()
    office = window("office")
    station = f"/desk/duty/stations/{cast.door_station.pk}/"

    # The office says when somebody is there, sees how it was understood, works out a rota and publishes it.
    office.open(f"{station}rules/").write(words="每天 1 名委员 00:00-23:59").press("See how it is understood")
    office.reads("Next:").picture("rule-preview").press("Yes, save this rule")
    office.open("/desk/duty/rotas/new/").write(
        name="本周轮值", from_on=f"{today}", to_on=f"{today + timedelta(days=1)}"
    ).press("Begin", "#content")
    office.at(r"/desk/duty/rotas/\d+/").press("Work out the rota").reads("The proposal").picture("rota-proposal")
    assert not DutyTurn.objects.exists()
    office.press("Publish").reads("Published", within="h1 + .page-sub").picture("rota-published")
    turns = list(DutyTurn.objects.order_by("on"))
    assert [turn.member for turn in turns] == [cast.seat, cast.seat]

    # The member confirms tomorrow with one tap, then asks a colleague, who takes it.
    other = second_member(cast)
    member = window("member", Edition("phone"))
    tomorrow = turns[1]
    member.open(f"/desk/duty/turns/{tomorrow.pk}/").press("I shall come").reads("Confirmed", within=".page-sub")
    member.press("Ask somebody to swap…").choose(member=str(other.pk)).write(note="出差").picture("swap")
    member.press("Ask somebody to swap…", "form")
    member.sees("孙萍")
    colleague = sign_in(window("public", Edition("phone")), "other")
    colleague.open("/desk/duty/mine/").sees("周岩").picture("asked").press("I take this turn")
    colleague.reads("The turn is yours now. Thank you.")
    tomorrow.refresh_from_db()
    assert (tomorrow.state, tomorrow.replaced_by.get().member) == ("swapped", other)

    # Today: the keeper's screen shows a code; the member types it.
    keeper = window("station").open(f"{station}screen/").picture("screen")
    code = keeper.tab.locator(".arrival-digits").inner_text()
    member.open("/desk/duty/mine/").picture("mine").press("Check in").write(code="000 000").press("Check in", "form")
    member.reads("This is not the code shown now. It changes every minute: look at the screen again.")
    member.write(code=code).press("Check in", "form").reads("On duty", within=".page-sub").picture("on-duty")

    # Somebody comes in; then two who only ask the way.
    member.press("Somebody came with a concern").write(text=SAID).picture("walk-in")
    member.press("Write down and show the receipt").reads("Your receipt").picture("walk-in-slip")
    member.press("Back to the turn").sees(SAID[:9]).write(people="2").press("Only count them")
    member.reads("Counted.")
    member.press("Finish the turn…").write(summary="接待三人，记下楼道照明一件。").press("Finish the turn…", "form")
    member.reads("Kept", within=".page-sub").picture("kept")
    assert Concern.objects.get().source == "visit"
    assert sorted(DutyVisit.objects.values_list("people", flat=True)) == [1, 2]

    # The ledger has written itself.
    keeper.open(f"{station}ledger/").sees("周岩", within="main").picture("ledger")
    assert keeper.tab.locator("tfoot td").all_inner_texts()[1:6] == ["1", "0", "2", "3", "1"]


def test_scanning_the_screen_checks_in_with_one_button(window: Opener, cast: Cast) -> None:
    today = timezone.localdate()
    told = {"station": cast.door_station, "on": today, "begins": "00:00", "ends": "23:59", "member": cast.seat}
    turn = door.begin(TURNS, "schedule", cast.actor("office"), told)
    keeper = window("station").open(f"/desk/duty/stations/{cast.door_station.pk}/screen/")
    code = keeper.tab.locator(".arrival-digits").inner_text().replace(" ", "")
    member = window("member", Edition("phone")).open(f"/desk/duty/arrive/{cast.door_station.pk}/{code}/")
    turn.refresh_from_db()
    assert turn.state == "scheduled"  # looking changes nothing
    member.picture("arrive").press("I am here").reads("On duty", within=".page-sub")
    turn.refresh_from_db()
    assert (turn.state, turn.arrived_at is not None) == ("on_duty", True)
