"""The demo's data files hold together: references resolve, nothing is said twice, texts have a sensible length."""

import csv
import tomllib
from importlib import resources
from itertools import chain
from typing import Any

import pytest

DATA = resources.files("tongxin.conf") / "demo_data"
SECTORS = resources.files("tongxin.people") / "data"
HANDLED = {"body", "result", "outcome", "answer", "note", "rating"}
NEEDS = {
    "handled": HANDLED,
    "direct": HANDLED - {"body"},
    "referred": {"channel", "explanation", "elsewhere"},
    "declined": {"reason", "explanation", "elsewhere"},
}


def toml(folder: Any, name: str) -> dict[str, Any]:
    return tomllib.loads((folder / f"{name}.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def people() -> dict[str, Any]:
    return toml(DATA, "people")


@pytest.fixture(scope="module")
def sectors() -> list[dict[str, Any]]:
    return toml(SECTORS, "sectors_demo")["sector"]


@pytest.fixture(scope="module")
def concerns() -> dict[str, Any]:
    return toml(DATA, "concerns")


def test_sectors(people: dict[str, Any], sectors: list[dict[str, Any]]) -> None:
    national = {sector["code"] for sector in toml(SECTORS, "sectors_national")["sector"]}
    assert (len(national), len(sectors), sum(s["seats"] for s in sectors)) == (34, 24, 240)
    assert all(s["national"] in national and s.get("national_also", s["national"]) in national for s in sectors)
    looked_after = list(chain.from_iterable(committee["sectors"] for committee in people["committee"]))
    assert len(people["committee"]) == 6
    assert sorted(looked_after) == sorted(s["code"] for s in sectors)


def test_people(people: dict[str, Any], sectors: list[dict[str, Any]]) -> None:
    codes = {s["code"] for s in sectors}
    assert codes == set(people["posts"]) == set(people["entrepreneurs"])
    assert len(people["surnames"]) >= 100
    assert all(len(set(pool)) == len(pool) >= 100 for pool in people["given"].values())
    for table in ("county", "body", "committee"):
        assert len({row["code"] for row in people[table]}) == len(people[table])
    assert len({account["login"] for account in people["account"]}) == 11


def test_stations(people: dict[str, Any], sectors: list[dict[str, Any]]) -> None:
    rows = list(csv.DictReader((DATA / "stations.csv").read_text("utf-8").splitlines()))
    assert len(rows) == len({row["code"] for row in rows}) == len({row["name"] for row in rows}) == 76
    assert (rows[0]["code"], rows[0]["name"]) == ("A001", "尖山区八马路联络站")
    assert {row["county"] for row in rows} == {county["code"] for county in people["county"]}
    assert {row["sector"] for row in rows} <= {s["zh"] for s in sectors} | {""}
    assert {row["setup_style"] for row in rows} == {"融入", "下沉", "叠加"}
    assert all("2021-01-01" <= row["opened_on"] <= "2024-06-30" for row in rows)


def test_concerns(concerns: dict[str, Any], people: dict[str, Any], sectors: list[dict[str, Any]]) -> None:
    words = toml(DATA, "topics")
    bodies = {body["code"] for body in people["body"]}
    every = concerns["concern"] + concerns["fresh"]
    assert len(concerns["concern"]) >= 140
    assert len(concerns["fresh"]) == 40
    assert len({row["text"] for row in every}) == len({row["title"] for row in every}) == len(every)
    for row in every:
        assert len(row["title"]) <= 24, row["title"]
        assert 15 <= len(row["text"]) <= 220, row["title"]
        assert row["topic"] in {topic["code"] for topic in words["topic"]}, row["title"]
        assert row["sector"] in {s["zh"] for s in sectors}, row["title"]
        assert row["county"] in {county["code"] for county in people["county"]}, row["title"]
        assert row.get("body") in bodies | {None}, row["title"]
        assert row["severity"] in {1, 2, 3}, row["title"]
    for row in concerns["concern"]:
        assert NEEDS[row["kind"]] <= set(row), row["title"]
        assert row.get("reason") in {reason["code"] for reason in words["reason"]} | {None}, row["title"]


def test_what_is_raised_at_contacts(people: dict[str, Any], sectors: list[dict[str, Any]]) -> None:
    raised, words = toml(DATA, "contact")["raised"], toml(DATA, "topics")
    assert len({row["text"] for row in raised}) == len(raised)
    for row in raised:
        assert 15 <= len(row["text"]) <= 220, row["text"]
        assert row["sector"] in {sector["code"] for sector in sectors}, row["text"]
        assert row["topic"] in {topic["code"] for topic in words["topic"]}, row["text"]
        assert row.get("body") in {body["code"] for body in people["body"]} | {None}, row["text"]
        assert "days" not in row or NEEDS[row["kind"]] - {"note"} <= set(row), row["text"]


def test_groups(concerns: dict[str, Any]) -> None:
    groups = [row["group"] for row in concerns["concern"] if "group" in row]
    assert len(set(groups)) == 8
    assert all(2 <= groups.count(group) <= 4 for group in groups)


def test_research(people: dict[str, Any], sectors: list[dict[str, Any]]) -> None:
    research = toml(DATA, "research")
    reports = research["past"] + research["fresh"]
    assert len(research["past"]) == 13
    assert len({row["key"] for row in reports}) == len({row["title"] for row in reports}) == len(reports)
    assert sum(bool(row.get("profile")) for row in research["honour"]) == 1
    for row in reports:
        assert len(row["title"]) <= 80, row["title"]
        assert row["committee"] in {committee["code"] for committee in people["committee"]}, row["title"]
        assert row.get("sector") in {s["zh"] for s in sectors} | {None}, row["title"]
        assert all(len(visit) == 3 and visit[1] > 0 for visit in row["visits"]), row["title"]
        assert row["visits"] or row["key"] == "f08", "what is handed in has been out"
