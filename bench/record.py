"""Run a benchmark and keep its results in bench/results: python bench/record.py pages|import [its options].

A file holds the machine and every measure of one database; the one before is overwritten, git keeps it.
"""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tongxin.conf.benches.places import TONGXIN

RESULTS = Path(__file__).resolve().parent / "results"


def machine() -> dict[str, object]:
    """What the numbers depend on; `busy` is the load average at the start, near 0 when nothing else runs."""
    busy = round(os.getloadavg()[0], 1)
    return {"cores": os.cpu_count(), "processor": processor(), "python": platform.python_version(), "busy": busy}


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def named(arguments: list[str]) -> list[str]:
    """The arguments without the folder of the texts, which is a place on one machine."""
    return ["FOLDER" if before == "--data" else each for before, each in zip(["", *arguments], arguments, strict=False)]


def keep(arguments: list[str], place: dict[str, object], database: str, found: list[dict]) -> None:
    RESULTS.mkdir(exist_ok=True)
    told = {
        "benchmark": " ".join(named(arguments)),
        "measured_at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": place,
        "database": database,
        "measures": found,
    }
    path = RESULTS / f"{arguments[0]}-{database}.json"
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Pass the arguments on, show each measure as it comes, write the files."""
    measures: dict[str, list[dict]] = {}
    place = machine()
    command = [*TONGXIN, "bench", *arguments, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603 - our own command
        for line in running.stdout or ():
            print(line, end="", flush=True)
            measure = json.loads(line)
            database = measure.pop("database")
            measures.setdefault(database, []).append(measure)
            keep(arguments, place, database, measures[database])  # each as it comes: a long run may be broken off
    return running.returncode


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
