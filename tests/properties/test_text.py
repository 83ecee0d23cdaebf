"""Chinese text: matching form, bigrams, likeness, excerpts, and the cleaning of what people type."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tongxin.insight.text import WORD_LIMIT, bigrams, content_bigrams, excerpt, normalise, similarity

CHINESE = st.text(st.sampled_from("小区路灯坏了物业不管的和㐂𠮷停车费乱收"), min_size=1)
ANY = st.text(max_size=200)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("路灯坏了", ["路灯", "灯坏", "坏了"]),
        ("灯", ["灯"]),
        ("𠮷野家㐂", ["𠮷野", "野家", "家㐂"]),
        ("A1区的WiFi，5G信号", ["a1", "区的", "wifi", "5g", "信号"]),
        ("ＡＢＣ　１２３", ["abc", "123"]),
        ("日日\u200b日", ["日日", "日日"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("！？…\n", []),
    ],
)
def test_bigrams(text: str, terms: list[str]) -> None:
    assert bigrams(text) == terms


def test_content_bigrams_drop_grammar() -> None:
    assert content_bigrams("我们的路灯坏了") == ["路灯", "灯坏"]


@given(ANY)
@example("ẞ ﬁ İ")
def test_normalise_is_settled(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()


@given(CHINESE)
def test_a_run_has_one_bigram_less_than_characters(text: str) -> None:
    assert len(bigrams(text)) == max(1, len(text) - 1)


@given(ANY)
def test_terms_fit_an_index(text: str) -> None:
    assert all(0 < len(term) <= WORD_LIMIT and not term.isspace() for term in bigrams(text))


@given(CHINESE, CHINESE)
def test_what_is_part_of_a_text_is_found_in_it(before: str, word: str) -> None:
    if len(word) > 1:
        assert set(bigrams(word)) <= set(bigrams(before + word))


@given(ANY, ANY)
def test_similarity_is_symmetric_and_bounded(a: str, b: str) -> None:
    assert 0.0 <= similarity(a, b) <= 1.0
    assert similarity(a, b) == pytest.approx(similarity(b, a))
    if bigrams(a):
        assert similarity(a, a) == pytest.approx(1.0)


def test_similarity_orders_what_people_would() -> None:
    asked = "小区门口的路灯坏了很久没有人修"
    near = "我们小区路灯坏了，希望有人来修一下"
    far = "学校食堂的饭菜价格太高"
    assert similarity(asked, near) > 0.3 > similarity(asked, far)


@given(ANY, st.integers(1, 60))
def test_excerpt_fits_and_is_one_line(text: str, n: int) -> None:
    short = excerpt(text, n)
    assert len(short) <= n
    assert "\n" not in short
    line = " ".join(text.split())
    assert short == line or short.endswith("…")


@given(
    st.lists(st.sampled_from(["👨‍👩‍👧‍👦", "👍🏽", "🇨🇳", "é", "路", "a"]), min_size=1, max_size=30), st.integers(2, 40)
)
def test_excerpt_cuts_no_sign_in_two(signs: list[str], n: int) -> None:
    signs = [unicodedata.normalize("NFD", sign) if sign == "é" else sign for sign in signs]
    ends = {len("".join(signs[:i])) for i in range(len(signs) + 1)}
    short = excerpt("".join(signs), n)
    assert len(short.removesuffix("…")) in ends


def test_excerpt_shows_what_was_searched() -> None:
    text = "前面有很长的一段话，" * 10 + "这里说到锅炉房冒黑烟，" + "后面还有很长的一段话，" * 10
    short = excerpt(text, 30, around="锅炉房")
    assert "锅炉房" in short
    assert short.startswith("…")
    assert short.endswith("…")
    assert len(short) == 30
