"""`tongxin figures`: the same numbers for tools, with the ids of what is counted."""

import json

from click.testing import CliRunner
from django.utils import timezone

from tongxin.account.figures.commands import figures as command
from tongxin.kernel import figures

from .conftest import City, fill

LAST_YEAR = timezone.localdate().year - 1


def test_json_holds_value_parts_and_records(city: City) -> None:
    fill(city, 60)
    result = CliRunner().invoke(command, ["--year", str(LAST_YEAR), "--assembly", "2305", "--format", "json"])
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert list(told) == [figure.code for figure in figures.every()]
    where = figures.scope(city.city, LAST_YEAR)
    for answer in figures.answer_all(figures.every(), where):
        one = told[answer.figure.code]
        assert list(one) == ["value", "unit", "label", "numerator", "denominator", "records"]
        assert len(one["records"]) == answer.numerator
        assert one["denominator"] == answer.denominator
        assert one["value"] == (None if answer.value is None else float(answer.value))
    assert not told["F01"]["label"].isascii()
    assert told["F01"]["value"] == 2
    assert "." not in json.dumps(told["F01"]["value"])


def test_table_names_every_figure(city: City) -> None:
    result = CliRunner().invoke(command, ["--year", str(LAST_YEAR)])
    assert result.exit_code == 0
    assert all(figure.code in result.output for figure in figures.every())


def test_unknown_assembly_is_told_with_those_there_are(city: City) -> None:
    result = CliRunner().invoke(command, ["--assembly", "x"])
    assert result.exit_code == 1
    assert "2305" in result.output


def test_empty_database_is_told(db: None) -> None:
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 1
    assert "tongxin demo" in result.output
