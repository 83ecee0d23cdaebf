"""Which page an address asks for."""

import pytest

from tongxin.kernel.paging import page_number


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("", 1),
        ("x", 1),
        ("-2", 1),
        ("0", 1),
        ("1.5", 1),
        ("7", 7),
        ("٣", 3),
        ("200", 200),
        ("201", 200),
        ("9" * 5000, 200),
    ],
)
def test_the_page_asked_for(text: str, page: int) -> None:
    assert page_number(text, 200) == page
