"""Run everything that proves the product: lint, the test suite on SQLite and on PostgreSQL, and in a real browser.

    python scripts/test.py [--only lint|sqlite|postgres|browser] [arguments for pytest …]

A failing suite does not stop the next one. What cannot run here is reported as skipped, never as passed. The last
line sums everything up; the exit code is 1 when anything failed.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import browser
import office
from tongxin.conf.benches import cluster

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
WORKERS = str(min(4, os.cpu_count() or 1))
BROWSERS = str(min(2, os.cpu_count() or 1))  # each with a window of its own and the server it looks at
PLAIN = os.environ.get("CI") == "true" or not sys.stdout.isatty()
NO_TESTS_COLLECTED = 5
LINTS = {
    "style": ["ruff", "check", "."],
    "formatting": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "layers": ["lint-imports"],
    "translations": ["python", "scripts/messages.py", "--check"],
    "migrations": ["django-admin", "makemigrations", "--check", "--dry-run"],
    "workflow pages": ["python", "scripts/workflows.py", "--check"],
}


@dataclass
class Result:
    """What a suite came to; `note` says why it was skipped or broke off."""

    suite: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    note: str = ""


def heading(text: str) -> None:
    """Begin a part of the output."""
    line = f"=== {text} " + "=" * max(3, 96 - len(text))
    print(f"\n{line}" if PLAIN else f"\n\033[1m{line}\033[0m", flush=True)


# What the machine must have ------------------------------------------------------------------------------------------


def install_what_is_missing(only: str | None) -> None:
    """On Debian as root fetch browser, office, Chinese fonts and PostgreSQL; elsewhere leave the machine alone."""
    needs_browser, needs_postgres = only in {None, "browser"}, only in {None, "postgres", "browser"}
    missing = office.lacking() if only in {None, "sqlite", "postgres"} else []
    if needs_browser and not browser.find():
        missing.append("chromium")
    if needs_browser and not browser.has_chinese_font():
        missing += ["fontconfig", "fonts-noto-cjk"]
    if needs_postgres and not cluster.programs():
        missing.append("postgresql")
    if not missing or os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return
    heading(f"Installing {', '.join(missing)}")
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdin": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update", "-qq"], **quiet)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *dict.fromkeys(missing)], **quiet)


# Suites --------------------------------------------------------------------------------------------------------------


def environment(database: str | None) -> dict[str, str]:
    """The caller's environment with the suite's database; without one, SQLite."""
    chosen = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    if database:
        chosen["DATABASE_URL"] = database
    return chosen


def lint() -> Result:
    """Every static check; the output of those that fail is shown."""
    heading("lint")
    started, result = time.monotonic(), Result("lint")
    with tempfile.TemporaryDirectory(prefix="tongxin-lint-") as data:
        variables = environment(None) | {"DJANGO_SETTINGS_MODULE": "tongxin.conf.settings", "TONGXIN_DATA_DIR": data}
        for name, command in LINTS.items():
            done = subprocess.run(
                [str(BIN / command[0]), *command[1:]],
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            result.passed += done.returncode == 0
            result.failed += done.returncode != 0
            print(f"{name}: fails\n{done.stdout}" if done.returncode else f"{name}: ok", flush=True)
    result.seconds = time.monotonic() - started
    return result


def pytest(name: str, marker: str, workers: str, database: str | None, extra: list[str]) -> Result:
    """Run the tests with the marker on a database; their output goes straight to the terminal."""
    heading(name)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tongxin-report-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-m", marker, "-n", workers, "-rs", f"--junit-xml={report}"]
        command += [f"--color={'no' if PLAIN else 'auto'}", *extra]
        code = subprocess.run(
            command, cwd=ROOT, env=environment(database), stdin=subprocess.DEVNULL, check=False
        ).returncode
        result = counted(name, report, code, partial=bool(extra))
    result.seconds = time.monotonic() - started
    return result


def counted(name: str, report: Path, code: int, partial: bool) -> Result:
    """Read pytest's report. `partial`: only some tests were asked for, so that finding none is no failure."""
    result = Result(name)
    if report.exists():
        for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own report
            number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
            result.failed += number["failures"] + number["errors"]
            result.skipped += number["skipped"]
            result.passed += max(0, number["tests"] - number["failures"] - number["errors"] - number["skipped"])
    if code == NO_TESTS_COLLECTED and partial:
        result.note = "no such tests here"
    elif code and not result.failed:
        result.failed, result.note = 1, f"pytest broke off with exit code {code}"
    return result


def run(only: str | None, extra: list[str]) -> list[Result]:
    """Run the suites asked for, in order, each whatever became of the one before."""
    results = []
    if only in {None, "lint"}:
        results.append(lint())
    if only in {None, "sqlite"}:
        results.append(pytest("tests on SQLite", "not browser", WORKERS, None, extra))
    if only == "lint":
        return results
    with ExitStack() as stack:
        address, trouble = None, cluster.MISSING
        if only != "sqlite" and (programs := cluster.programs()):
            try:
                address = stack.enter_context(cluster.cluster(programs))
            except (OSError, LookupError, RuntimeError) as error:
                trouble = f"PostgreSQL does not start: {error}"
        if only in {None, "postgres"}:
            name = "tests on PostgreSQL"
            found = pytest(name, "not browser", WORKERS, address, extra) if address else skipped(name, trouble)
            results.append(found)
        if only in {None, "browser"}:
            no_browser = "" if browser.find() else browser.MISSING
            for name, database, lack in (
                ("browser on SQLite", None, no_browser),
                ("browser on PostgreSQL", address, no_browser or ("" if address else trouble)),
            ):
                results.append(skipped(name, lack) if lack else pytest(name, "browser", BROWSERS, database, extra))
    return results


def skipped(name: str, why: str) -> Result:
    """A suite that could not run here."""
    heading(name)
    print(f"SKIPPED: {why}", flush=True)
    return Result(name, skipped=1, note=f"SKIPPED: {why}")


def summary(results: list[Result]) -> None:
    """The closing table and, as the very last line, the sums."""
    heading("summary")
    for one in results:
        counts = f"{one.passed:6} passed {one.failed:5} failed {one.skipped:5} skipped {one.seconds:7.0f} s"
        print(f"{one.suite:24}{counts}  {one.note}".rstrip())
    total = [sum(getattr(one, kind) for one in results) for kind in ("passed", "failed", "skipped")]
    print("{} passed, {} failed, {} skipped".format(*total), flush=True)


def main() -> int:
    """Parse the command line, run, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", choices=["lint", "sqlite", "postgres", "browser"], help="run one part")
    options, extra = parser.parse_known_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the temporary PostgreSQL is stopped
    install_what_is_missing(options.only)
    results = run(options.only, extra)
    summary(results)
    return 1 if any(one.failed for one in results) else 0


if __name__ == "__main__":
    sys.exit(main())
