"""The benchmarks: their arithmetic, their load generator, and a tiny run of each."""

import json
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.db import connection, transaction

from tongxin.conf.benches import corpus, floor, load, places, report


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([5], 50, 5),
        ([5], 95, 5),
        ([3, 1, 2], 50, 2),
        (range(1, 101), 95, 95),
        (range(1, 101), 100, 100),
        ([1, 2, 3, 4], 50, 2),
        ([1, 2, 3, 4], 51, 3),
        ([1, 2, 3, 4], 0, 1),
    ],
)
def test_percentile_is_the_nearest_rank(values, percent, expected):
    assert load.percentile(list(values), percent) == expected


def test_percentile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="no values"):
        load.percentile([], 50)


def test_samples_add_up():
    whole = load.Sample([0.1, 0.2], 1.0) + load.Sample([0.3], 2.0)
    assert (whole.times, whole.seconds, whole.per_second) == ([0.1, 0.2, 0.3], 3.0, 1.0)
    assert whole.percentile(95) == pytest.approx(300)
    assert load.Sample().per_second == 0


class Answering(BaseHTTPRequestHandler):
    """Answers in every way a server may: with a length, in chunks, closing the connection, with another status."""

    protocol_version = "HTTP/1.1"
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.headers.get("X-Forwarded-For", ""))
        if self.path == "/chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"5\r\nhello\r\n")
            self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", "100000")
        if self.path == "/closing":
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"x" * 100000)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(303)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield ("127.0.0.1", server.server_address[1])
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("path", ["/", "/chunks", "/closing"])
def test_a_connection_reads_whole_answers_one_after_the_other(address, path):
    connection = load.Connection(*address)
    asked = load.request("GET", path, {"Host": "x"})
    bodies = {connection.ask(asked).body for _time in range(3)}
    connection.close()
    assert len(bodies) == 1
    assert bodies.pop() in (b"x" * 100000, b"5\r\nhello\r\n0\r\n\r\n")


def test_a_body_is_sent(address):
    connection = load.Connection(*address)
    reply = connection.ask(load.request("POST", "/", {"Host": "x"}, "路灯".encode()))
    connection.close()
    assert (reply.status, reply.body.decode()) == (303, "路灯")


def test_load_is_counted_and_ends(address):
    sample = load.run(address, lambda: load.request("GET", "/", {"Host": "x"}), 0.2, 200, connections=3)
    assert len(sample.times) >= 3
    assert 0.2 <= sample.seconds < 5
    assert sample.per_second == pytest.approx(len(sample.times) / sample.seconds)


def test_another_status_is_no_measurement(address):
    with pytest.raises(load.Unexpected, match=r"/missing.*404"):
        load.run(address, lambda: load.request("GET", "/missing", {"Host": "x"}), 0.1, 200)


def test_nobody_listening_is_an_error():
    with pytest.raises(OSError, match="refused"):
        load.run(("127.0.0.1", 9), lambda: load.request("GET", "/", {}), 0.1, 200)


@pytest.fixture
def floors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(floor.FOLDER, str(tmp_path))
    floor._kept.cache_clear()
    yield
    floor._kept.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_a_floor_runs_the_same_statements_in_the_same_transactions(floors, rf):
    from tongxin.kernel.models import TaskRun

    def work() -> None:
        list(TaskRun.objects.filter(name="x"))
        with transaction.atomic():
            TaskRun.objects.filter(name="a").update(name="b")
            with transaction.atomic():
                list(TaskRun.objects.all())
        with transaction.atomic():
            TaskRun.objects.filter(name="b").delete()

    with floor.noting() as notes:
        work()
    assert connection.force_debug_cursor is False
    blocks = [statement.block for statement in notes.statements]
    assert blocks[0] is None
    assert len(set(blocks)) == 3
    floor.keep("work", notes)
    with floor.noting() as again:
        assert floor.bare(rf.post("/bench/work/"), "work").content == b"ok"
    assert [s.sql for s in again.statements] == [s.sql for s in notes.statements]
    assert [s.block for s in again.statements] == blocks


@pytest.mark.django_db(transaction=True)
def test_a_floor_writes_rows_of_its_own(floors, rf, cast):
    from tongxin.hear.concerns.models import Concern
    from tongxin.kernel.models import Deadline, JournalEntry, SearchDocument

    with floor.noting() as notes:
        first = cast.concern()
    floor.keep("submit", notes)
    for _time in range(2):
        floor.bare(rf.post("/bench/submit/"), "submit")
    made = list(Concern.objects.exclude(pk=first.pk))
    assert len(made) == 2
    assert cast.concern().serial > first.serial, "the series goes on"
    assert len({concern.serial for concern in made}) == len({concern.receipt_index for concern in made}) == 2
    for concern in made:
        for model in (Deadline, JournalEntry, SearchDocument):
            found = model.objects.filter(record_type="concerns.concern", record_id=concern.pk)
            assert found.count() == 1, model


def test_a_measure_is_one_line_of_json(capsys):
    told = report.Report("sqlite", as_json=True)
    told.add("queue", 12.34567, "ms", 6.172835, queries=6, within=True)
    assert json.loads(capsys.readouterr().out) == {
        "name": "queue",
        "value": 12.346,
        "unit": "ms",
        "yardstick": 6.173,
        "ratio": 2.0,
        "database": "sqlite",
        "queries": 6,
        "within": True,
    }


def bench(*arguments: str) -> list[dict]:
    """Run a benchmark on the suite's own kind of database and read what it printed."""
    variables = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    kind = "postgresql" if connection.vendor == "postgresql" else "sqlite"
    command = [*places.TONGXIN, "bench", *arguments, "--database", kind, "--json"]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_pages_are_measured_beside_their_floor():
    found = {each["name"]: each for each in bench("pages", "--rows", "200", "--seconds", "0.4")}
    pages = {"home", "queue", "concern", "search", "figures", "speak", "receipt", "submit"}
    assert pages < set(found)
    assert {"load", "memory of worker 1", "memory of worker 2"} < set(found)
    assert found["load"]["rows"] == 200
    for name in pages:
        each = found[name]
        assert each["ratio"] == pytest.approx(each["p95_ms"] / each["floor_p95_ms"], rel=0.01)
        assert 0 < each["p50_ms"] <= each["p95_ms"]
        assert each["within"] is (each["ratio"] <= 2)


def test_an_import_is_measured():
    found = {each["name"]: each for each in bench("import", "--rows", "50")}
    assert found["import"]["taken"] == 50
    assert found["import"]["ratio"] == pytest.approx(found["import"]["value"] / 500, rel=0.01)


MESSAGES = ("messages_with_likes", "intake_unlabelled", "messages_with_replies", "labelled_raw")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder as `bench search` wants it, with four messages, of which two say the same."""
    said = [
        ("1", "A市A3区路灯坏了", "A3区火炬路的路灯坏了半个多月，2019年就报过，孩子放学看不见路。"),
        ("2", "A3区火炬路没有灯", "A3区火炬路的路灯坏了半个多月，2019年就报过，孩子放学看不见路。"),
        ("3", "小区物业乱收停车费", "物业未经业主同意乱收停车费和卫生费，多次反映没有结果，请查。"),
        ("4", "电梯老是停运", "加装的电梯三天两头停运，老人上不了楼，维保单位推来推去。"),
    ]
    (tmp_path / "messages").mkdir()
    for name in MESSAGES:
        table(tmp_path / "messages" / f"{name}.csv", "留言编号,留言主题,留言详情", said if name == MESSAGES[0] else [])
    table(tmp_path / "messages" / "exact_duplicates.csv", "dup_group,留言编号", [("a", "1"), ("a", "2")])
    table(
        tmp_path / "messages" / "hot_issues_silver.csv",
        "issue,留言编号,level",
        [("h", "1", "core"), ("h", "2", "core")],
    )
    table(
        tmp_path / "messages" / "labelled_tokens.csv",
        "tokens",
        [("路灯 火炬路 灯 物业 停车费",), ("电梯 停运 老人上不了",)],
    )
    table(tmp_path / "places" / "modood_areas.csv", "name", [("东城区",), ("尖山区",), ("饶河县",)])
    table(
        tmp_path / "proposals" / "proposals.csv", "rownum,reason,content", [("1", "关于路灯的建议", "建议修好路灯。")]
    )
    return tmp_path


def table(file: Path, head: str, rows: list[tuple[str, ...]]) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join([head, *(",".join(row) for row in rows)]) + "\n", "utf-8")


def test_texts_are_told_again_of_other_places_and_days(texts: Path):
    found = corpus.read(texts)
    told = list(found.told(12))
    assert [text.key for text in told[:6]] == ["1", "2", "3", "4", "proposals 1", "1/1"]
    assert told[5].body != told[0].body
    assert "A3" not in told[5].body
    assert "2018年" in told[5].body
    assert told[7].body.endswith(told[2].body), "what names no place gets one"
    assert list(found.told(12, 7)) == told[7:]
    asked = found.queries(20)
    assert asked == found.queries(20)
    assert {form for form, _query in asked} == set(corpus.FORMS)


def test_a_folder_without_the_texts_is_refused_in_words(texts: Path):
    (texts / "messages" / "exact_duplicates.csv").unlink()
    with pytest.raises(corpus.Unreadable, match="exact_duplicates"):
        corpus.read(texts)


def test_search_is_measured_beside_its_yardsticks(texts: Path):
    found = {
        each["name"]: each for each in bench("search", "--data", str(texts), "--documents", "20,60", "--queries", "20")
    }
    for size in ("20", "60"):
        assert found[f"search {size}: find"]["queries"] == 20
        assert found[f"search {size}: index"]["value"] > 0
        assert found[f"search {size}: size"]["value"] > 0
        for what in ("exact duplicates", "hot issues"):
            assert found[f"search {size}: {what} at 10"]["value"] == 1.0
        like = found[f"search {size}: {'ILIKE' if connection.vendor == 'postgresql' else 'LIKE'}"]
        assert like["finds"] == 1.0
