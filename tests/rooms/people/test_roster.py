"""A roster comes in: read tolerantly, told row by row, all or nothing."""

from io import BytesIO

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from tongxin.kernel import door
from tongxin.people import roster
from tongxin.people.commands import import_members
from tongxin.people.models import Member, Person, Sector, Term
from tongxin.people.workflow import MEMBER

HEADER = ["姓名", "性别", "界别", "政协职务", "工作单位", "手机", "出生日期", "是否企业家"]
ROWS = [
    ["关山", "男", "教育", "常委", "第一中学", "13912342261", "1980-01-05", "否"],
    ["秦雪", "女", "农业界", "", "种粮合作社", 13912342262, "1975年3月2日", "是"],
]


def excel(rows, header=HEADER, merged=(), title="名册", above=()) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in (*above, header, *rows):
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def checked(cast, data: bytes, by: str = "office") -> roster.checking.Report:
    return roster.checking.check(roster.table.read(data), cast.actor(by))


def taken(cast, data: bytes, by: str = "office") -> dict[str, int]:
    return roster.checking.take_in(checked(cast, data, by), cast.actor(by))


def test_a_plain_roster(cast):
    report = checked(cast, excel(ROWS))
    assert [verdict.action for verdict in report.verdicts] == [roster.checking.NEW, roster.checking.NEW]
    assert Person.objects.count() == 1  # a check writes nothing
    roster.checking.take_in(report, cast.actor("office"))
    member = Member.objects.select_related("person").get(person__name="秦雪")
    assert (member.sector, member.is_entrepreneur, member.person.sex) == (cast.other_sector, True, "f")
    assert (str(member.person.birth), member.person.phone) == ("1975-03-02", "+8613912342262")
    assert Member.objects.get(person__name="关山").duty == "standing"


def test_twice_the_same_file_changes_nothing(cast):
    taken(cast, excel(ROWS))
    report = checked(cast, excel(ROWS))
    assert {verdict.action for verdict in report.verdicts} == {roster.checking.SAME}
    assert not report.possible


def test_renamed_columns_in_another_order_with_a_title_above(cast):
    header = ["序号", "联系电话", "所属界别（组）", "委员姓名*", "备注"]
    rows = [[1, "139 1234 2261", "教育界别", "关山", "x"]]
    report = checked(cast, excel(rows, header, above=[["某市政协委员名册"], []]))
    assert not report.faults
    assert any("备注" in remark for remark in report.remarks)
    assert report.verdicts[0].line.row == 4


def test_merged_cells_hold_for_every_row_they_cover(cast):
    rows = [["教育", "关山"], [None, "秦雪"], ["农业", "魏东"]]
    taken(cast, excel(rows, ["界别", "姓名"], merged=["A2:A3"]))
    assert Member.objects.get(person__name="秦雪").sector == cast.sector
    assert Member.objects.get(person__name="魏东").sector == cast.other_sector


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_every_kind(cast, encoding):
    text = "姓名,界别,出生日期\r\n关山,教育,1980/1/5\r\n秦雪,农业,19750302\r\n"
    taken(cast, text.encode(encoding))
    assert str(Person.objects.get(name="秦雪").birth) == "1975-03-02"


def test_a_missing_column_is_said_once(cast):
    report = checked(cast, excel([["关山"], ["秦雪"]], ["姓名"]))
    assert [str(fault) for fault in report.faults] == ["名册：缺“界别”列。"]


def test_bad_cells_are_named_by_sheet_row_and_column(cast):
    rows = [
        ["", "男", "教育", "", "", "13912342261", "", ""],
        ["关山", "甲", "教育", "", "", "", "", ""],
        ["秦雪", "", "体育", "班长", "", "1391234", "1975.2.30", "也许"],
    ]
    report = checked(cast, excel(rows))
    told = [str(fault) for fault in report.faults]
    assert len(told) == 7
    assert told[0].startswith("“名册”第 2 行 A 列（姓名）：")
    assert told[1] == "“名册”第 3 行 B 列（性别）：看不懂“甲”，应写：男、女。"
    assert "“名册”第 4 行 C 列（界别）：本政协没有“体育”这个界别。" in told
    assert any("第 4 行 F 列（手机）" in sentence and "11 位" in sentence for sentence in told)
    assert any("第 4 行 G 列（出生日期）" in sentence for sentence in told)


def test_the_same_person_twice_in_the_file(cast):
    rows = [ROWS[0], ["关山山", "男", "教育", "", "", "139-1234-2261", "", ""]]
    report = checked(cast, excel(rows))
    assert [str(fault) for fault in report.faults] == [
        "“名册”第 3 行 F 列（手机）：与“名册”第 2 行是同一个人（关山）。"
    ]
    by_birth = [["关山", "男", "教育", "", "", "", "1980-01-05", ""]] * 2
    assert len(checked(cast, excel(by_birth)).faults) == 1


def test_a_number_of_somebody_else(cast):
    taken(cast, excel(ROWS))
    report = checked(cast, excel([["别人", "", "教育", "", "", "13912342261", "", ""]]))
    assert "别人名下" in str(report.faults[0])


def test_what_differs_is_corrected_and_an_empty_cell_changes_nothing(cast):
    taken(cast, excel(ROWS))
    report = checked(cast, excel([["关山", "", "教育", "委员", "第二中学", "13912342261", "", ""]]))
    assert report.verdicts[0].action == roster.checking.CHANGED
    assert set(report.verdicts[0].changes) == {"duty", "employer"}
    roster.checking.take_in(report, cast.actor("office"))
    member = Member.objects.select_related("person").get(person__name="关山")
    assert (member.employer, member.duty, str(member.person.birth)) == ("第二中学", "member", "1980-01-05")


def test_a_second_seat_in_another_assembly_for_the_same_person(cast):
    taken(cast, excel(ROWS))
    Term.objects.create(assembly=cast.elsewhere, number=3, from_on="2021-01-01")
    Sector.objects.create(assembly=cast.elsewhere, code="edu", name="教育", category="circle")
    report = checked(cast, excel(ROWS[:1]), "stranger")
    assert report.verdicts[0].action == roster.checking.SECOND_SEAT
    assert "某市政协" in report.verdicts[0].note
    roster.checking.take_in(report, cast.actor("stranger"))
    assert Person.objects.get(name="关山").seats.count() == 2


def test_nothing_stays_when_something_fails_midway(cast):
    report = checked(cast, excel(ROWS))
    door.begin(
        MEMBER,
        "admit",
        cast.actor("office"),
        {"term": cast.term, "name": "秦雪", "sector": cast.sector, "birth": "1975-03-02"},
    )
    before = Person.objects.count()
    with pytest.raises(Exception, match="秦雪"):
        roster.checking.take_in(report, cast.actor("office"))
    assert Person.objects.count() == before
    assert not Person.objects.filter(name="关山").exists()


def upload(cast, data: bytes, name: str = "名册.xlsx"):
    return cast.client("office").post(reverse("people:import"), {"file": SimpleUploadedFile(name, data)})


def test_the_pages_tell_first_and_write_only_when_confirmed(cast):
    page = upload(cast, excel(ROWS))
    assert page.status_code == 200
    assert "导入后会是这样" in page.content.decode()
    assert Member.objects.count() == 1
    client, packed = cast.client("office"), page.context["packed"]
    for _twice in range(2):
        done = client.post(reverse("people:import_confirm"), {"roster": packed}, follow=True)
        assert done.status_code == 200
    assert Member.objects.count() == 3
    assert client.get(reverse("people:import_confirm")).status_code == 405


def test_a_confirmation_that_was_tampered_with_is_refused(cast):
    page = upload(cast, excel(ROWS))
    done = cast.client("office").post(reverse("people:import_confirm"), {"roster": page.context["packed"][:-2] + "xx"})
    assert done.status_code == 422
    assert "重新选文件" in done.content.decode()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("名册.xlsx", b"", "空"),
        ("名册.xlsx", b"%PDF-1.7 nothing", "不是表格"),
        ("名册.csv", "姓名,界别\n".encode(), "没有读到委员"),
        ("名册.csv", "甲,乙\n1,2\n".encode(), "列名"),
    ],
)
def test_files_that_are_no_roster_are_refused_in_words(cast, name, data, told):
    page = upload(cast, data, name)
    assert page.status_code == 422
    assert told in page.content.decode()
    assert cast.client("office").post(reverse("people:import")).status_code == 422
    assert cast.client("member").get(reverse("people:import")).status_code == 403


def test_a_row_without_a_name_is_left_out_and_named(cast):
    report = checked(cast, excel([*ROWS, ["", "男", "教育", "", "第二中学", "", "", ""]]))
    assert [verdict.name for verdict in report.verdicts] == ["关山", "秦雪"]
    assert any("第 4 行没有姓名" in remark for remark in report.remarks)


def test_what_was_left_out_stands_under_a_heading_of_its_own(cast):
    page = upload(
        cast, excel([*ROWS, ["", "男", "教育", "", "第二中学", "", "", ""], ["甲", "", "天文", "", "", "", "", ""]])
    )
    counted, besides = page.content.decode().split("另外</h2>")
    assert "1 处要改" in counted
    assert "第 4 行没有姓名" in besides


def test_without_a_term_it_says_what_to_do_first(cast):
    report = checked(cast, excel(ROWS), "stranger")
    assert "先录入本届" in str(report.faults[0])


def test_the_empty_table_can_be_filled_in_and_comes_back(cast):
    page = cast.client("office").get(reverse("people:import_template"))
    data = b"".join(page.streaming_content)
    reading = roster.table.read(data)
    assert (reading.lines, reading.remarks, reading.missing) == ([], [], [])


def test_the_command_dry_runs_refuses_and_takes_in(cast, tmp_path):
    file = tmp_path / "roster.xlsx"
    file.write_bytes(excel(ROWS))
    call = CliRunner().invoke
    dry = call(import_members, [str(file), "--assembly", "2305", "--dry-run"])
    assert (dry.exit_code, Member.objects.count()) == (0, 1)
    assert "关山" in dry.output
    done = call(import_members, [str(file)])
    assert (done.exit_code, Member.objects.count()) == (0, 3)
    file.write_bytes(excel([*ROWS, ["魏东", "", "体育", "", "", "", "", ""]]))
    bad = call(import_members, [str(file)])
    assert bad.exit_code == 1
    assert "第 4 行 C 列" in bad.output
    lost = call(import_members, [str(file), "--assembly", "9999"])
    assert (lost.exit_code, "2305 某市政协" in lost.output) == (1, True)


NAMELESS = ["姓名", "界别", "工作单位"]  # neither telephone nor date of birth


def test_who_has_neither_number_nor_birth_is_known_by_name_and_sector(cast):
    rows = [["关山", "教育", "第一中学"], ["秦雪", "农业", "种粮合作社"]]
    taken(cast, excel(rows, NAMELESS))
    rows[0][2] = "第二中学"
    report = checked(cast, excel(rows, NAMELESS))
    assert [verdict.action for verdict in report.verdicts] == [roster.checking.CHANGED, roster.checking.SAME]
    assert Member.objects.count() == 3


def test_the_same_name_twice_in_a_sector_asks_for_what_tells_them_apart(cast):
    report = checked(cast, excel([["关山", "教育", "甲"], ["关山", "教育", "乙"]], NAMELESS))
    assert [verdict.action for verdict in report.verdicts] == [roster.checking.NEW, roster.checking.WRONG]
    assert "第 2 行" in str(report.faults[0])
    header = ["姓名", "界别", "手机"]
    two = [["关山", "教育", "13912342261"], ["关山", "教育", "13912342262"]]
    assert taken(cast, excel(two, header))[roster.checking.NEW] == 2
    several = checked(cast, excel([["关山", "教育", "丙"]], NAMELESS))
    assert "几位同名" in str(several.faults[0])


def test_a_roster_confirmed_twice_is_taken_in_once(cast):
    client = cast.client("office")
    report = client.post(
        reverse("people:import"), {"file": SimpleUploadedFile("册.xlsx", excel([["关山", "教育", ""]], NAMELESS))}
    )
    for _time in range(2):
        assert client.post(reverse("people:import_confirm"), {"roster": report.context["packed"]}).status_code == 302
    assert Member.objects.filter(person__name="关山").count() == 1


@pytest.mark.parametrize("written", ["1980.5", "1980年5月", "1980-05", "１９８０．０５"])
def test_a_birth_without_its_day_is_the_first_of_the_month_and_it_is_said(cast, written):
    report = checked(cast, excel([["关山", "教育", written]], ["姓名", "界别", "出生年月"]))
    assert not report.faults
    assert any("当月 1 日" in remark for remark in report.remarks)
    roster.checking.take_in(report, cast.actor("office"))
    assert str(Person.objects.get(name="关山").birth) == "1980-05-01"


def test_a_year_alone_is_no_birth_and_is_quoted_as_it_stands(cast):
    report = checked(cast, excel([["关山", "教育", 1980]], ["姓名", "界别", "出生年月"]))
    assert "“1980”" in str(report.faults[0])
