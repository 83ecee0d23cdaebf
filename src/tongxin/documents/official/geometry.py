"""The measures of GB/T 9704-2012 and the fonts, once for Word and for the print page.

Numbers come from the standard unless a comment says otherwise (domain §5.1). A twip is a twentieth of a point.
"""

from dataclasses import dataclass

TWIPS_PER_MM = 1440 / 25.4

# Page and text block, in millimetres.
PAGE = (210, 297)
TOP, LEFT = 37, 28
BLOCK = (156, 225)
RIGHT, BOTTOM = PAGE[0] - LEFT - BLOCK[0], PAGE[1] - TOP - BLOCK[1]

LINES, CHARACTERS = 22, 28

# In twips. 22 lines of 580 would be 4 twips more than the block is high and Word would set 21: so 579.
PAGE_TWIPS = (11906, 16838)
MARGINS_TWIPS = {"top": 2098, "right": 1474, "bottom": 1984, "left": 1587}
BLOCK_TWIPS = (
    PAGE_TWIPS[0] - MARGINS_TWIPS["left"] - MARGINS_TWIPS["right"],
    PAGE_TWIPS[1] - MARGINS_TWIPS["top"] - MARGINS_TWIPS["bottom"],
)
LINE_TWIPS = BLOCK_TWIPS[1] // LINES
CHARACTER_TWIPS = BLOCK_TWIPS[0] / CHARACTERS
# How much closer than their size characters stand in the grid, in 4096ths of a point, rounded so that 28 still fit.
BODY_POINTS = 16
CHARACTER_SPACE = -848
# The same by the characters' own spacing, in twips: 28 of 15.7 points leave 2.6 points, which justified lines take up.
# The grid alone does not do (LibreOffice gives two cells to a character that is larger than one), and beside the grid
# it fits one character less than would be exact.
BODY_SPACING_TWIPS = -6

# Sizes in points: 2号, 3号, 4号.
TITLE_POINTS, SMALL_POINTS = 22, 14
# The name in the head: the standard leaves the size to the organ; these bounds keep it dignified and on one line.
NAME_POINTS = (26, 60)

# The upper edge of the red name stands 35 mm below the top of the text block (§7.2.4). The sheets of 信息 and 简报 have
# no standard; theirs stands higher, as is customary.
NAME_DROP_MM = {"file": 35, "sheet": 12}
LINE_BELOW_NUMBER_MM = 4
# A letter's name and its two double lines are measured from the edges of the page (§10.1).
LETTER = {"name": 30, "line_below_name": 4, "line_above_foot": 20, "width": 170}
# The dash of the page number stands 7 mm below the text block (§7.5).
NUMBER_BELOW_BLOCK_MM = 7

RED = "FF0000"


def twips(mm: float) -> int:
    """Millimetres in twips."""
    return round(mm * TWIPS_PER_MM)


def characters(count: float) -> int:
    """The width of so many characters of the grid in twips."""
    return round(count * CHARACTER_TWIPS)


@dataclass(frozen=True, slots=True)
class Fonts:
    """Font names by their part, each with stand-ins in order of preference.

    Word looks for the first and, where it is missing, for the names its font table gives as others of the same face;
    the print page tries all. The first names are those of government offices; they are commercial and never shipped.
    """

    title: tuple[str, ...] = ("方正小标宋简体", "方正小标宋_GBK", "FZXiaoBiaoSong-B05S", "Noto Serif CJK SC", "SimSun")
    body: tuple[str, ...] = ("仿宋_GB2312", "仿宋", "FangSong", "FandolFang", "Zhuque Fangsong", "AR PL UMing CN")
    black: tuple[str, ...] = ("黑体", "SimHei", "FandolHei", "Noto Sans CJK SC", "WenQuanYi Zen Hei")
    script: tuple[str, ...] = ("楷体_GB2312", "楷体", "KaiTi", "FandolKai", "LXGW WenKai", "AR PL UKai CN")
    number: tuple[str, ...] = ("宋体", "SimSun", "FandolSong", "Noto Serif CJK SC", "AR PL UMing CN")

    def __post_init__(self) -> None:
        for part in ("title", "body", "black", "script", "number"):
            if not getattr(self, part) or not all(name.strip() for name in getattr(self, part)):
                raise ValueError(f"no font is named for {part}")

    def all(self) -> list[tuple[str, ...]]:
        return [self.title, self.body, self.black, self.script, self.number]


FONTS = Fonts()
#: Free fonts only, as Debian packages them (fonts-noto-cjk, fonts-arphic-uming, fonts-arphic-ukai): for papers that are
#: rendered on the server. UMing stands in for 仿宋: a light face of the same width; no free 仿宋 is packaged there.
FREE_FONTS = Fonts(
    title=("Noto Serif CJK SC",),
    body=("AR PL UMing CN",),
    black=("Noto Sans CJK SC",),
    script=("AR PL UKai CN",),
    number=("AR PL UMing CN",),
)
