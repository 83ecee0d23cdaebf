"""Which column of somebody's table is which of the fields we want."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Wanted = Mapping[str, Sequence[str]]
"""field -> the column names it is known by, best first."""

_BRACKETED = re.compile(r"[(\[{【〔「][^)\]}】〕」]*[)\]}】〕」]")
_NOISE = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class ColumnMapping:
    """What `guess_mapping` found: `columns` field -> index in the header; `unmatched` the named columns nobody
    wants; `missing` the fields without a column."""

    columns: dict[str, int]
    unmatched: list[str]
    missing: list[str]


def guess_mapping(header: Sequence[str], wanted: Wanted) -> ColumnMapping:
    """Finds the wanted fields in `header`, tolerant of case, width, spaces, asterisks and remarks in brackets.

    First the columns that bear exactly a known name, then those whose name contains one of at least two characters
    (“联系电话” for “电话”), the longest known name first. A column serves one field at most.
    """
    names = [_plain(name) for name in header]
    known = {field: [_plain(name) for name in (field, *aliases)] for field, aliases in wanted.items()}
    columns: dict[str, int] = {}

    def free(index: int) -> bool:
        return bool(names[index]) and index not in columns.values()

    for field, aliases in known.items():
        for alias in aliases:
            index = next((i for i, name in enumerate(names) if name == alias and free(i)), None)
            if index is not None:
                columns[field] = index
                break
    loose = sorted(
        ((alias, field) for field, aliases in known.items() for alias in aliases if len(alias) > 1),
        key=lambda pair: -len(pair[0]),
    )
    for alias, field in loose:
        if field not in columns:
            index = next((i for i, name in enumerate(names) if alias in name and free(i)), None)
            if index is not None:
                columns[field] = index
    used = set(columns.values())
    return ColumnMapping(
        columns={field: columns[field] for field in wanted if field in columns},
        unmatched=[name for i, name in enumerate(header) if i not in used and name.strip()],
        missing=[field for field in wanted if field not in columns],
    )


def find_header(rows: Sequence[Sequence[str]], wanted: Wanted, within: int = 10) -> tuple[int, int]:
    """The index of the row among the first `within` that holds most of the wanted columns, and how many it holds."""
    scores = [len(guess_mapping(row, wanted).columns) for row in rows[:within]]
    best = max(scores, default=0)
    return (scores.index(best), best) if best else (0, 0)


def _plain(name: str) -> str:
    """A column's name without what people decorate it with; a name that is all brackets keeps their content."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return _NOISE.sub("", _BRACKETED.sub("", folded)) or _NOISE.sub("", folded)
