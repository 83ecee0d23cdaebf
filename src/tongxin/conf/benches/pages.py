"""`tongxin bench pages`: how fast the production server answers over many concerns, and how fast it could at best."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.test import Client

from tongxin.hear.concerns.models import Concern

from . import floor, load, rows, submitting
from .report import Report
from .serving import Served, memory, serving

WORKERS = 2
CONNECTIONS = 4
ROUNDS = 4  # page and floor take turns, so that whatever else the machine does hits both
WARM_UP = 0.5  # seconds, not counted
WITHIN = 2.0  # the p95 aimed at, as a multiple of the floor's
LOAD_GOAL = 500  # concerns a second through the bulk form of the door
FIRST = 3  # in a list the first `FIRST` requests of a process load templates; not noted

#: Requests a second on a machine of two cores, and MB of a worker: other systems over 10,000 records.
ELSEWHERE = (
    ("adhocracy+", {"list": 3, "search": 9, "submit": 51, "MB per worker": 215}),
    ("django-helpdesk (SQLite)", {"list": 11, "search": 10, "submit": 174}),
    ("two well-indexed queries alone", {"list": 613}),
)


@dataclass(frozen=True)
class Page:
    """A page to measure. `make` makes the bytes of each request; `ask` asks once within this process."""

    name: str
    path: str
    make: load.Make
    ask: Callable[[], int]
    expected: int = 200

    @property
    def method(self) -> str:
        return "GET" if self.expected == 200 else "POST"


def measure(report: Report, count: int, seconds: float) -> None:
    """Build, load, serve and measure in the database of this process's environment."""
    where = _filled(report, count)
    with serving(WORKERS) as server:
        pages = _pages(where, server)
        samples = {}
        with report.progress("measuring", len(pages)) as step:
            for page in pages:
                queries = _note(page)
                samples[page.name] = (queries, *_alternate(page, server, seconds))
                _tell(report, page, *samples[page.name])
                step(1)
        workers = memory(server.process)
    _tell_memory(report, workers)
    _show(report, count)


def _filled(report: Report, count: int) -> rows.Institution:
    report.say("building the assembly through the door …")
    where = rows.institution(lambda text: None)
    before = Concern.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    begun = time.perf_counter()
    with report.progress("loading concerns", count) as step:
        made = rows.speak(where, count, step)
    speed = made / (time.perf_counter() - begun)
    report.add("load", speed, "rows/s", LOAD_GOAL, rows=made, seconds=made / speed)
    report.say(f"{made:,} concerns through the door's bulk form: {speed:,.0f} a second (aim: {LOAD_GOAL})")
    report.say("putting them into states, past the door and in bulk (their journal holds the first step only) …")
    rows.stand(where, before)
    return where


def _pages(where: rows.Institution, server: Served) -> list[Page]:
    office, public = Client(), Client()
    office.force_login(where.office)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in office.cookies.items())
    concern = Concern.objects.filter(assembly=where.assembly, state="answered", outcomes__isnull=False).first()
    if concern is None:
        raise RuntimeError("the demo has no answered concern")
    private = {
        "queue": "/desk/concerns/",
        "concern": f"/desk/concerns/{concern.pk}/",
        "search": "/desk/search/?q=%E8%B7%AF%E7%81%AF",
    }
    open_ = {
        "home": "/",
        "figures": "/figures/",
        "speak": "/s/A001",
        "receipt": f"/r/{rows.receipt(0)}",
    }
    found = [_reading(name, path, office, server, cookies) for name, path in private.items()]
    found += [_reading(name, path, public, server, "") for name, path in open_.items()]
    order = ["home", "queue", "concern", "search", "figures", "speak", "receipt"]
    found.sort(key=lambda page: order.index(page.name))
    return [*found, _submit(server)]


def _reading(name: str, path: str, client: Client, server: Served, cookies: str) -> Page:
    return Page(name, path, requests("GET", path, server.host, cookies), lambda: client.get(path).status_code)


def _submit(server: Served) -> Page:
    form = submitting.Form("/s/A001")
    make = requests("POST", form.path, server.host, form.cookies, form.body, form.content_type)
    return Page("submit", form.path, make, form.send, 303)


def requests(
    method: str, path: str, host: str, cookies: str, body: Callable[[], bytes] = bytes, content_type: str = ""
) -> load.Make:
    """Makes requests as a browser sends them, each from another address."""
    addresses = itertools.count(1)
    headers = {"Host": host, "User-Agent": "bench", "Accept": "text/html", "Accept-Encoding": "gzip"}
    headers |= {"Cookie": cookies} if cookies else {}
    headers |= {"Content-Type": content_type} if content_type else {}

    def make() -> bytes:
        n = next(addresses)
        origin = {"X-Forwarded-For": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"}
        return load.request(method, path, headers | origin, body())

    return make


def _note(page: Page) -> int:
    """Note the SQL of the page for its bare view, once it is warm; returns how many statements."""
    for _time in range(FIRST - 1):
        page.ask()
    with floor.noting() as notes:
        status = page.ask()
    if status != page.expected:
        raise load.Unexpected(f"{page.method} {page.path}: status {status}, not {page.expected}")
    floor.keep(page.name, notes)
    return len(notes.statements)


def _alternate(page: Page, server: Served, seconds: float) -> tuple[load.Sample, load.Sample]:
    """The page and its floor, in turns."""
    connection.close()  # so that this process holds no lock and no old snapshot while others work
    bare = requests(page.method, f"/bench/{page.name}/", server.host, "")
    contenders = [(page.make, page.expected), (bare, 200)]
    samples = [load.Sample(), load.Sample()]
    for make, expected in contenders:
        load.run(server.address, make, min(WARM_UP, seconds), expected, CONNECTIONS)
    for _round in range(ROUNDS):
        for place, (make, expected) in enumerate(contenders):
            samples[place] += load.run(server.address, make, seconds / ROUNDS, expected, CONNECTIONS)
    return samples[0], samples[1]


def _tell(report: Report, page: Page, queries: int, sample: load.Sample, bare: load.Sample) -> None:
    p95, floor_p95 = sample.percentile(95), bare.percentile(95)
    report.add(
        page.name,
        p95,
        "ms",
        floor_p95,
        path=page.path,
        queries=queries,
        p50_ms=sample.percentile(50),
        p95_ms=p95,
        requests_per_second=sample.per_second,
        requests=len(sample.times),
        floor_p50_ms=bare.percentile(50),
        floor_p95_ms=floor_p95,
        floor_requests_per_second=bare.per_second,
        within=p95 <= WITHIN * floor_p95,
    )


def _tell_memory(report: Report, workers: list) -> None:
    for number, worker in enumerate(workers, 1):
        size = worker.proportional or worker.resident
        report.add(
            f"memory of worker {number}",
            size / 1e6,
            "MB",
            ELSEWHERE[0][1]["MB per worker"],
            resident_mb=worker.resident / 1e6,
            proportional_mb=worker.proportional and worker.proportional / 1e6,
        )


def _show(report: Report, count: int) -> None:
    title = f"{report.database}: {count:,} concerns, {WORKERS} workers, {CONNECTIONS} connections"
    head = ["page", "SQL", "p50 ms", "p95 ms", "req/s", "floor p50", "floor p95", "floor req/s", "p95 ÷ floor", ""]
    made = report.table(title, *head)
    for each in report.measures:
        if each.unit != "ms":
            continue
        told = each.more
        numbers = [told["p50_ms"], told["p95_ms"], told["requests_per_second"]]
        numbers += [told["floor_p50_ms"], told["floor_p95_ms"], told["floor_requests_per_second"]]
        mark = "" if told["within"] else f"over {WITHIN:g}×"
        shown = [f"{number:.1f}" for number in numbers]
        made.add_row(each.name, str(told["queries"]), *shown, f"{each.ratio or 0:.1f}", mark)
    report.show(made)
    for each in report.measures:
        if each.unit == "MB" and not report.as_json:
            report.say(f"{each.name}: {each.value:.0f} MB of its own (resident {each.more['resident_mb']:.0f} MB)")
    if not report.as_json:
        known = "; ".join(f"{who} {', '.join(f'{k} {v}' for k, v in what.items())}" for who, what in ELSEWHERE)
        report.say(f"Elsewhere, requests a second over 10,000 records: {known}")
