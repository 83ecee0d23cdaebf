"""The stations of the demo, opened on their days, with members who serve there."""

from __future__ import annotations

import csv
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from tongxin.kernel import door
from tongxin.kernel.actor import Actor, system
from tongxin.kernel.demo import Demo
from tongxin.people import accounts, roles
from tongxin.people.models import Assembly, Member, Sector, Term

from ..models import Station
from ..workflow.places import STATIONS

SET_UP = {"融入": Station.SetUp.MERGED, "下沉": Station.SetUp.SUNK, "叠加": Station.SetUp.STACKED}
LEAD_DAYS = 30  # from the decision to the opening


def build(demo: Demo) -> None:
    """As many stations as the profile says; the keeper's account gets the first one."""
    city = demo.made["assembly"]
    by = system("演示", city)
    rows = list(csv.DictReader(demo.text("stations.csv").splitlines()))
    counties = {county.code: county for county in Assembly.objects.filter(parent=city)}
    sectors = {sector.name: sector for sector in Sector.objects.filter(assembly=city)}
    began = Term.objects.filter(assembly=city).order_by("from_on").values_list("from_on", flat=True)[0]
    members = list(Member.objects.filter(assembly=city, state="active").select_related("person").order_by("pk"))
    made = []
    for row in _as_many(rows, demo.profile.get("figures", {}).get("F06", {})):
        station = _station(row, counties.get(row["county"]), sectors.get(row["sector"]), began, by)
        _post(station, _members_for(demo, station, members), began, by)
        made.append(station)
    demo.made["stations"] = made
    demo.say(f"联络站 {len(made)} 个")
    keeper = demo.made.get("users", {}).get("station")
    if keeper and made:
        accounts.grant(keeper, roles.STATION, by, scope=made[0].pk, now=demo.now)


def _as_many(rows: list[dict[str, str]], figure: dict[str, Any]) -> list[dict[str, str]]:
    """The rows for the profile's number: the first ones, or further stations after the last; all open by its year."""
    wanted = int(figure.get("value", len(rows)))
    last_day = date(int(figure.get("year", 9999)), 6, 30).isoformat()
    found = []
    for n in range(wanted):
        row, again = rows[n % len(rows)], n // len(rows)
        more = {"code": f"A{n + 1:03d}", "name": f"{row['name']}（{again + 1}）"} if again else {}
        found.append({**row, **more, "opened_on": min(row["opened_on"], last_day)})
    return found


def _station(row: dict[str, str], county: Any, sector: Any, began: date, by: Actor) -> Station:
    """No station is older than the records: those of before opened in their first months."""
    opened = date.fromisoformat(row["opened_on"])
    if opened < began + timedelta(days=LEAD_DAYS):
        opened = began + timedelta(days=LEAD_DAYS + int(row["code"][1:]) % 90)
    planned = opened - timedelta(days=LEAD_DAYS)
    told: dict[str, Any] = {name: row[name] for name in ("code", "name", "street", "address", "host_unit", "hours")}
    told |= {"county": county, "sector": sector, "set_up": SET_UP[row["setup_style"]]}
    told |= {"functions": row["functions"].split(";")}
    station = door.begin(STATIONS, "plan", by, told, now=_morning(planned))
    return door.perform(station, "open", by, {"on": opened}, now=_morning(opened) + timedelta(hours=1))


def _members_for(demo: Demo, station: Station, members: list[Member]) -> list[Member]:
    """One to three: of the station's sector where it has one."""
    fitting = [m for m in members if station.sector_id in (None, m.sector_id)] or members
    return demo.random.sample(fitting, min(len(fitting), demo.random.choice((1, 2, 2, 3))))


def _post(station: Station, chosen: list[Member], began: date, by: Actor) -> None:
    """The first of them is in charge."""
    day = max(station.opened_on or began, began)
    for n, member in enumerate(chosen):
        told = {"member": member, "part": "resident" if n else "head", "on": day}
        door.perform(station, "post", by, told, now=_morning(day) + timedelta(hours=2 + n))


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9, 30)))
