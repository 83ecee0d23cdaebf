"""Search: overlapping character bigrams in the database's own full-text engine, permission inside the query.

Trigram indexes find no two-character Chinese word, so `insight.terms` makes the terms; FTS5 (SQLite) or a GIN index
over `tsvector` (PostgreSQL) finds them. The same text gives the same hits on both.

- `registry`: each room says which of its records can be found, and by whom
- `writing`: the door keeps a document for each of them
- `finding`: what an actor may see and a query finds
- `likeness`: what is most like a text
- `engine`, `newest`: the two databases' own ways; nobody else writes SQL
"""

from tongxin.insight.terms import Query

from .finding import LONGEST_QUERY, MOST, Found, Hit, find, matching, wordless
from .likeness import alike, similar
from .registry import Searchable, Standing, kinds, line, named, register, rule_of, show, standings
from .writing import Entry, follow, incomplete, index, index_many, rebuild, requote, words

__all__ = [
    "LONGEST_QUERY",
    "MOST",
    "Entry",
    "Found",
    "Hit",
    "Query",
    "Searchable",
    "Standing",
    "alike",
    "find",
    "follow",
    "incomplete",
    "index",
    "index_many",
    "kinds",
    "line",
    "matching",
    "named",
    "rebuild",
    "register",
    "requote",
    "rule_of",
    "show",
    "similar",
    "standings",
    "wordless",
    "words",
]
