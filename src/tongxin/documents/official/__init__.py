"""Official papers (公文) laid out by GB/T 9704-2012: one content, a Word file and a print page of the same geometry.

paper = Paper(title, Head(Sort.SHEET, …), body=(Heading(1, …), Paragraph(…)), colophon=Colophon(…))
to_word(paper)               # the bytes of a .docx, the same for the same paper
to_html(paper), stylesheet() # an <article> and the CSS that prints it
"""

from tongxin.documents.official.content import (
    Block,
    Colophon,
    Head,
    Heading,
    Items,
    Paper,
    Paragraph,
    Signature,
    Sort,
    Table,
)
from tongxin.documents.official.geometry import FONTS, FREE_FONTS, Fonts
from tongxin.documents.official.page import to_html
from tongxin.documents.official.stylesheet import stylesheet
from tongxin.documents.official.word import to_word

__all__ = [
    "FONTS",
    "FREE_FONTS",
    "Block",
    "Colophon",
    "Fonts",
    "Head",
    "Heading",
    "Items",
    "Paper",
    "Paragraph",
    "Signature",
    "Sort",
    "Table",
    "stylesheet",
    "to_html",
    "to_word",
]
