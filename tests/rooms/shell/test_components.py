"""The components: what they say, that they escape, that they carry no inline style."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

import tongxin
from tongxin.insight.passages import Piece
from tongxin.kernel.figures import Answer, Figure, scope
from tongxin.people.models import User
from tongxin.shell import icons, parts

TEMPLATES = sorted(Path(tongxin.__file__).parent.rglob("templates/**/*.html"))


def draw(source: str, path: str = "/desk/", **context: Any) -> str:
    context["request"] = RequestFactory().get(path)
    return " ".join(Template(source).render(Context(context)).split())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_template_has_inline_style_script_or_handler(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<[^>]*\sstyle\s*=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"<[a-z][^>]*\son[a-z]+\s*=", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text)


def test_an_icon_is_hidden_from_screen_readers_and_a_wrong_name_fails() -> None:
    assert 'aria-hidden="true"' in icons.svg("inbox")
    for name in ("no-such-icon", "../../package", ""):
        with pytest.raises(LookupError):
            icons.svg(name)


EVIL = "<script>alert(1)</script>"
PASSAGE = [Piece(EVIL), Piece(EVIL, found=True)]


def test_markup_is_shown_as_text() -> None:
    evil = EVIL
    for source in (
        "{% tag evil %}",
        "{% empty 'inbox' evil evil %}",
        "{% figure 3 evil evil '#' %}",
        "{% pieces passage %}",
        "{% chip evil 1 q=evil %}",
        "{% timeline story %}",
        "{% typed_text typed %}",
        "{% bar pieces %}",
    ):
        drawn = draw(
            source, evil=evil, story=[(evil, evil)], typed=[("text", evil)], pieces=[(evil, 3)], passage=PASSAGE
        )
        assert "<script" not in drawn, source
        assert "alert" in drawn


def test_a_due_tag_says_it_in_words_and_explains_itself() -> None:
    late = timezone.localdate() - timedelta(days=1)
    drawn = draw("{% due day %}", day=late)
    assert 'class="tag seal"' in drawn
    assert "超时 1 天" in drawn
    assert "title=" in drawn
    assert draw("{% due day %}", day=None) == ""


def test_a_ratio_shows_both_its_parts() -> None:
    figure = Figure("T1", "满意率", "%", "chain", "year", lambda s: Q(), (), whole=lambda s: Q(), places=1)  # type: ignore
    drawn = draw("{% figure answer url='/figures/T1/' %}", answer=Answer(figure, scope(None, 2023), 117, 118))
    assert "99.2" in drawn
    assert "117/118" in drawn
    assert 'href="/figures/T1/"' in drawn


def test_a_ratio_of_nothing_has_a_dash_without_a_unit() -> None:
    figure = Figure("T1", "满意率", "%", "chain", "year", lambda s: Q(), (), whole=lambda s: Q(), places=1)  # type: ignore
    drawn = draw("{% figure answer %}", answer=Answer(figure, scope(None, 2023), 0, 0))
    assert '<span class="num">–</span></span>' in drawn


def test_nothing_to_divide_by_is_a_dash() -> None:
    assert parts.number(None) == "–"
    assert parts.number(12345) == "12,345"


def test_slices_add_up_to_the_whole() -> None:
    drawn = parts.slices([parts.Part("a", 9), parts.Part("b", 0), parts.Part("c", 27)])
    assert sum(piece.width for piece in drawn) == 1000
    assert [piece.percent for piece in drawn] == ["25%", "0%", "75%"]
    assert [piece.width for piece in parts.slices([parts.Part("a", 0)])] == [0]


def test_a_chip_keeps_the_other_filters_and_drops_the_page() -> None:
    drawn = draw("{% chip 'Overdue' 3 due='late' %}", "/desk/?sector=2&page=4")
    assert 'href="?sector=2&amp;due=late"' in drawn
    assert "aria-current" not in drawn


def test_a_pressed_chip_can_be_let_go() -> None:
    drawn = draw("{% chip 'Overdue' 3 due='late' %}", "/desk/?sector=2&due=late")
    assert 'href="?sector=2"' in drawn
    assert "aria-current" in drawn


def test_the_pager_keeps_the_filters() -> None:
    drawn = draw("{% pager page %}", "/desk/?q=%E8%B7%AF%E7%81%AF&page=2", page=Paginator(range(60), 20).page(2))
    assert "?q=%E8%B7%AF%E7%81%AF&amp;page=1" in drawn
    assert "?q=%E8%B7%AF%E7%81%AF&amp;page=3" in drawn
    assert draw("{% pager page %}", page=Paginator(range(3), 20).page(1)) == ""


class Form(forms.Form):
    text = forms.CharField(label="说什么", help_text="写清楚", widget=forms.Textarea)
    topic = forms.ChoiceField(label="方面", choices=[("", "—"), ("a", "路"), ("b", "房")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_wrong_field_is_told_to_everybody() -> None:
    drawn = draw("{% form_fields form %}", form=Form({"text": ""}))
    assert 'for="id_text"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_text_help id_text_error"' in drawn
    assert 'id="id_text_error"' in drawn
    assert "<legend" in drawn


def test_chips_leave_out_the_empty_choice() -> None:
    drawn = draw("{% field form.topic look='chips' %}", form=Form())
    assert "—" not in drawn
    assert drawn.count('type="radio"') == 2


def test_kept_text_leaves_out_chosen_codes() -> None:
    drawn = draw("{% typed_text typed %}", typed=[("sector", "17"), ("kind", "direct_help"), ("text", "路灯坏了")])
    assert "路灯坏了" in drawn
    assert "direct_help" not in drawn
    assert "17" not in drawn
    assert draw("{% typed_text typed %}", typed=[("sector", "17")]) == ""


def test_a_browser_is_named_in_two_words() -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537"
    assert draw("{{ agent|device }}", agent=agent) == "Chrome · Windows"


class Chosen(forms.Form):
    needed = forms.ChoiceField(choices=[("", "—"), ("a", "路")])
    free = forms.ChoiceField(choices=[("", "—"), ("a", "路")], required=False)
    body = forms.ModelChoiceField(User.objects.none(), empty_label="—")
    own = forms.ModelChoiceField(User.objects.none(), empty_label="新的一件", required=False)


def test_an_empty_choice_is_called_the_same_on_every_form(db: None) -> None:
    drawn = draw("{% load tongxin %}{% form_fields form %}", form=Chosen())
    assert re.findall(r'<option value=""[^>]*>([^<]*)', drawn) == ["请选择", "不选", "请选择", "新的一件"]
