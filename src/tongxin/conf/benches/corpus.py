"""What `tongxin bench search` looks through: real messages and proposals, each told again of other places and days.

The folder holds `messages/*.csv` and `proposals/*.csv` as they were published (see bench/README.md); nothing of it is
part of the product.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

csv.field_size_limit(10_000_000)

SEED = 1158
MESSAGES = ("messages_with_likes", "intake_unlabelled", "messages_with_replies", "labelled_raw")
#: How many of 200 queries are of each form.
FORMS = {"two characters": 80, "a longer word": 40, "two words": 50, "one character": 10, "a phrase": 20}
_PLACE = re.compile(r"[A-Z]\d{0,3}(?=[市区县])")
_YEAR = re.compile(r"20[012]\d(?=[年/.-])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


class Unreadable(Exception):
    """The folder is not what was expected; the message says what is missing."""


@dataclass(frozen=True)
class Text:
    """One message or proposal; `key` is its number where it was published."""

    key: str
    title: str
    body: str


@dataclass
class Corpus:
    """The texts as they are, which of them belong together, and words that people used."""

    texts: list[Text]
    twins: list[list[str]] = field(default_factory=list)  # keys of texts sent more than once
    issues: list[list[str]] = field(default_factory=list)  # keys of texts about the same matter
    words: list[list[str]] = field(default_factory=list)  # of each labelled message, in its order
    places: list[str] = field(default_factory=list)

    def told(self, count: int, start: int = 0) -> Iterator[Text]:
        """Texts `start` to `count`: first all as they are, then ever again with other places and years."""
        for number in range(start, count):
            copy, place = divmod(number, len(self.texts))
            text = self.texts[place]
            yield self._elsewhere(text, copy) if copy else text

    def _elsewhere(self, text: Text, copy: int) -> Text:
        def place(match: re.Match) -> str:
            return self.places[(hash_of(match[0]) + 101 * copy) % len(self.places)]

        def year(match: re.Match) -> str:
            return str(int(match[0]) - copy % 20)

        title, body = (_YEAR.sub(year, _PLACE.sub(place, part)) for part in (text.title, text.body))
        if not _PLACE.search(text.body):
            body = f"{self.places[(hash_of(text.key) + 101 * copy) % len(self.places)]}：{body}"
        return Text(f"{text.key}/{copy}", title, body)

    def queries(self, count: int) -> list[tuple[str, str]]:
        """(form, query) of words and phrases out of real messages; the same ones every time."""
        dice = random.Random(SEED)  # noqa: S311 - the same documents every time
        forms = [form for form, share in FORMS.items() for _n in range(share)]
        forms = [forms[n * len(forms) // count] for n in range(count)]
        return [(form, self._query(form, dice)) for form in forms]

    def _query(self, form: str, dice: random.Random) -> str:
        while True:
            words = [word for word in dice.choice(self.words) if _CHINESE.fullmatch(word)]
            if form == "a phrase":
                runs = [run for run in _CHINESE.findall(dice.choice(self.texts).title) if len(run) > 5]
                if runs:
                    return f"“{dice.choice(runs)[: dice.randint(5, 8)]}”"
                continue
            if form == "two words":
                if len(pair := [word for word in words if len(word) > 1]) > 1:
                    return " ".join(dice.sample(pair, 2))
                continue
            least, most = {"one character": (1, 1), "two characters": (2, 2), "a longer word": (3, 6)}[form]
            if fitting := [word for word in words if least <= len(word) <= most]:
                return dice.choice(fitting)


def hash_of(text: str) -> int:
    """A number for a text, the same in every process."""
    return sum(ord(sign) * 31**n for n, sign in enumerate(text))


def read(folder: Path) -> Corpus:
    """The corpus of a folder. Raises `Unreadable`."""
    texts = [
        Text(
            row["留言编号"] if file == MESSAGES[0] else f"{file} {row['留言编号']}",
            row["留言主题"],
            row["留言详情"].strip(),
        )
        for file in MESSAGES
        for row in _rows(folder / "messages" / f"{file}.csv")
    ]
    for file in sorted((folder / "proposals").glob("*.csv")):
        texts += [Text(f"{file.stem} {row['rownum']}", row["reason"], row["content"]) for row in _rows(file)]
    return Corpus(
        texts,
        twins=_sets(folder / "messages" / "exact_duplicates.csv", "dup_group"),
        issues=_sets(folder / "messages" / "hot_issues_silver.csv", "issue", level="core"),
        words=[row["tokens"].split() for row in _rows(folder / "messages" / "labelled_tokens.csv")],
        places=[row["name"].rstrip("区县市") for row in _rows(folder / "places" / "modood_areas.csv")],
    )


def _sets(file: Path, name: str, **only: str) -> list[list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in _rows(file):
        if all(row[key] == value for key, value in only.items()):
            found[row[name]].append(row["留言编号"])
    return [keys for keys in found.values() if len(keys) > 1]


def _rows(file: Path) -> Iterator[dict[str, str]]:
    if not file.exists():
        raise Unreadable(f"{file} is not there")
    with file.open(encoding="utf-8-sig", newline="") as source:
        yield from csv.DictReader(source)
