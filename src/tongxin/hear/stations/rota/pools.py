"""Who may take the turns of a station, and how near they are to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from datetime import date

from tongxin.insight.rota import solver
from tongxin.people.models import LeaderSector, Member
from tongxin.people.places import county_of_member
from tongxin.people.queries import in_force

from ..models import Rota, Station, StationMember
from ..models.duty import Who

LEADING = (Member.Duty.CHAIR, Member.Duty.VICE_CHAIR, Member.Duty.SECRETARY_GENERAL)
SERVES, SAME_SECTOR, SAME_COUNTY, OTHERS = 0, 1, 2, 3


def pools(rota: Rota, places: set[tuple], people: dict[int, Member], today: date) -> dict[Hashable, solver.Pool]:
    """For each station and kind of member who comes into question; a handful of queries."""
    stations = {s.pk: s for s in Station.objects.filter(pk__in={station for station, _who in places})}
    serving: dict[int, set[int]] = defaultdict(set)
    county: dict[int, set[int]] = defaultdict(set)
    posts = StationMember.objects.filter(in_force(today, end="to_on"), assembly=rota.assembly_id)
    for who_serves, where, county_id in posts.values_list("member_id", "station_id", "station__county_id"):
        serving[where].add(who_serves)
        if county_id:
            county[county_id].add(who_serves)
    living = Member.objects.filter(assembly=rota.assembly_id, state="active").annotate(of_county=county_of_member())
    for pk, lives in living.exclude(of_county=None).order_by().values_list("pk", "of_county"):
        county[lives].add(pk)
    sector: dict[int, set[int]] = defaultdict(set)
    for pk, member in people.items():
        sector[member.sector_id].add(pk)
    leads: dict[int, set[int]] = defaultdict(set)
    links = LeaderSector.objects.filter(in_force(today, end="to_on"), assembly=rota.assembly_id)
    for pk, of in links.values_list("member_id", "sector_id"):
        leads[of].add(pk)
    found: dict[Hashable, solver.Pool] = {}
    for station, who in places:
        place = stations[station]
        asked = {pk for pk, m in people.items() if (m.duty in LEADING) == (who == Who.LEADER)}
        near = place.county_id if rota.match == Rota.Match.PREFER or not place.sector_id else None
        fits: dict[int, int] = {}
        if rota.match != Rota.Match.STATION:
            fits |= dict.fromkeys(county[near] & asked if near else (), SAME_COUNTY)
            kin = leads if who == Who.LEADER else sector
            fits |= dict.fromkeys(kin[place.sector_id] & asked if place.sector_id else (), SAME_SECTOR)
        fits |= dict.fromkeys(serving[station] & asked, SERVES)
        bound = rota.match == Rota.Match.STATION or (
            rota.match == Rota.Match.REQUIRE and bool(place.sector_id or place.county_id) and who == Who.MEMBER
        )
        found[station, who] = solver.Pool(fits, "" if bound else who, OTHERS, who)
    return found
