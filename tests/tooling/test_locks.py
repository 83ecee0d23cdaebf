"""What is installed is fixed to the byte, and no file says from where."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_python_package_has_a_version_and_hashes(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    packages = re.split(r"\n(?=\S)", text.replace("\\\n", " "))
    assert len(packages) > 10
    for package in packages:
        assert re.match(r"[a-z0-9.-]+==\S+", package)
        assert "--hash=sha256:" in package


def test_every_front_end_package_has_a_hash():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert installed
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())


@pytest.mark.parametrize(
    "path", ["requirements/run.txt", "requirements/dev.txt", "package-lock.json", ".npmrc", "pyproject.toml"]
)
def test_no_index_is_named(path):
    text = (ROOT / path).read_text()
    assert not re.search(r"index-url|find-links|registry\s*=|\"resolved\"|trusted-host", text)


def test_what_is_asked_for_is_locked():
    """A line added to run.in without `make lock` would be installed nowhere."""
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE))
    asked = re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / "requirements/run.in").read_text(), re.MULTILINE)
    assert {re.sub(r"[._]", "-", name).lower() for name in asked} <= locked
