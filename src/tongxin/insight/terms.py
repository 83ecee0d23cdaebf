"""The terms that stand in a search index, and those that a query asks for."""

from .text import _TOKEN, bigrams, normalise


def index_terms(text: str) -> list[str]:
    """The different bigrams and words of a text, and the last character of each run.

    With the last characters every character begins some term, so a query of one character can ask for a prefix.
    """
    last = [match[0][-1] for match in _TOKEN.finditer(normalise(text)) if match[1] is not None]
    return list(dict.fromkeys([*bigrams(text), *last]))


def query_terms(text: str) -> list[str]:
    """What to look for; a lone character becomes a prefix (`灯*`), words of letters match from their beginning."""
    found: list[str] = []
    for match in _TOKEN.finditer(normalise(text)):
        if match[1] is None or len(match[0]) == 1:
            found.append(match[0] + "*")
        else:
            found += bigrams(match[0])
    return list(dict.fromkeys(found))
