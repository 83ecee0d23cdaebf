"""Translations: compile every catalogue, check that nothing is left in English, add what is new.

    python scripts/messages.py            compile each django.po to django.mo
    python scripts/messages.py --check    fail and list what is missing, unused, broken or translated in two ways
    python scripts/messages.py --update   add new message ids with an empty translation, drop unused ones

An entry whose translator comment begins with "library" is kept although our sources do not use it: it replaces a
sentence of an installed package.
"""

import argparse
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib

SOURCE = Path(__file__).resolve().parents[1] / "src" / "tongxin"
CATALOGUE = "locale/zh_Hans/LC_MESSAGES/django.po"
HOME_OF_THE_REST = SOURCE / "shell"  # packages that are no Django app (settings, command line) speak through it
KEYWORDS = {
    name + suffix: spec
    for name, spec in {
        "_": None,
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
    for suffix in ("", "_lazy", "_noop")
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[-#0 +]*[\d.]*[sdfr]|(?<!%)%([sdr])|\{(\w*)(?:![rs])?(?::[^{}]*)?\}")
METADATA = {
    "Language": "zh_Hans",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


class Message(NamedTuple):
    """What identifies a message: its context ("" when none), its id and its plural id ("" when none)."""

    context: str
    text: str
    plural: str


def extract(path: Path) -> Iterator[Message]:
    """The messages one source file asks for."""
    from babel.messages.extract import extract as babel_extract
    from django.utils.translation.template import templatize

    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What is left of a template is calls between filler; without indentation it reads as Python.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    for _line, found, _comments, context in babel_extract("python", io.BytesIO(text.encode()), KEYWORDS):
        first, second = found if isinstance(found, tuple) else (found, "")
        if first:
            yield Message(context or "", first, second)


def sources() -> Iterator[Path]:
    """Every file that may hold messages, in a stable order."""
    for path in sorted(SOURCE.rglob("*")):
        code = path.suffix == ".py" and "migrations" not in path.parts
        if code or (path.suffix in {".html", ".txt", ".svg"} and "templates" in path.parts):
            yield path


def home(path: Path) -> Path:
    """The app whose catalogue holds the messages of the file `path`."""
    for folder in path.parents:
        if (folder / "apps.py").exists():
            return folder
        if folder == SOURCE:
            break
    return HOME_OF_THE_REST


def used() -> dict[Message, list[Path]]:
    """Every message with the files that use it."""
    found: dict[Message, list[Path]] = defaultdict(list)
    for path in sources():
        for message in extract(path):
            found[message].append(path)
    # A catalogue holds an id once: where it is also asked for with a plural, the plural entry serves both.
    for message in [message for message in found if message.plural]:
        found[message] += found.pop(message._replace(plural=""), [])
    return found


def key(entry: polib.POEntry) -> Message:
    """The identity of a catalogue entry."""
    return Message(entry.msgctxt or "", entry.msgid, entry.msgid_plural or "")


def catalogues() -> dict[Path, polib.POFile]:
    """Every catalogue by its path; a broken one ends the run with its name and line."""
    found = {}
    for path in sorted(SOURCE.rglob("django.po")):
        try:
            found[path] = polib.pofile(str(path), check_for_duplicates=True, wrapwidth=110)
        except (OSError, ValueError) as error:
            sys.exit(f"{path.relative_to(SOURCE)}: {error}")
    return found


def translation(entry: polib.POEntry) -> str:
    """What is shown for the entry; Chinese has a single form for every number."""
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def placeholders(text: str) -> set[str]:
    """The places in `text` that are filled in when it is shown."""
    return {next((part for part in match.groups() if part), match.group()) for match in PLACEHOLDER.finditer(text)}


def misplaced(entry: polib.POEntry) -> str:
    """What is wrong with the placeholders of a translation, or ""."""
    asked, given = placeholders(entry.msgid_plural or entry.msgid), placeholders(translation(entry))
    if lost := asked - given:
        return f"lost {', '.join(sorted(lost))}"
    if strange := given - asked - placeholders(entry.msgid):
        return f"does not know {', '.join(sorted(strange))}"
    return ""


def faults() -> list[str]:
    """One sentence for everything that is wrong, sorted."""
    asked, found = used(), []
    known: dict[Message, dict[str, str]] = defaultdict(dict)
    for path, catalogue in catalogues().items():
        app = path.relative_to(SOURCE).parts[: -len(Path(CATALOGUE).parts)]
        name = "/".join(app)
        for entry in catalogue:
            if entry.fuzzy or not translation(entry):
                continue
            known[key(entry)][name] = translation(entry)
            if wrong := misplaced(entry):
                found.append(f"{name}: “{entry.msgid}” → “{translation(entry)}” {wrong}")
            if key(entry) not in asked and not entry.tcomment.startswith("library"):
                found.append(f"{name}: “{entry.msgid}” is used nowhere")
    for message, paths in asked.items():
        if message not in known:
            found.append(f"{paths[0].relative_to(SOURCE)}: “{message.text}” has no Chinese")
    for message, by_app in known.items():
        if len(set(by_app.values())) > 1:
            ways = ", ".join(f"{app} “{text}”" for app, text in sorted(by_app.items()))
            found.append(f"“{message.text}” is translated in two ways ({ways}); tell them apart with pgettext")
    return sorted(found)


def update() -> None:
    """Write new message ids into the catalogue of the app that uses them first, and drop unused entries."""
    asked, existing = used(), catalogues()
    wanted: dict[Path, dict[Message, polib.POEntry]] = defaultdict(dict)
    for path, catalogue in existing.items():
        kept = [entry for entry in catalogue if key(entry) in asked or entry.tcomment.startswith("library")]
        wanted[path] = {key(entry): entry for entry in kept}
    known = {message for entries in wanted.values() for message in entries}
    for message in asked.keys() - known:
        wanted[home(asked[message][0]) / CATALOGUE][message] = blank(message)
    for path, entries in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = polib.POFile(wrapwidth=110)
        catalogue.metadata = METADATA
        catalogue.extend(entry for _message, entry in sorted(entries.items()))
        for entry in catalogue:
            entry.occurrences = []
        catalogue.save(str(path))


def blank(message: Message) -> polib.POEntry:
    """An entry that waits for its translation."""
    entry = polib.POEntry(msgid=message.text, msgctxt=message.context or None)
    if message.plural:
        entry.msgid_plural, entry.msgstr_plural = message.plural, {0: ""}
    return entry


def compile_all() -> None:
    """Write django.mo beside each django.po that is newer than it."""
    for path, catalogue in catalogues().items():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime <= path.stat().st_mtime:
            catalogue.save_as_mofile(str(compiled))


def main() -> int:
    """Do what the command line asks for; 1 when the check finds something."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail and list what is wrong")
    parser.add_argument("--update", action="store_true", help="add new message ids, drop unused ones")
    options = parser.parse_args()
    if options.update:
        update()
    if options.check:
        wrong = faults()
        print(
            "\n".join([*wrong, f"{len(wrong)} faults in the translations"])
            if wrong
            else "Every message has its Chinese."
        )
        return 1 if wrong else 0
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
