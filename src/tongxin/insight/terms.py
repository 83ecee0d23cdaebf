"""What stands in a search index, and what a query asks of it.

An index holds the terms of a text: overlapping pairs of Chinese characters, other words whole, and every Chinese
character by itself. They are written into one string in the order of the text, which serves two ends: the database's
engine takes the terms out of it, and a phrase is part of the text exactly when its terms are part of that string.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from operator import add

from .folding import fold
from .text import CJK, TOKEN, WORD_LIMIT

_QUOTED = re.compile(r"[“„\"＂「『]([^“”„\"＂「」『』]+)[”\"＂」』]")
_HELD_TOGETHER = r"[\W_]*"  # between the parts of one word: A3区, A3 区
_WORD_BEGINS = rf"(?<![^\W_{CJK}])"


def document(text: str) -> str:
    """The terms of a text as an index keeps them: those in order with a space before and after each, then each Chinese
    character once, on lines of their own, where no phrase reaches.

    A run of Chinese ends with its last character alone, so that terms of two runs never look like neighbours.
    """
    order: list[str] = []
    signs: set[str] = set()
    for match in TOKEN.finditer(fold(text)):
        if match[1] is None:
            order.append(match[0][:WORD_LIMIT])
        else:
            order += _to_its_end(match[0])
            signs.update(match[0])
    return (f" {' '.join(order)} " if order else "") + "".join(f"\n{sign}" for sign in sorted(signs))


def index_terms(text: str) -> set[str]:
    """The different terms that a `document` gives its index."""
    return set(document(text).split())


@dataclass(frozen=True)
class Word:
    """One thing looked for: runs of one script that belong together (A3区 is two), or a phrase in quotes."""

    runs: tuple[str, ...]
    quoted: bool = False

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """What the index must hold; `wifi*` stands for every word that begins so."""
        *before, last = self.runs
        found = [term for run in before for term in (_pairs(run) if _is_chinese(run) else [run[:WORD_LIMIT]])]
        found += _pairs(last) if _is_chinese(last) else [f"{last[:WORD_LIMIT]}*"]
        return tuple(dict.fromkeys(found))

    @cached_property
    def exact(self) -> str:
        """What the `document` must hold verbatim; empty when the terms say it all.

        An unquoted word of three Chinese characters and more is content with its pairs, wherever they stand.
        """
        *before, last = self.runs
        if not before and not (self.quoted and _is_chinese(last) and len(last) > 2):
            return ""
        order = [term for run in before for term in _whole(run)]
        order += _pairs(last) if _is_chinese(last) else [last[:WORD_LIMIT]]
        return " " + " ".join(order)

    def patterns(self) -> list[str]:
        """Regular expressions that find the word in folded text, the whole word first."""
        whole = _HELD_TOGETHER.join(re.escape(run) for run in self.runs)
        if not _is_chinese(self.runs[0]):
            whole = _WORD_BEGINS + whole
        parts = _pairs(self.runs[0]) if len(self.runs) == 1 and _is_chinese(self.runs[0]) else []
        return [whole, *(re.escape(part) for part in parts if not self.quoted and len(parts) > 1)]


@dataclass(frozen=True)
class Query:
    """What somebody looks for: all of its words."""

    words: tuple[Word, ...]

    @classmethod
    def read(cls, text: str) -> Query:
        """Quotes of any kind hold a phrase; else spaces and punctuation divide words."""
        words: list[Word] = []
        rest = 0
        for match in _QUOTED.finditer(text):
            words += _loose(text[rest : match.start()])
            if runs := tuple(_runs(match[1])):
                words.append(Word(runs, quoted=True))
            rest = match.end()
        return cls(tuple(dict.fromkeys([*words, *_loose(text[rest:])])))

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def terms(self) -> list[str]:
        return list(dict.fromkeys(term for word in self.words for term in word.terms))

    @property
    def exact(self) -> list[str]:
        return [word.exact for word in self.words if word.exact]


def _loose(text: str) -> list[Word]:
    """The words of text without quotes; scripts that touch each other belong together."""
    words: list[list[str]] = []
    end = -1
    folded = fold(text)
    for match in TOKEN.finditer(folded):
        if match.start() == end:
            words[-1].append(match[0])
        else:
            words.append([match[0]])
        end = match.end()
    return [Word(tuple(runs)) for runs in words]


def _runs(text: str) -> list[str]:
    return [match[0] for match in TOKEN.finditer(fold(text))]


def _is_chinese(run: str) -> bool:
    match = TOKEN.match(run)
    return match is not None and match[1] is not None


def _pairs(run: str) -> list[str]:
    """The pairs of a Chinese run; a single character stands for itself."""
    return [run] if len(run) == 1 else list(map(add, run, run[1:]))


def _whole(run: str) -> list[str]:
    """A run as a `document` has it, to its end."""
    return _to_its_end(run) if _is_chinese(run) else [run[:WORD_LIMIT]]


def _to_its_end(run: str) -> list[str]:
    return [*_pairs(run), run[-1]] if len(run) > 1 else [run]
