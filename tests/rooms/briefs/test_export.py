"""`tongxin export brief`: by id, number or issue, and a clear sentence for whatever cannot be."""

from __future__ import annotations

import io
from pathlib import Path

import docx
import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.briefs.ways import TEXT, begin, brief_in, move
from tongxin.carry.briefs.commands import export_brief
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.conf.cli import gather
from tongxin.documents.official.content import written
from tongxin.kernel import door
from tongxin.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(export_brief, list(words))


def told(result: Result) -> str:
    assert result.exit_code == 1, result.output
    return result.output


def words(file: Path) -> str:
    document = docx.Document(io.BytesIO(file.read_bytes()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_it_is_among_the_commands() -> None:
    group = gather().commands["export"]
    assert list(group.commands) == ["brief"]  # type: ignore[attr-defined]


def test_an_issue_by_id_number_and_issue(cast: Cast, tmp_path: Path) -> None:
    brief = brief_in(cast, "issued")
    entries = JournalEntry.objects.count()
    made = []
    for n, asked in enumerate((str(brief.pk), brief.number, f"{brief.issue_year}年第1期", "第1期", "总第1期")):
        out = tmp_path / f"{n}.docx"
        result = run(asked, "--out", str(out))
        assert result.exit_code == 0, result.output
        assert brief.number in result.output
        assert str(out) in result.output
        made.append(out.read_bytes())
    assert len(set(made)) == 1
    assert "第1期（总第1期）" in words(tmp_path / "0.docx")
    assert JournalEntry.objects.count() == entries


def test_before_the_issue_there_is_the_sheet(cast: Cast, tmp_path: Path) -> None:
    brief, out = brief_in(cast, "submitted"), tmp_path / "x.docx"
    assert run(brief.number, "--out", str(out)).exit_code == 0
    assert "社情民意信息报送单" in words(out)
    for paper in ("issue", "slip"):
        sentence = told(run(brief.number, "--out", str(tmp_path / "y.docx"), "--paper", paper))
        assert f"{brief.number} 还没有编发" in sentence
    assert not (tmp_path / "y.docx").exists()


def test_the_slip_tells_what_the_office_reads(cast: Cast, tmp_path: Path) -> None:
    brief = brief_in(cast, "handling")
    today = timezone.localdate()
    told_by = {"level": "city_main", "on": today, "leader": "某某", "text": "阅办"}
    brief = move(cast, brief, "instruct_more", "instructions", **told_by)
    out = tmp_path / "x.docx"
    assert run(brief.number, "--out", str(out), "--paper", "slip").exit_code == 0
    for expected in ("市住房和城乡建设局主办", "请办理", f"市委主要领导批示，{written(today)}"):
        assert expected in words(out)
    assert "阅办" not in words(out)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("999999", "没有编号为 999999 的信息"), ("2020-0001", "没有编号为 2020-0001 的信息"),
        ("2020年第9期", "没有编号为 2020年第9期 的信息"), ("总第999期", "没有编号为 总第999期 的信息"),
        ("第0期", "没有编号为"), ("路灯", "“路灯”不是序号、编号或期号"), ("9" * 30, "不是序号、编号或期号"),
        ("", "不是序号"),
    ],
)  # fmt: skip
def test_unknown_ones(cast: Cast, tmp_path: Path, asked: str, sentence: str) -> None:
    brief_in(cast, "issued")
    assert sentence in told(run(asked, "--out", str(tmp_path / "x.docx")))
    assert not (tmp_path / "x.docx").exists()


def test_several_assemblies(cast: Cast, tmp_path: Path) -> None:
    mine = begin(cast)
    theirs = door.begin(BRIEFS, "draft", cast.actor("stranger"), {**TEXT, "assembly": cast.elsewhere.pk})
    assert theirs.number == mine.number
    out = tmp_path / "x.docx"
    sentence = told(run(str(theirs.pk), "--out", str(out)))
    assert "邻市政协 (--assembly 2306)" in sentence
    assert run(theirs.number, "--out", str(out), "--assembly", "2306").exit_code == 0
    assert "stranger用户" in words(out)
    assert "2305 某市政协" in told(run("1", "--out", str(out), "--force", "--assembly", "9999"))


def test_without_any_assembly(tmp_path: Path) -> None:
    assert not Brief.objects.exists()
    assert "tongxin demo" in told(run("1", "--out", str(tmp_path / "x.docx")))


def test_files_that_cannot_be_written(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    brief, out = begin(cast), tmp_path / "x.docx"
    out.write_bytes(b"what was there")
    assert "已经存在" in told(run(brief.number, "--out", str(out)))
    assert out.read_bytes() == b"what was there"
    assert run(brief.number, "--out", str(out), "--force").exit_code == 0
    assert out.read_bytes().startswith(b"PK")
    (tmp_path / "folder.docx").mkdir()
    assert "是文件夹" in told(run(brief.number, "--out", str(tmp_path / "folder.docx")))
    assert "没有文件夹" in told(run(brief.number, "--out", str(tmp_path / "none" / "x.docx")))
    assert "以 .docx 结尾" in told(run(brief.number, "--out", str(tmp_path / "x.pdf")))

    def refuse(self: Path, mode: str = "r") -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root writes everywhere
    sentence = told(run(brief.number, "--out", str(tmp_path / "new.docx")))
    assert "写不进去：Permission denied" in sentence
    assert "Traceback" not in sentence
