"""Lists of concerns: what is understood, what is named row by row, and that nothing is half-done."""

import csv
import io
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.concerns.messages import MANY, Mailbox, mailbox
from tongxin.hear.concerns import importing, texts
from tongxin.hear.concerns.commands import import_concerns
from tongxin.hear.concerns.models import Concern
from tongxin.kernel.models import Deadline, JournalEntry

pytestmark = pytest.mark.django_db

REAL = Path(os.environ.get("TONGXIN_SHARED_DATA") or Path(__file__).resolve().parents[4] / "shared" / "data")
INTAKE = REAL / "messages" / "intake_unlabelled.csv"


def table(header: str, *rows: str, encoding: str = "utf-8") -> bytes:
    return "\n".join([header, *rows]).encode(encoding)


def checked(cast: Cast, content: bytes, **given: str) -> importing.Report:
    return importing.check(importing.read(content, "表", given), cast.actor("office"))


def test_columns_are_guessed_and_values_kept(cast: Cast) -> None:
    content = table(
        "留言编号,留言主题,留言时间,留言详情,界别,无关", "17,路灯不亮,2024/1/5 8:05:00,坏了半个月𠮷😀,教育界,x"
    )
    report = checked(cast, content)
    assert not report.faults
    assert importing.take_in(report, cast.actor("office")) == 1
    concern = Concern.objects.get()
    assert (concern.title, concern.text, concern.reference) == ("路灯不亮", "坏了半个月𠮷😀", "17")
    assert (concern.sector, concern.committee, concern.source) == (cast.sector, cast.committee_, "import")
    assert f"{concern.said_at:%Y-%m-%d %H:%M}" == "2024-01-05 00:05"  # UTC
    assert report.table.unused == ["无关"]
    assert JournalEntry.objects.get().verb == "take_in"
    assert Deadline.objects.get().kind == "triage"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(cast: Cast, encoding: str) -> None:
    report = checked(cast, table("内容,标题", "路灯坏了半个多月没人修,路灯", encoding=encoding))
    assert [line.data["text"] for line in report.new] == ["路灯坏了半个多月没人修"]


def test_a_missing_column_is_named(cast: Cast) -> None:
    report = checked(cast, table("标题,时间", "路灯,2024-01-05"))
    assert "内容" in str(report.faults[0])
    with pytest.raises(ValueError, match="faults"):
        importing.take_in(report, cast.actor("office"))


def test_a_renamed_column_can_be_given(cast: Cast) -> None:
    report = checked(cast, table("标题,群众原话", "路灯,坏了半个月"), text="群众原话")
    assert report.new[0].data["text"] == "坏了半个月"
    with pytest.raises(LookupError, match="没有这列"):
        importing.read(table("标题,内容", "a,b"), "表", {"text": "没有这列"})


def test_each_fault_names_sheet_row_and_column(cast: Cast) -> None:
    content = table(
        "标题,内容,时间,界别,电话",
        "空的,,2024-01-05,教育界,",
        "错日期,有内容,去年冬天,教育界,",
        "错界别,有内容二,2024-01-05,天文界,",
        "错电话,有内容三,2024-01-05,教育界,138",
        "没问题,有内容四,2024-01-05,教育界,",
    )
    found = importing.check(importing.read(content, "表"), cast.actor("office"), consent=True).faults
    assert [(fault.row, fault.header) for fault in found] == [(2, "内容"), (3, "时间"), (4, "界别"), (5, "电话")]
    assert found[0].sheet == "表"
    assert found[0].column == "B"
    assert Concern.objects.count() == 0


def test_an_unknown_county_is_told_the_names_of_those_there_are(cast: Cast) -> None:
    client, content = cast.client("office"), table("内容,县区", "路灯坏了,火星区", "路灯又坏了,东山区")
    page = client.post(reverse("concerns:import"), {"file": SimpleUploadedFile("表.csv", content)})
    said = page.content.decode()
    assert "本级没有“火星区”；有的是：东山区。" in said
    assert "改好后可收" in said


def test_a_long_text_and_a_long_title_are_kept_whole(cast: Cast) -> None:
    text, title = "长" * 10_000, "题" * 90
    report = checked(cast, table("标题,内容", f"{title},{text}"))
    importing.take_in(report, cast.actor("office"))
    concern = Concern.objects.get()
    assert concern.text == f"{title}\n\n{text}"
    assert len(concern.title) <= 60


def test_control_characters_are_refused_in_words(cast: Cast) -> None:
    book = io.BytesIO()
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.active.append(["内容"])
    workbook.active.append(["左\u202e右"])
    workbook.save(book)
    report = checked(cast, book.getvalue())
    assert [fault.row for fault in report.faults] == [2]
    assert "U+202E" in report.faults[0].message


def test_the_same_words_are_reported_and_left_out_or_marked(cast: Cast) -> None:
    cast.concern(text="路灯坏了！")
    content = table("内容", "路灯坏了", "暖气不热", "暖气 不热。", "别的事")
    report = checked(cast, content)
    assert [(line.row.number, bool(line.twin)) for line in report.repeated] == [(2, True), (4, True)]
    assert report.repeated[1].twin.endswith("3") or "3" in report.repeated[1].twin
    assert importing.take_in(report, cast.actor("office")) == 3, "only what is in the books already is left out"
    again = checked(cast, content)
    assert len(again.repeated) == 4
    assert importing.take_in(again, cast.actor("office"), skip_repeated=False) == 4
    assert Concern.objects.filter(repeats=True).count() == 5


def test_names_and_numbers_need_the_peoples_consent(cast: Cast) -> None:
    content = table("内容,姓名,电话", "路灯坏了,刘大姐,13800001234")
    importing.take_in(checked(cast, content), cast.actor("office"))
    assert Concern.objects.get().speaker_phone == ""
    agreed = table("内容,姓名,电话", "暖气不热,刘大姐,13800001234")
    report = importing.check(importing.read(agreed), cast.actor("office"), consent=True)
    importing.take_in(report, cast.actor("office"))
    assert Concern.objects.latest("pk").speaker_phone == "+8613800001234"


def test_a_failure_in_the_middle_leaves_nothing(cast: Cast) -> None:
    lines = [f"第{n}件" for n in range(1200)]
    report = checked(cast, table("内容", *lines))

    def fall(_n: int) -> None:
        raise RuntimeError("the power is gone")

    with pytest.raises(RuntimeError):
        importing.take_in(report, cast.actor("office"), progress=fall)
    assert not Concern.objects.exists()
    assert not JournalEntry.objects.exists()


def test_the_command_line(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "留言.csv"
    file.write_bytes(table("标题,内容", "路灯,坏了半个月", encoding="gb18030"))
    dry = CliRunner().invoke(import_concerns, [str(file), "--assembly", "2305", "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert not Concern.objects.exists()
    done = CliRunner().invoke(import_concerns, [str(file), "--assembly", "2305", "--map", "title=标题"])
    assert done.exit_code == 0, done.output
    assert Concern.objects.get().title == "路灯"
    none = CliRunner().invoke(import_concerns, [str(file), "--map", "title=", "--take-repeated"])
    assert none.exit_code == 0, none.output
    assert Concern.objects.latest("id").title == "坏了半个月"
    for wrong in (["--map", "nonsense"], ["--map", "text=没有"], ["--assembly", "9999"], ["--encoding", "klingon"]):
        refused = CliRunner().invoke(import_concerns, [str(file), *wrong])
        assert refused.exit_code == 1
        assert "Traceback" not in refused.output


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n\0\0", b"%PDF-1.7 x", b"<html><table>"])
def test_what_is_no_table_is_refused_in_words(cast: Cast, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    refused = CliRunner().invoke(import_concerns, [str(file), "--assembly", "2305"])
    assert refused.exit_code == 1
    assert not Concern.objects.exists()


def _nothing_is_lost(box: Mailbox, report: importing.Report) -> None:
    """Every row is in the report in its order with its words, and each repetition names the row it repeats."""
    assert not report.faults
    assert [line.row.number for line in report.lines] == list(range(2, MANY + 2))
    assert all(line.data["text"].strip() == box.text(line.row.number) for line in report.lines)
    inside = {line.row.number: line.twin for line in report.repeated if not line.known}
    assert set(inside) == set(box.repeats)
    assert all(re.findall(r"\d+", twin) == [str(box.repeats[number])] for number, twin in inside.items())


@pytest.mark.parametrize(("encoding", "rare"), [("gbk", ""), ("utf-8-sig", "𠮷㐂😀")])
def test_as_many_messages_as_a_city_gets_go_in_with_none_lost(cast: Cast, encoding: str, rare: str) -> None:
    box = mailbox(rare)
    assert len(box.rows) == MANY
    assert len(box.repeats) == 41
    report = checked(cast, box.written(encoding))
    _nothing_is_lost(box, report)
    assert len(report.repeated) == 41
    done: list[int] = []
    assert importing.take_in(report, cast.actor("office"), progress=done.append) == MANY
    assert sum(done) == MANY
    assert sorted(Concern.objects.values_list("serial", flat=True)) == list(range(1, MANY + 1))
    kept = {concern.reference: concern for concern in Concern.objects.all()}
    for number, row in enumerate(box.rows, 2):
        concern = kept[row[0]]
        assert (concern.text, concern.title) == (box.text(number), row[2])
        assert concern.repeats == (number in box.repeats), number
        assert f"{timezone.localtime(concern.said_at):%Y/%-m/%-d %H:%M:%S}" == row[3]
    assert JournalEntry.objects.filter(verb="take_in").count() == MANY
    assert Deadline.objects.count() == MANY


def test_what_is_in_the_books_is_named_by_its_number_and_left_out(cast: Cast, tmp_path: Path) -> None:
    box = mailbox()
    told = [2, 1400, MANY + 1]
    known = {number: cast.concern(text=box.text(number), token=f"known-{number}") for number in told}
    file = tmp_path / "信箱.csv"
    file.write_bytes(box.written("gbk"))
    report = checked(cast, file.read_bytes())
    _nothing_is_lost_but_known(box, report, known)
    done = CliRunner().invoke(import_concerns, [str(file), "--assembly", "2305"])
    assert done.exit_code == 0, done.output
    again = sum(first in told for first in box.repeats.values()) + len(told)
    assert Concern.objects.count() == MANY - again + len(told)
    assert str(MANY) in done.output
    assert f" {told[0]}  {box.rows[0][2]}" in done.output
    assert known[told[0]].number in done.output
    assert set(Concern.objects.values_list("text_key", flat=True)) == {texts.key(row[-1]) for row in box.rows}


def _nothing_is_lost_but_known(box: Mailbox, report: importing.Report, known: dict[int, Concern]) -> None:
    """Rows in words of the books, also where a row of the list repeats them, name the concern's own number."""
    assert len(report.lines) == MANY
    numbers = {number: str(concern.number) for number, concern in known.items()}
    numbers |= {row: numbers[first] for row, first in box.repeats.items() if first in known}
    named = {line.row.number: line.twin for line in report.lines if line.known}
    assert set(named) == set(numbers)
    assert all(numbers[row] in twin for row, twin in named.items())


@pytest.mark.skipif(not INTAKE.exists(), reason=f"the real messages are not at {INTAKE}")
def test_real_messages_go_in_with_none_lost(cast: Cast) -> None:
    with INTAKE.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    report = importing.check(importing.read(INTAKE, INTAKE.stem), cast.actor("office"))
    assert not report.faults
    assert len(report.lines) == len(rows) == 2801
    assert len(report.repeated) >= 4
    assert importing.take_in(report, cast.actor("office")) == 2801
    assert Concern.objects.count() == 2801
    assert Concern.objects.filter(repeats=True).count() == len(report.repeated)
    kept = dict(Concern.objects.values_list("reference", "text"))
    assert all(kept[row["留言编号"]] == row["留言详情"].strip() for row in rows)
    assert sorted(Concern.objects.values_list("serial", flat=True))[-1] == 2801
