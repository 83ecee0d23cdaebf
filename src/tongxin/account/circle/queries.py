"""Reads for the concentric circle: its tree of committees, sectors, members and constituents, and what is beside it.

A constant number of queries. A large assembly is drawn from sums by sector; its members appear when a sector is opened,
so that a page stays small whatever the assembly's size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.hear.contact.check import measuring, policy
from tongxin.hear.contact.check.lines import ANY, Asked, Check, Line
from tongxin.hear.contact.check.measuring import CELLS, COUNTS, Cell, Standard, Total
from tongxin.hear.contact.check.records import band_names, reading
from tongxin.hear.contact.models import ConstituentLink, ContactRecord
from tongxin.insight.circle import BANDS, Node
from tongxin.kernel.actor import Actor
from tongxin.kernel.personal import mask_name
from tongxin.people.models import Member

DRAWN_MEMBERS = 1200  # more are drawn as sums of their sectors
LISTED = 200  # lines of the table beside the picture; the check pages through more
IN_NEED = 5
Bands = tuple[int, ...]
NOBODY: Bands = (0,) * BANDS


@dataclass(frozen=True)
class Row:
    """A line of the table that says the same as the picture: a part, its people by band, and where it leads."""

    key: str
    label: str
    url: str
    counts: Bands
    members: int = 0
    days: int | None = None
    note: str = ""
    urls: tuple[str, ...] = ()
    remind_url: str = ""

    @property
    def people(self) -> int:
        return sum(self.counts)

    @property
    def reached(self) -> int:
        """How many of the people were contacted before the last limit."""
        return sum(self.counts[:-1])

    @property
    def share(self) -> int | None:
        """The same in percent, rounded down: 100 means everybody."""
        return self.reached * 100 // self.people if self.people else None

    @property
    def bands(self) -> list[tuple[int, int, str]]:
        """For each band: which, how many, the list of them."""
        return [(n, count, url) for n, (count, url) in enumerate(zip(self.counts, self.urls, strict=False))]


@dataclass
class Circle:
    """What one page shows. `focus` is what is zoomed into: "", "committee", "sector" or "member"."""

    actor: Actor
    focus: str
    asked: Asked
    by: Standard
    total: Total
    parts: tuple[Node, ...]
    rows: list[Row]
    title: str
    crumbs: list[tuple[str, str]]
    counts: Bands
    detailed: bool  # members are drawn one by one
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)  # key -> (address, words)
    line: Line | None = None  # the 1158 line of the member in focus
    hidden: int = 0  # lines that the table leaves to the check

    @property
    def people(self) -> int:
        return sum(self.counts)

    @property
    def share(self) -> int | None:
        return sum(self.counts[:-1]) * 100 // self.people if self.people else None

    @cached_property
    def legend(self) -> list[tuple[int, str, int, str]]:
        """For each band: which, its name, how many people, the list of them."""
        urls = _band_urls(self.asked)
        return [(n, name, self.counts[n], urls[n]) for n, name in enumerate(band_names(self.by))]

    @property
    def limit(self) -> int:
        return self.by.bands[2]

    @cached_property
    def in_need(self) -> list[Row]:
        """The parts with the smallest share of people contacted, those with most waiting first among equals."""
        waiting = [row for row in self.rows if row.counts[-1] and self.focus != "member"]
        return sorted(waiting, key=lambda row: (row.share or 0, -row.counts[-1]))[:IN_NEED]

    @property
    def fulfilled(self) -> list[tuple[Cell, int, int, str]]:
        """The method's cells: how many members fulfil each, of how many, and who does not."""
        return [
            (cell, self.total.done[cell.code], self.total.members, self.asked.address(by="member", short=cell.code))
            for cell in CELLS
            if cell.digit
        ]

    @property
    def list_url(self) -> str:
        """The members of what is shown, in the check."""
        return self.asked.address(by="member")

    @property
    def short_url(self) -> str:
        return self.asked.address(by="member", short=ANY)

    @property
    def waiting(self) -> int:
        """Concerns raised at contacts that are not answered yet."""
        return self.total.raised - self.total.answered

    @property
    def waiting_url(self) -> str:
        return self.asked.address("records", what="answers", part="open")

    @property
    def people_url(self) -> str:
        return self.asked.address("records", what="links")


def circle(actor: Actor, get: Any, today: date | None = None) -> Circle:
    """The circle for the place in the address. Raises `LookupError` when the actor sees no such place."""
    asked = Asked.read(get)
    asked = Asked(sector=asked.sector, committee=asked.committee, member=asked.member)
    if not asked.place:
        # Somebody who sees a single sector begins there.
        sectors = measuring.members(actor).order_by().values_list("sector_id", flat=True).distinct()[:2]
        asked = Asked(sector=sectors[0]) if len(sectors) == 1 else asked
    page = Check(actor, asked, today)
    total = page.totals()
    if asked.place and not total.members:
        raise LookupError(asked.place)
    focus = next((name for name in ("member", "sector", "committee") if getattr(asked, name) is not None), "")
    tree = _Tree(page, total)
    return {"": tree.whole, "committee": tree.committee, "sector": tree.sector, "member": tree.member}[focus]()


class _Tree:
    """Gathers what is drawn for one page."""

    def __init__(self, page: Check, total: Total) -> None:
        self.page, self.by, self.asked, self.total = page, page.by, page.asked, total
        self.members: QuerySet[Member] = page.members
        self.committees, self.sectors = page.named("committee"), page.named("sector")
        self.titles: dict[str, tuple[str, str]] = {}

    # The four views

    def whole(self) -> Circle:
        detailed = self.total.members <= DRAWN_MEMBERS
        sectors = self._sectors_with_members() if detailed else self._sectors_in_sums()
        groups: dict[int, list[tuple[int, Node, int]]] = defaultdict(list)
        for (committee, sector), (node, members) in sectors.items():
            groups[committee].append((sector, node, members))
        parts, rows = [], []
        for committee in _ordered(groups, self.committees):
            found = sorted(groups[committee], key=lambda item: _place(item[0], self.sectors))
            children = tuple(node for _sector, node, _members in found)
            label = self.committees.get(committee, "") or _("no committee")
            node = _joined(f"c{committee}", label, children)
            self._name(node, f"?committee={committee}", sum(n for _s, _n, n in found))
            parts.append(node)
            rows += [self._sector_row(sector, node, members, label) for sector, node, members in found]
        return self._made("", tuple(parts), rows, _("Concentric circle"), [], detailed)

    def committee(self) -> Circle:
        number = self.asked.committee or 0
        detailed = self.total.members <= DRAWN_MEMBERS
        sectors = self._sectors_with_members() if detailed else self._sectors_in_sums()
        found = sorted(sectors.items(), key=lambda item: _place(item[0][1], self.sectors))
        rows = [self._sector_row(sector, node, members) for (_c, sector), (node, members) in found]
        title = self.committees.get(number, "") or _("no committee")
        parts = tuple(node for _key, (node, _members) in found)
        return self._made("committee", parts, rows, title, [("", _("all"))], detailed)

    def sector(self) -> Circle:
        number = self.asked.sector or 0
        found = self._sectors_with_members()
        nodes = [child for node, _members in found.values() for child in node.children]
        committee = next((key[0] for key in found), 0)
        crumbs = [("", _("all")), (f"?committee={committee}", self.committees.get(committee, "") or _("no committee"))]
        rows = [self._member_row(node) for node in nodes]
        return self._made("sector", tuple(nodes), rows, self.sectors.get(number, ""), crumbs, True)

    def member(self) -> Circle:
        found = self._sectors_with_members()
        (committee, sector), (node, _members) = next(iter(found.items()))
        own = node.children[0]
        crumbs = [
            ("", _("all")),
            (f"?committee={committee}", self.committees.get(committee, "") or _("no committee")),
            (f"?sector={sector}", self.sectors.get(sector, "")),
        ]
        parts, rows = self._people()
        made = self._made("member", parts, rows, own.label, crumbs, True)
        row = next(iter(measuring.measured(self.members, self.by).select_related("person", "sector")))
        made.line = self.page.member_line(row, self.page.reminders([row]).get(row.pk))
        return made

    def _made(
        self, focus: str, parts: tuple[Node, ...], rows: list[Row], title: str, crumbs: list, detailed: bool
    ) -> Circle:
        counts = _added(part.counts for part in parts)
        hidden = max(len(rows) - LISTED, 0)
        return Circle(
            self.page.actor, focus, self.asked, self.by, self.total, parts, rows, title, crumbs, counts, detailed,
            self.titles, None, hidden,
        )  # fmt: skip

    # What the rings are made of

    def _sectors_with_members(self) -> dict[tuple[int, int], tuple[Node, int]]:
        """(committee, sector) -> the sector with each of its members; two queries."""
        last = ContactRecord.objects.filter(member=OuterRef("pk"), state__in=COUNTS).order_by("-on").values("on")[:1]
        found = self.members.order_by("sector__position", "sector_id", "pk").annotate(
            committee_now=measuring.committee_of_sector(self.by.today), newest=Subquery(last)
        )
        people = self._bands_of_members()
        groups: dict[tuple[int, int], list[Node]] = defaultdict(list)
        for pk, sector, committee, name, newest in found.values_list(
            "pk", "sector_id", "committee_now", "person__name", "newest"
        ):
            bands = tuple(sorted(people.get(pk, ())))
            node = Node(f"m{pk}", name, 1, _counted(bands), self.by.band(newest), people=bands)
            days = None if newest is None else (self.by.today - newest).days
            self.titles[node.key] = (f"?member={pk}", " · ".join((name, _people(len(bands)), _days(days))))
            groups[committee or 0, sector].append(node)
        return {key: (self._sector_node(key[1], tuple(nodes), len(nodes)), len(nodes)) for key, nodes in groups.items()}

    def _bands_of_members(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        links = ConstituentLink.objects.filter(member__in=self.members.order_by().values("pk"), to_on=None)
        for member, last_on in links.values_list("member_id", "last_on"):
            found[member].append(self.by.band(last_on))
        return found

    def _sectors_in_sums(self) -> dict[tuple[int, int], tuple[Node, int]]:
        """The same without the members; two queries, whatever their number."""
        rows = self.members.order_by().annotate(committee_now=measuring.committee_of_sector(self.by.today))
        sizes = rows.values_list("sector_id", "committee_now").annotate(n=Count("pk"))
        links = ConstituentLink.objects.filter(member__in=self.members.order_by().values("pk"), to_on=None).order_by()
        bands = {f"band_{n}": Count("pk", filter=self.by.in_band(n)) for n in range(BANDS)}
        lines: Any = links.values_list("member__sector_id").annotate(**bands)
        counted = {sector: tuple(numbers) for sector, *numbers in lines}
        found = {}
        for sector, committee, n in sizes:
            node = self._sector_node(sector, (), n, counted.get(sector, NOBODY))
            found[committee or 0, sector] = (node, n)
        return found

    def _sector_node(self, sector: int, children: tuple[Node, ...], members: int, counts: Bands = NOBODY) -> Node:
        label = self.sectors.get(sector, "")
        node = _joined(f"s{sector}", label, children) if children else Node(f"s{sector}", label, members, counts)
        self._name(node, f"?sector={sector}", members)
        return node

    def _people(self) -> tuple[tuple[Node, ...], list[Row]]:
        """The people of the member in focus, the freshest first; names stay masked, and out of whatever the register
        does not show to the actor."""
        current = ConstituentLink.objects.filter(member__in=self.members.values("pk"), to_on=None)
        links = reading(current, self.page.actor)
        parts, rows = [], []
        for link in links.select_related("constituent", "constituent__county").order_by("-last_on", "pk"):
            band = self.by.band(link.last_on)
            days = None if link.last_on is None else (self.by.today - link.last_on).days
            name = (mask_name(link.constituent.name) or str(link.constituent)) if link.may_read else _("a constituent")
            node = Node(f"p{link.pk}", name, 1, _counted((band,)), band, people=(band,))
            self.titles[node.key] = ("", f"{name} · {_days(days)}")
            parts.append(node)
            told = (link.constituent.place, link.constituent.occupation) if link.may_read else ()
            note = " · ".join(filter(None, told))
            url = link.constituent.get_absolute_url() if link.may_read else ""
            rows.append(Row(node.key, name, url, node.counts, 0, days, note))
        order = sorted(range(len(parts)), key=lambda n: (parts[n].band or 0, n))
        return tuple(parts[n] for n in order), [rows[n] for n in order]

    # Rows and words

    def _sector_row(self, sector: int, node: Node, members: int, committee: str = "") -> Row:
        about = Asked(sector=sector)
        probe = Member(assembly=self.page.actor.assembly, sector_id=sector)
        may = policy.REMIND(self.page.actor) and policy.remind.allows(self.page.actor, probe)
        remind = about.address("remind", back=reverse("circle:index")) if may else ""
        return Row(
            node.key, node.label, f"?sector={sector}", node.counts, members, None, committee, _band_urls(about), remind
        )

    def _member_row(self, node: Node) -> Row:
        pk = int(node.key[1:])
        url, title = self.titles[node.key]
        back = f"{reverse('circle:index')}?sector={self.asked.sector}"
        may = policy.REMIND(self.page.actor)
        about = Asked(member=pk)
        remind = about.address("remind", back=back) if may else ""
        days = title.rsplit(" · ", 1)[-1]
        return Row(node.key, node.label, url, node.counts, 1, None, days, _band_urls(about), remind)

    def _name(self, node: Node, url: str, members: int) -> None:
        people, reached = sum(node.counts), sum(node.counts[:-1])
        share = f"{reached * 100 // people}%" if people else "–"
        told = ngettext("%(n)d member", "%(n)d members", members) % {"n": members}
        within = _("%(share)s within %(days)d days") % {"share": share, "days": self.by.bands[2]}
        self.titles[node.key] = (url, " · ".join((node.label, told, _people(people), within)))


def _joined(key: str, label: str, children: tuple[Node, ...]) -> Node:
    return Node(key, label, sum(child.size for child in children), _added(child.counts for child in children),
                children=children)  # fmt: skip


def _added(counts: Iterable[Bands]) -> Bands:
    found = NOBODY
    for each in counts:
        found = tuple(a + b for a, b in zip(found, each, strict=True))
    return found


def _counted(bands: Bands) -> Bands:
    return tuple(bands.count(band) for band in range(BANDS))


def _band_urls(asked: Asked) -> tuple[str, ...]:
    return tuple(asked.address("records", what="links", part=str(band)) for band in range(BANDS))


def _place(key: int, known: dict[int, str]) -> tuple[int, int]:
    """The place in the order of the names; what has no name comes last."""
    order = list(known)
    return (order.index(key) if key in known else len(order), key)


def _ordered(groups: Iterable[int], known: dict[int, str]) -> list[int]:
    return sorted(groups, key=lambda key: _place(key, known))


def _people(n: int) -> str:
    return ngettext("%(n)d constituent", "%(n)d constituents", n) % {"n": n}


def _days(days: int | None) -> str:
    if days is None:
        return _("no contact yet")
    if days == 0:
        return _("contact today")
    return ngettext("contact %(n)d day ago", "contact %(n)d days ago", days) % {"n": days}
