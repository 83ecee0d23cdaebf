"""Whatever bytes somebody uploads as a Word file: text comes out, or a reason; never anything else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.documents.word_files import packed, paragraph, parts, word_file
from tongxin.documents.wordfile import WordError, read_word

GOOD = word_file(paragraph("关于停车难的建议") + paragraph("一、情况") + paragraph("居民反映，停车难。"), comments="")
NAMES = st.sampled_from(["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/_rels/document.xml.rels"])
WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\ufffe\uffff<>&"), min_size=1
)


def read_or_refused(data: bytes) -> None:
    try:
        found = read_word(data)
    except WordError:
        return  # made from MESSAGES, or it could not have been raised
    assert found.title or found.paragraphs or found.left_out


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes(data: bytes) -> None:
    with pytest.raises(WordError):
        read_word(data)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_after_the_mark_of_a_zip(data: bytes) -> None:
    with pytest.raises(WordError):
        read_word(b"PK\x03\x04" + data)


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=600, deadline=None)
def test_a_good_file_with_bytes_overwritten(place: int, data: bytes) -> None:
    read_or_refused(GOOD[:place] + data + GOOD[place + len(data) :])


@given(st.integers(0, len(GOOD)), st.integers(0, len(GOOD)))
@settings(max_examples=300, deadline=None)
def test_a_good_file_with_a_piece_cut_out(first: int, second: int) -> None:
    read_or_refused(GOOD[: min(first, second)] + GOOD[max(first, second) :])


@given(NAMES, st.binary(max_size=200) | st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_a_part_of_anything(name: str, data: bytes | str) -> None:
    content = parts(paragraph("题目") + paragraph("正文。"))
    content[name] = data.encode(errors="replace") if isinstance(data, str) else data
    read_or_refused(packed(content))


NESTED = st.recursive(
    st.sampled_from(["<w:t>字</w:t>", "<w:br/>", "<w:tab/>", "<w:fldChar w:fldCharType='begin'/>", "<w:sym/>", "词"]),
    lambda inner: st.builds(
        lambda name, children: f"<w:{name}>{''.join(children)}</w:{name}>",
        st.sampled_from(
            ["p", "r", "tbl", "tr", "tc", "ins", "del", "sdt", "pPr", "rPr", "hyperlink", "ruby", "drawing"]
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@given(st.lists(NESTED, max_size=5).map("".join))
@settings(max_examples=300, deadline=None)
def test_elements_in_any_order(body: str) -> None:
    read_or_refused(word_file(body))


@given(st.lists(WORDS, min_size=2, max_size=6))
@settings(max_examples=100, deadline=None)
def test_plain_paragraphs_come_back_word_for_word(words: list[str]) -> None:
    found = read_word(word_file("".join(map(paragraph, words))))
    assert "\n".join(filter(None, [found.title, found.text])) == "\n".join(words)
