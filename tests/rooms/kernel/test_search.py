"""Search: what is found, by whom, and that the index follows every record until nothing of it is left."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import Cast
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import door, search, textindex
from tongxin.kernel.actor import holder, public
from tongxin.kernel.models import SearchDocument
from tongxin.kernel.receipts import receipt_for, receipt_index
from tongxin.kernel.search import engine, newest

pytestmark = pytest.mark.django_db

LAMPS = "八马路小学门口的路灯坏了半个多月，孩子放学看不见路。"


def marked(pieces: list) -> list[str]:
    return [piece.text for piece in pieces if piece.found]


def told(cast: Cast, text: str, token: str) -> dict:
    return {"text": text, "assembly": cast.city, "receipt_index": receipt_index(receipt_for(token))}


# What is found


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (LAMPS, "路灯"),
        (LAMPS, "灯"),
        (LAMPS, "路灯坏了"),
        (LAMPS, "孩子 路灯"),
        (LAMPS, "孩子，路灯！"),
        (LAMPS, "“路灯坏了半个”"),
        (LAMPS, '"门口的路灯"'),
        (LAMPS, "「看不见路」"),
        (LAMPS, "路燈壞了"),
        ("小區電梯壞了，醫療費報銷也沒人管。", "电梯"),
        ("小區電梯壞了，醫療費報銷也沒人管。", "医疗 报销"),
        ("裏面的綫路老化，衆人説過。", "里面 线路 众人"),
        ("Ａ３区火炬路的ＷｉＦｉ断了", "A3区"),
        ("A3区火炬路的WiFi断了", "ａ３区　ｗｉｆｉ"),
        ("A3区火炬路的WiFi断了", "wi"),
        ("拨打12345没有人接", "12345"),
        ("𠮷野家旁边的㐂字招牌要掉了", "𠮷野"),
        ("𠮷野家旁边的㐂字招牌要掉了", "𠮷"),
        ("𠮷野家旁边的㐂字招牌要掉了", "㐂"),
        ("新字鿕鿖也要找得到", "鿕鿖"),
        ("生僻地名𬱖家沟的桥塌了", "𬱖"),
        ("café门口的积水", "café"),
    ],
)
def test_found(cast: Cast, text: str, asked: str) -> None:
    concern = cast.concern(text)
    cast.concern("与此毫不相干。", token="other")
    assert [hit.record_id for hit in search.find(cast.actor("office"), asked)] == [concern.pk]
    assert list(search.matching(Concern.objects.all(), asked)) == [concern]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (LAMPS, "路灯 电梯"),
        (LAMPS, "灯路"),
        (LAMPS, "“路灯半个”"),
        ("路灯坏。灯坏了，坏了", "“路灯坏了”"),
        ("A3和B区", "A3区"),
        ("B区的3A", "A3区"),
        ("wifi", "if"),
        ("一二三", "四"),
    ],
)
def test_not_found(cast: Cast, text: str, asked: str) -> None:
    cast.concern(text)
    assert not search.find(cast.actor("office"), asked)
    assert not search.matching(Concern.objects.all(), asked)


@pytest.mark.parametrize("asked", ["，。！", "“”", "%", "_", "\x00"])
def test_punctuation_alone_finds_nothing_anywhere(cast: Cast, asked: str) -> None:
    cast.concern()
    assert search.wordless(asked)
    assert not search.find(cast.actor("office"), asked).hits
    assert not search.matching(Concern.objects.all(), asked).exists()


@pytest.mark.parametrize("asked", ["", "  "])
def test_an_empty_text_finds_nothing_and_narrows_no_list(cast: Cast, asked: str) -> None:
    concern = cast.concern()
    assert not search.wordless(asked)
    assert not search.find(cast.actor("office"), asked).hits
    assert list(search.matching(Concern.objects.all(), asked)) == [concern]


@pytest.mark.parametrize(
    "asked", ["'", "路灯' OR 1=1 --", '"路灯', "路灯:*", "\\路灯", "路灯 AND NOT", "NEAR(路灯)", "§"]
)
def test_the_engines_own_language_is_not_spoken(cast: Cast, asked: str) -> None:
    concern = cast.concern()
    assert {hit.record_id for hit in search.find(cast.actor("office"), asked)} <= {concern.pk}


def test_numbers_and_titles_are_found_and_the_newest_come_first(cast: Cast) -> None:
    first, second = cast.concern(), cast.concern("路灯又坏了一盏。", token="b")
    found = search.find(cast.actor("office"), "路灯")
    assert [hit.record_id for hit in found] == [second.pk, first.pk]
    assert [hit.record_id for hit in search.find(cast.actor("office"), first.number)] == [first.pk]


def test_the_newest_day_comes_first_however_late_it_was_written_down(cast: Cast, monkeypatch) -> None:
    today = timezone.now()
    days = [5, 0, 9, 2, 2, 7]
    rows = [
        told(cast, f"第{n}盏路灯坏了。", f"n{n}") | {"_at": today - timedelta(days=day)} for n, day in enumerate(days)
    ]
    door.begin_many(CONCERNS, "speak", public(), rows)
    made = list(Concern.objects.order_by("pk"))
    assert [(today - concern.said_at).days for concern in made] == days
    expected = [concern.pk for concern in sorted(made, key=lambda concern: (concern.said_at, concern.pk), reverse=True)]
    office = cast.actor("office")

    def found(text: str = "路灯", **how: int) -> list[int]:
        return [hit.record_id for hit in search.find(office, text, **how)]  # type: ignore[arg-type]

    assert found() == found("路灯 坏了") == expected
    monkeypatch.setattr("tongxin.kernel.search.finding.MOST", 3)
    assert found(limit=2) + found(limit=2, start=2) == expected[:3]
    textindex.analyse(connection)  # PostgreSQL now knows how common the word is, and walks from the newest
    assert found(limit=3) == expected[:3]


def spoken_on_days(cast: Cast, days: list[int]) -> list[int]:
    """Concerns of so many days ago, each with the word 路灯, in the order in which they are to be found."""
    today = timezone.now()
    rows = [
        told(cast, f"第{n}盏路灯坏了。", f"{d}-{n}") | {"_at": today - timedelta(days=d)} for n, d in enumerate(days)
    ]
    door.begin_many(CONCERNS, "speak", public(), rows)
    made = Concern.objects.order_by("-said_at", "-pk")
    return list(made.values_list("pk", flat=True))


@pytest.mark.parametrize("few", [newest.FEW, 10**6], ids=["one span after the other", "the rest at once"])
def test_every_span_of_time_is_looked_through_once(cast: Cast, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A week, eight and sixty-four of them: whatever the day, nothing is left out, told twice or out of order."""
    monkeypatch.setattr(newest, "FEW", few)
    spans = [7, 14, 56, 112, 448, 896]
    days = [*range(20), *(span + n for span in spans for n in (-8, -7, -1, 0, 1, 6, 7)), 3000, 9000, 5, 60]
    expected = spoken_on_days(cast, days)
    office = cast.actor("office")
    SearchDocument.objects.filter(record_id=expected[-1]).update(on=None)
    for asked in ("路灯", "路灯 坏了", "“路灯坏了”", "灯"):
        assert [hit.record_id for hit in search.find(office, asked, limit=100)] == expected, asked


def test_no_more_is_asked_however_much_is_found(cast: Cast, django_assert_num_queries) -> None:
    office = cast.actor("office")
    for days in ([1], list(range(0, 900, 30))):
        spoken_on_days(cast, days)
        with django_assert_num_queries(2):
            assert search.find(office, "路灯", limit=8).hits


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's index gives the newest first by itself")
def test_older_times_are_left_alone_when_the_newest_hold_enough(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongxin.kernel.search.finding.MOST", 3)
    spoken_on_days(cast, [0, 0, 1, 1, 2, *range(100, 1000, 20)])
    statements: list[tuple[str, list]] = []
    rows = engine.rows
    monkeypatch.setattr(engine, "rows", lambda *statement: (statements.append(statement), rows(*statement))[1])
    for asked, few, slices in (("路灯", newest.FEW, 1), ("第3盏路灯", newest.FEW, 2), ("第3盏路灯", 0, 4)):
        monkeypatch.setattr(newest, "FEW", few)
        statements.clear()
        assert search.find(cast.actor("office"), asked)
        ((sql, params),) = statements
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
            plan = json.dumps(cursor.fetchone()[0])
        (looked,) = re.findall(r'"Node Type": "Append".*?"Actual Rows": (\d+).*?"Actual Loops": (\d+)', plan)
        assert int(looked[0]) * int(looked[1]) == slices, asked


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite compiles no statements")
def test_no_search_waits_for_its_statement_to_be_compiled(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


def test_a_record_whose_day_changes_changes_its_place(cast: Cast) -> None:
    first, second = cast.concern(), cast.concern("路灯又坏了一盏。", token="b")
    before = search.words(second)
    second.said_at -= timedelta(days=40)
    second.save()
    search.follow(second, before)
    office = cast.actor("office")
    assert [hit.record_id for hit in search.find(office, "路灯")] == [first.pk, second.pk]
    SearchDocument.objects.filter(record_id=second.pk).delete()
    assert [hit.record_id for hit in search.find(office, "路灯")] == [first.pk]


def test_what_has_no_day_is_told_by_its_making(cast: Cast) -> None:
    concern = cast.concern("八马路的路灯坏了。")
    SearchDocument.objects.filter(record_id=concern.pk, record_type=Concern.label()).update(on=None)
    dated = cast.concern("八马路的井盖丢了。", token="b", state="triaged")
    again = cast.concern("八马路的护栏断了。", token="c")
    SearchDocument.objects.filter(record_id=again.pk, record_type=Concern.label()).update(on=None)
    hits = [h.record_id for h in search.find(cast.actor("office"), "八马路", of=Concern.label())]
    assert hits == [dated.pk, again.pk, concern.pk]


def test_what_was_looked_for_is_marked_as_it_was_written(cast: Cast) -> None:
    cast.concern("前" * 200 + "。這裡說到Ａ３區的路燈壞了。" + "后" * 200)
    (hit,) = search.find(cast.actor("office"), "A3区 路灯")
    assert marked(hit.passage) == ["Ａ３區", "路燈"]
    shown = "".join(piece.text for piece in hit.passage)
    assert shown.startswith("…")
    assert shown.endswith("…")


def test_hits_are_narrowed_by_state_day_and_sector(cast: Cast) -> None:
    old = cast.concern(state="triaged")
    Concern.objects.filter(pk=old.pk).update(said_at=timezone.now() - timedelta(days=30))
    search.index(Concern.objects.get(pk=old.pk))
    new = cast.concern("路灯又坏了一盏。", token="new")
    office = cast.actor("office")
    month = timezone.localdate() - timedelta(days=10)

    def ids(**narrowed: object) -> list[int]:
        return [hit.record_id for hit in search.find(office, "路灯", **narrowed)]  # type: ignore[arg-type]

    assert ids(standing="triaged") == [old.pk]
    assert ids(standing="recorded") == [new.pk]
    assert ids(standing="no such") == []
    assert ids(since=month) == [new.pk]
    assert ids(until=month) == [old.pk]
    assert ids(sector=cast.other_sector.pk) == []
    assert ids(sector=cast.sector.pk) == [new.pk, old.pk]


def test_counting_stops_and_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongxin.kernel.search.finding.MOST", 3)
    for n in range(5):
        cast.concern(f"第{n}盏路灯坏了。", token=str(n))
    found = search.find(cast.actor("office"), "路灯", limit=2)
    assert (len(found.hits), found.counts) == (2, {"concerns.concern": 4})
    assert len(search.find(cast.actor("office"), "路灯", limit=2, start=2).hits) == 1


# By whom


def test_everybody_finds_what_they_may_see_and_the_counts_tell_of_nothing_else(cast: Cast) -> None:
    ours = cast.concern(state="referred")
    without = {"station": None, "sector": None}
    portal = cast.concern("门户上说的路灯。", token="portal", **without)
    heard = door.begin(
        CONCERNS, "write_down", cast.actor("member"), {"text": "委员听到的路灯。", "assembly": cast.city}
    )
    sees = {
        "office": {ours.pk, portal.pk, heard.pk},
        "leader": {ours.pk, portal.pk, heard.pk},
        "member": {heard.pk},
        "committee": {ours.pk},
        "station": {ours.pk},
        "county": {ours.pk},
        "body": {ours.pk},
        "stranger": set(),
        "admin": set(),
        "supervisor": set(),
    }
    for who, expected in sees.items():
        found = search.find(cast.actor(who), "路灯")
        concerns = {hit.record_id for hit in found if hit.kind.key == "concerns.concern"}
        assert concerns == expected, who
        assert found.counts.get("concerns.concern", 0) == len(expected), who
    assert not search.find(public(cast.city), "路灯")
    assert {hit.record_id for hit in search.find(holder(ours.receipt_index, cast.city), "路灯")} == {ours.pk}


def test_a_body_is_not_told_whether_the_person_was_satisfied(cast: Cast) -> None:
    concern = cast.concern(state="disputed")
    body = cast.actor("body")
    assert not search.find(body, "路灯", standing="disputed")
    (hit,) = search.find(body, "路灯", standing="replied")
    assert (hit.record_id, hit.standing and hit.standing.key) == (concern.pk, "replied")
    (seen,) = search.find(cast.actor("office"), "路灯", standing="disputed")
    assert seen.standing is not None
    assert seen.standing.key == "disputed"


# The index follows


# Rebuilding


# Likeness
