"""What the kernel does with text."""

import pytest
from django.utils import translation

from tongxin.kernel.text import joined


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "已到期。请办理。"), ("en", "已到期。 请办理。")])
def test_sentences_stand_as_the_language_sets_them(language: str, said: str) -> None:
    with translation.override(language):
        assert joined(["已到期。", "请办理。"]) == said
