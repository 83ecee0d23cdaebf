"""A paper as a piece of a web page, and the stylesheet that prints it."""

import re
from html.parser import HTMLParser

import pytest
from playwright.sync_api import Browser

from tests.rooms.documents.papers import ALL, FILE, SHEET, SLIP, UPWARD
from tongxin.documents.official import Fonts, Head, Paper, Paragraph, Sort, stylesheet, to_html


class Tags(HTMLParser):
    """All tags with their attributes, and whether they close in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in {"br", "hr", "col"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def classes(html: str) -> set[str]:
    return {name for _, attributes in Tags(html).found for name in (attributes.get("class") or "").split()}


@pytest.mark.parametrize("paper", ALL.values(), ids=ALL)
def test_the_security_policy_lets_it_through_and_the_stylesheet_knows_it(paper):
    html = to_html(paper)
    tags = Tags(html)
    assert not tags.open
    assert {tag for tag, _ in tags.found}.isdisjoint({"style", "script", "link", "img"})
    assert not any(name == "style" or name.startswith("on") for _, attributes in tags.found for name in attributes)
    known = set(re.findall(r"\.(paper[\w-]*)", stylesheet()))
    plain = {"paper-plain", "paper-head", "paper-marks-0"} | {f"paper-level-{level}" for level in (3, 4)}
    assert classes(html) - plain - {"paper-apart-0"} <= known


def test_it_is_built_of_meaning():
    html = to_html(SHEET)
    assert html.startswith('<article class="paper paper-sheet" lang="zh-Hans">')
    assert html.endswith("</article>")
    for part in (
        '<p class="paper-name paper-name-60 paper-apart-0">社情民意信息</p>',
        '<p class="paper-number">第3期（总第128期）</p>',
        "<span>政协某某市委员会办公室</span><span>2024年3月5日</span>",
        '<h1 class="paper-title">关于加快老旧小区加装电梯<br>配套政策落地的建议</h1>',
        '<h2 class="paper-level-1">一、情况与问题</h2>',
        '<h3 class="paper-level-2">（一）资金“缺口”较大</h3>',
        '<h4 class="paper-level-3">1.分担办法不明</h4>',
        '<h5 class="paper-level-4">（1）一户一策</h5>',
        "<caption>表1　办理时间</caption>",
        '<th scope="col">环节</th>',
        '<p class="paper-hang-4">报：省政协，市委</p>',
        '<p class="paper-copies">（共印50份）</p>',
    ):
        assert part in html
    assert '<th scope="row">领导批示</th>' in to_html(SLIP)
    assert '<span class="paper-signer">甲某某</span>' in to_html(UPWARD)
    assert 'aria-hidden="true">★</div>' in to_html(UPWARD)
    assert '<time datetime="2024-03-05">2024年3月5日</time>' in to_html(FILE)


def test_whatever_is_in_the_text_is_escaped():
    nasty = '"><script>alert(1)</script>'
    html = to_html(Paper(nasty, Head(Sort.FILE, nasty, nasty, nasty, secrecy=nasty), nasty, (Paragraph(nasty),)))
    assert "<script" not in html
    assert not Tags(html).open


def test_the_stylesheet_has_the_geometry_of_the_standard():
    css = stylesheet()
    assert "size: 210mm 297mm;" in css
    assert "margin: 37mm 26mm 35mm 28mm;" in css
    line = float(re.search(r"line-height: ([\d.]+)mm", css)[1])
    assert 225 / 22 - 0.02 < line <= 225 / 22
    spacing = float(re.search(r"letter-spacing: (-[\d.]+)pt", css)[1])
    assert 155.5 < 28 * (16 + spacing) / 72 * 25.4 <= 156
    assert css.count("{") == css.count("}")
    assert '@bottom-right { content: "— " counter(page) " —"' in css
    assert '@bottom-left { content: "— " counter(page) " —"' in css


def test_a_font_name_cannot_leave_its_place():
    css = stylesheet(Fonts(body=('x"; } body { display: none',)))
    assert 'font-family: "x  body  display: none", serif;' in css
    assert css.count("{") == css.count("}")


@pytest.mark.browser
@pytest.mark.parametrize("name", ALL)
def test_on_a_phone_nothing_runs_out_of_the_window(name: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    style = f"<style>body{{margin:0}}{stylesheet()}</style>"
    page.set_content(f'<!doctype html><meta name="viewport" content="width=device-width">{style}{to_html(ALL[name])}')
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    sizes = page.evaluate("[...document.querySelectorAll('.paper-name')].map(e => getComputedStyle(e).fontSize)")
    assert all(float(size[:-2]) < 30 for size in sizes)
    page.close()
