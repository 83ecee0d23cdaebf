"""The search's analyser: whatever stands in a text is found there, in whatever form it is asked for."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tongxin.insight.folding import fold, fold_with_places
from tongxin.insight.passages import passage, spans
from tongxin.insight.terms import Query, document, index_terms
from tongxin.insight.text import TOKEN

SIGNS = "路灯坏了路燈壞的𠮷㐂鿕𬱖醫疗aB3３Ｗ，。 \n“”é"
fold("")  # reads the table of characters, which no example should wait for
MIXED = st.text(st.sampled_from(SIGNS), max_size=40)
ANY = st.text(max_size=120)


def holds(text: str, query: Query) -> bool:
    """What a database does: every term in the index, and every exact string in the document."""
    terms = index_terms(text)
    found = all(
        any(each.startswith(term[:-1]) for each in terms) if term.endswith("*") else term in terms
        for term in query.terms
    )
    return found and all(exact in document(text) for exact in query.exact)


@given(MIXED, st.data())
@example("A3區的路燈", None)
def test_whatever_stands_in_a_text_is_found(text: str, data: st.DataObject | None) -> None:
    """Any part that begins where a word of letters begins, alone and in quotes, as written and folded."""
    starts = [n for n in range(len(text)) if not _inside_a_word(text, n)]
    assume(starts)
    start = data.draw(st.sampled_from(starts)) if data else 0
    end = data.draw(st.integers(start, len(text))) if data else 3
    part = re.sub("[“”]", " ", text[start:end])
    for asked in (part, fold(part), f"“{part}”", f'"{fold(part)}"', f"「{part}」"):
        assert holds(text, Query.read(asked)), asked


def _inside_a_word(text: str, place: int) -> bool:
    """Whether a word of letters or digits is cut there; combining marks belong to what is before them."""
    folded, places = fold_with_places(text)
    here = [n for n, origin in enumerate(places) if origin == place]
    if not here or here[0] == 0:
        return bool(unicodedata.combining(text[place]))
    cut = here[0]
    return any(match.start() < cut < match.end() and match[1] is None for match in TOKEN.finditer(folded))


@given(MIXED, MIXED)
def test_a_phrase_is_found_only_where_it_stands(text: str, phrase: str) -> None:
    """In quotes nothing is found whose characters do not stand there together."""
    signs = "".join(match[0] for match in TOKEN.finditer(fold(phrase)))
    query = Query.read(f'"{re.sub("[“”]", " ", phrase)}"')
    if signs and query and holds(text, query):
        assert signs in "".join(match[0] for match in TOKEN.finditer(fold(text)))


@given(ANY)
@example("ẞ ﬁ İ 薴")
def test_folding_is_settled(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [
        ("醫療保險", "医疗保险"),
        ("裏裡里", "里里里"),
        ("爲為", "为为"),
        ("乾隆 乾燥", "干隆 干燥"),
        ("ＡＢ　Ｃ", "ab c"),
        ("𠮷㐂", "𠮷㐂"),
    ],
)
def test_one_form_for_all(traditional: str, simplified: str) -> None:
    assert fold(traditional) == fold(simplified)


@given(ANY)
def test_a_document_gives_terms_that_an_index_takes(text: str) -> None:
    for term in index_terms(text):
        assert 0 < len(term) <= 40
        assert TOKEN.fullmatch(term)


@given(MIXED)
def test_every_character_of_a_folded_text_has_its_place(text: str) -> None:
    folded, places = fold_with_places(text)
    assert len(folded) == len(places)
    assert places == sorted(places)
    assert re.sub(r"\s", "", folded) == re.sub(r"\s", "", fold(text))


@given(MIXED, st.data(), st.integers(10, 60))
def test_a_passage_is_part_of_its_text_and_marks_what_was_asked(text: str, data: st.DataObject, n: int) -> None:
    chinese = [match[0] for match in re.finditer("[路灯坏了燈壞的𠮷㐂鿕𬱖醫疗]+", text)]
    asked = data.draw(st.sampled_from(chinese)) if chinese else "路灯"
    query = Query.read(asked)
    line = " ".join(text.split())
    shown = passage(text, query, n)
    plain = "".join(piece.text for piece in shown)
    assert len(plain) <= n + 2
    assert plain.strip("…") in line
    for first, last in spans(line, query):
        assert 0 <= first < last <= len(line)
    if chinese:
        assert any(piece.found for piece in shown)


@given(ANY, ANY)
def test_no_text_and_no_query_is_refused(text: str, asked: str) -> None:
    passage(text, Query.read(asked), 30)


def test_scripts_that_touch_belong_together() -> None:
    assert [word.runs for word in Query.read("A3区 路灯，5G").words] == [("a3", "区"), ("路灯",), ("5g",)]
    assert Query.read("A3区").exact == [" a3 区"]
    assert Query.read("路灯坏了").exact == []
    assert Query.read("“路灯坏了”").exact == [" 路灯 灯坏 坏了"]
    assert Query.read("“路灯").words == Query.read("路灯").words
