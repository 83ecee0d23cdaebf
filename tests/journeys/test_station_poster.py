"""The poster at a station's door: one sheet of A4 whose code leads to the station."""

import io
import re

import pytest
import segno
from PIL import Image

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.window import Edition
from tongxin.hear.stations.models import Station

A4 = (595, 842)  # points
QUIET = 4  # modules around the code
LONG = {
    "name": "岭东区中心街道八马路社区教育界别委员联络站（双语）",
    "hours": "每周一至周五 8:30—11:30、13:30—17:00，每月第一个星期六 9:00—11:30，节假日照常",
    "address": "岭东区中心街道八马路二百三十八号社区综合服务中心一楼东侧便民大厅三号窗口对面",
    "phone": "0469-1234567",
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("words", [{}, LONG], ids=["plain", "long"])
def test_the_poster_prints_on_one_sheet(window: Opener, cast: Cast, words: dict[str, str], language: str) -> None:
    Station.objects.update(**words)
    office = window("office", Edition("desktop", language)).open("/desk/stations/")
    office.tab.get_by_role("link", name=words.get("name", cast.door_station.name)).first.click()
    office.press("Poster with code").at(r"/desk/stations/\d+/poster/").picture("poster" if not words else "poster-long")
    printed = office.tab.pdf(prefer_css_page_size=True, print_background=True)
    boxes = re.findall(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)\s*\]", printed)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert {tuple(round(float(side)) for side in box) for box in boxes} == {A4}


def test_the_code_leads_to_the_station(window: Opener, cast: Cast) -> None:
    office = window("office").open(f"/desk/stations/{cast.door_station.pk}/poster/")
    address = "http://" + office.tab.locator(".poster-typed strong").inner_text()
    office.tab.emulate_media(media="print")
    drawn = Image.open(io.BytesIO(office.tab.locator(".poster-code svg").screenshot())).convert("L")
    code = segno.make(address, error="Q", micro=False, boost_error=True)
    wanted = [list(row) for row in code.matrix]
    module = drawn.width / (len(wanted) + 2 * QUIET)

    def dark(row: int, column: int) -> bool:
        centre = (int((column + QUIET + 0.5) * module), int((row + QUIET + 0.5) * module))
        return drawn.getpixel(centre) < 128

    assert [[dark(r, c) for c in range(len(wanted))] for r in range(len(wanted))] == [
        [bool(module) for module in row] for row in wanted
    ]
    assert address.endswith("/s/A001")
    person = window(edition=Edition("phone")).open(address)
    person.reads("What would you like to say?").sees(cast.door_station.name)
