"""The closing table of `make test` never calls a suite passed that did not run."""

import pytest

from scripts import test as runner

REPORT = '<testsuites><testsuite tests="7" failures="1" errors="1" skipped="2"/></testsuites>'


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.xml"
    path.write_text(REPORT)
    return path


def test_counts_come_from_the_report(report):
    result = runner.counted("x", report, 1, partial=False)
    assert (result.passed, result.failed, result.skipped) == (3, 2, 2)


@pytest.mark.parametrize("code", [2, 3, runner.NO_TESTS_COLLECTED, -9])
def test_a_run_that_broke_off_has_failed(tmp_path, code):
    result = runner.counted("x", tmp_path / "missing.xml", code, partial=False)
    assert (result.passed, result.failed) == (0, 1)


def test_finding_none_of_some_named_tests_is_no_failure(tmp_path):
    result = runner.counted("x", tmp_path / "missing.xml", runner.NO_TESTS_COLLECTED, partial=True)
    assert (result.passed, result.failed, result.skipped) == (0, 0, 0)


def test_a_suite_that_cannot_run_is_skipped(capsys):
    result = runner.skipped("browser", "no browser")
    assert (result.passed, result.skipped, result.note) == (0, 1, "SKIPPED: no browser")


def test_the_last_line_sums_up(capsys):
    runner.summary([runner.Result("a", 3, 1, 0), runner.Result("b", 4, 0, 2)])
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 1 failed, 2 skipped"


def test_without_browser_and_postgresql_the_rest_still_runs(monkeypatch, capsys):
    monkeypatch.setattr(runner.cluster, "programs", lambda: None)
    monkeypatch.setattr(runner.browser, "find", lambda: None)
    monkeypatch.setattr(runner, "lint", lambda: runner.Result("lint", passed=6))
    monkeypatch.setattr(runner, "pytest", lambda name, *_arguments: runner.Result(name, passed=1))
    results = {result.suite: (result.passed, result.skipped) for result in runner.run(None, [])}
    assert results == {
        "lint": (6, 0),
        "tests on SQLite": (1, 0),
        "tests on PostgreSQL": (0, 1),
        "browser on SQLite": (0, 1),
        "browser on PostgreSQL": (0, 1),
    }
    assert "apt install postgresql" in capsys.readouterr().out
