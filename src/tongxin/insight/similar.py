"""Texts ranked by likeness, where what all have in common (“尊敬的领导”) counts for little."""

from collections import Counter
from collections.abc import Hashable, Mapping
from math import log
from typing import TypeVar

from tongxin.insight.text import cosine, weights

Key = TypeVar("Key", bound=Hashable)


def rank(text: str, candidates: Mapping[Key, str], *, limit: int = 10, least: float = 0.1) -> list[tuple[Key, float]]:
    """The `candidates` most like `text`, best first, each with its likeness from `least` to 1.

    A term weighs the less the more of the candidates hold it. Equal ones keep the order they came in.
    """
    described = {key: weights(candidate) for key, candidate in candidates.items()}
    spread = Counter(term for terms in described.values() for term in terms)

    def weighed(terms: dict[str, float]) -> dict[str, float]:
        return {term: weight * log((1 + len(described)) / (0.5 + spread[term])) for term, weight in terms.items()}

    wanted = weighed(weights(text))
    scored = [(key, cosine(wanted, weighed(terms))) for key, terms in described.items()]
    return sorted((pair for pair in scored if pair[1] >= least), key=lambda pair: -pair[1])[:limit]
