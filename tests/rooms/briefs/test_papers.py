"""The papers of a brief: what they say, for whom they are, that opening one writes nothing, and their measures."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any

import docx
import pytest
from django.core.cache import caches
from django.utils import timezone

from tests.cast import ROLES, Cast
from tests.rooms.briefs.ways import STATES, TEXT, begin, brief_in, move
from tests.rooms.documents.test_official_papers import attributes, twips
from tongxin.carry.briefs import documents, policy
from tongxin.carry.briefs.documents.parts import blocks, lead
from tongxin.carry.briefs.models import Brief, BriefAuthor
from tongxin.documents.official import Heading, Paragraph
from tongxin.kernel import options
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.models import JournalEntry, Option, Parameter
from tongxin.people import roles
from tongxin.people.models import Member, Person, RoleGrant

pytestmark = pytest.mark.django_db

PHONE = "+8613946901158"


def with_phone(cast: Cast) -> None:
    person = cast.seat.person
    person.phone = PHONE
    person.save()
    cast.seat.employer, cast.seat.title = "八马路小学", "教师"
    cast.seat.save()


def opened(cast: Cast, who: str, brief: Brief, paper: str) -> Any:
    answer = cast.client(who).get(f"/desk/briefs/{brief.pk}/papers/{paper}/word/")
    assert answer.status_code == 200
    return docx.Document(io.BytesIO(answer.content))


def words(document: Any) -> str:
    """All text of a Word file, its tables' cells line by line."""
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def printed(cast: Cast, who: str, brief: Brief, paper: str) -> str:
    answer = cast.client(who).get(f"/desk/briefs/{brief.pk}/papers/{paper}/")
    assert answer.status_code == 200
    article = re.search(r"<article.*</article>", answer.content.decode(), re.S)
    assert article
    return unescape(article[0])


def set_parameter(cast: Cast, key: str, value: Any) -> None:
    Parameter.objects.update_or_create(assembly=cast.city, key=key, defaults={"value": value})
    options.forget(cast.city.pk)


# What they say


def test_the_sheet_tells_every_field_and_where_it_comes_from(cast: Cast) -> None:
    with_phone(cast)
    concern = cast.concern(token="sheet")
    brief = begin(cast, "office", concerns=[concern.pk], authors="周岩", category="city", secrecy="internal")
    brief = move(cast, brief, "submit", "office")
    told = words(opened(cast, "office", brief, "sheet"))
    for expected in (
        "社情民意信息报送单", TEXT["title"], brief.number, "周岩", "教育界", "八马路小学 教师", "139****1158",
        "城乡建设", "内部参阅", f"群众诉求 {concern.number}", "office用户", "□同意", "一、情况与问题",
        TEXT["situation"],
        "二、原因分析", TEXT["analysis"], "三、意见建议", TEXT["suggestion"],
    ):  # fmt: skip
        assert expected in told
    today = timezone.localdate()
    assert f"{today.year}年{today.month}月{today.day}日" in told
    assert concern.number in printed(cast, "office", brief, "sheet")


def test_who_may_read_it_is_no_secrecy_on_the_sheet(cast: Cast) -> None:
    def field(brief: Brief, label: str) -> str:
        cells = [cell.text for row in opened(cast, "office", brief, "sheet").tables[0].rows for cell in row.cells]
        return cells[cells.index(label) + 1]

    brief = brief_in(cast, "submitted", secrecy="public")
    assert (field(brief, "阅读范围"), field(brief, "密级")) == ("可以公开", "—")
    Option.objects.create(
        assembly=cast.city, list="briefs.secrecy", code="internal", zh="秘密", en="Secret", meaning="internal",
        active=True, position=1,
    )  # fmt: skip
    options.forget(cast.city.pk)
    brief = brief_in(cast, "submitted", secrecy="internal")
    assert (field(brief, "阅读范围"), field(brief, "密级")) == ("—", "秘密")


def test_a_draft_is_not_handed_in_and_says_so(cast: Cast) -> None:
    assert "尚未报送" in words(opened(cast, "member", begin(cast), "sheet"))


def test_of_several_authors_each_has_a_line(cast: Cast) -> None:
    other = another_member(cast, "吴敏", cast.other_sector)
    brief = begin(cast, authors="吴敏")
    brief.authors.filter(member=other).update(unit="市农技站 站长")
    told = words(opened(cast, "member", brief, "sheet"))
    assert "周岩\n吴敏" in told
    assert "吴敏：市农技站 站长" in told
    assert "教育界、农业界" in told


def another_member(cast: Cast, name: str, sector: Any) -> Member:
    person = Person.objects.create(assembly=cast.city, name=name)
    return Member.objects.create(assembly=cast.city, person=person, term=cast.term, sector=sector, state="active")


def test_the_issue_says_who_reports_what_to_whom(cast: Cast) -> None:
    long = "关于解决八马路小学门前夜间照明不足并把学校周边路段列入巡查的建议"
    brief = brief_in(cast, "issued", secrecy="internal", title=long)
    document = opened(cast, "office", brief, "issue")
    told = words(document)
    today = timezone.localdate()
    for expected in (
        "社情民意信息", "第1期（总第1期）", "政协某市委员会办公室", f"{today.year}年{today.month}月{today.day}日",
        "教育界别委员周岩反映：", TEXT["situation"], "报：市委、市政府", "签发：info_signer用户",
        "审核：info_reviewer用户", "编辑：info_editor用户", "内部参阅",
    ):  # fmt: skip
        assert expected in told
    assert "共印" not in told
    assert "电话" not in told
    title = [each.text for each in document.paragraphs if each.style.name == "公文标题"]
    assert "".join(title) == long
    assert [len(line) for line in title] == [16, 16]  # broken evenly
    name = next(each for each in document.paragraphs if each.style.name == "公文机关标志")
    assert attributes(name._p, "sz")["val"] == "120"
    assert attributes(document.styles["公文机关标志"].element, "color")["val"] == "FF0000"


def test_what_may_be_public_bears_no_mark(cast: Cast) -> None:
    assert "可以公开" not in words(opened(cast, "office", brief_in(cast, "issued", secrecy="public"), "issue"))


def test_what_differs_from_place_to_place_is_a_parameter(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    for key, value in (
        ("briefs.paper_name", "社情民意专报"), ("briefs.paper_organ", "某市政协研究室"), ("briefs.paper_copies", 50),
        ("briefs.paper_phone", "0469-0000000"), ("briefs.paper_lead", "市政协委员、{sector}界{names}"),
        ("briefs.paper_headings", "基本情况、、对策"),
    ):  # fmt: skip
        set_parameter(cast, key, value)
    told = words(opened(cast, "office", brief, "issue"))
    for expected in (
        "社情民意专报", "某市政协研究室", "（共印50份）", "电话：0469-0000000", "市政协委员、教育界周岩反映：",
        "一、基本情况", "二、对策",
    ):  # fmt: skip
        assert expected in told
    assert "原因分析" not in told
    set_parameter(cast, "briefs.paper_headings", "")
    assert "一、" not in words(opened(cast, "office", brief, "issue"))
    set_parameter(cast, "briefs.paper_name", "")  # a paper without a name has that of the default
    assert "社情民意信息" in words(opened(cast, "office", brief, "issue"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_papers_are_chinese_whatever_the_reader_reads(cast: Cast, language: str) -> None:
    brief = brief_in(cast, "handling", category="city")
    client = cast.client("office")
    client.cookies["django_language"] = language
    user = cast.users["office"]
    user.language = language
    user.save()
    for paper, expected in (("sheet", "城乡建设"), ("slip", "市住房和城乡建设局主办，市卫生健康委员会协办。")):
        assert expected in unescape(client.get(f"/desk/briefs/{brief.pk}/papers/{paper}/").content.decode())


def test_the_slip_has_room_for_the_leader_and_tells_transfer_and_result(cast: Cast) -> None:
    handed = brief_in(cast, "handling")
    told = words(opened(cast, "office", handed, "slip"))
    for expected in ("处理笺", "领导批示", "转办意见", "办理结果", "第1期（总第1期）", "请办理", "前答复。"):
        assert expected in told
    assert "请市住房和城乡建设局主办，市卫生健康委员会协办。" in told
    done = move(cast, handed, "reply", "body", result="resolved", text="六盏路灯全部修好。")
    assert "六盏路灯全部修好。" in words(opened(cast, "office", done, "slip"))


def test_the_slip_never_has_the_sealed_words(cast: Cast) -> None:
    brief = brief_in(cast, "instructed")
    for who in ("office", "instructions", "info_editor"):
        told = words(opened(cast, who, brief, "slip")) + printed(cast, who, brief, "slip")
        assert "市委主要领导批示" in told
        assert "请住建局阅办" not in told
        assert "某某" not in told.replace("某某市", "")


def test_a_long_reply_stands_below_the_table(cast: Cast) -> None:
    long = "已经完成检修。" * 40
    brief = move(cast, brief_in(cast, "handling"), "reply", "body", result="resolved", text=long)
    document = opened(cast, "office", brief, "slip")
    assert "答复全文附后" in words(document)
    assert long in [paragraph.text for paragraph in document.paragraphs]
    assert all(long not in cell.text for row in document.tables[0].rows for cell in row.cells)


# The text as blocks


def test_the_writers_own_numbers_go_below_the_headings() -> None:
    text = (
        "一、底数不清\n全市没有台账。\n（一）档案缺失\n1.纸质档案\n"
        "二、责任不明。涉及三个部门，谁来养护没有写进清单，遇事互相推。\n"
    )
    found = list(blocks(text, deeper=True))
    assert found == [
        Heading(2, "（一）底数不清", numbered=False),
        Paragraph("全市没有台账。"),
        Heading(3, "1.档案缺失", numbered=False),
        Heading(4, "（1）纸质档案", numbered=False),
        Paragraph("（二）责任不明。涉及三个部门，谁来养护没有写进清单，遇事互相推。"),
    ]
    assert list(blocks("（一）档案缺失", deeper=True)) == [Heading(2, "（一）档案缺失", numbered=False)]
    assert next(iter(blocks(text, deeper=False))) == Heading(1, "一、底数不清", numbered=False)
    assert list(blocks("3.5万户没有台账。\n2024年底", deeper=True)) == [
        Paragraph("3.5万户没有台账。"),
        Paragraph("2024年底"),
    ]


PATTERN = "{sector}界别委员{names}"


def test_who_reports_is_named_by_sector_and_origin(cast: Cast) -> None:
    brief = Brief(assembly=cast.city, origin="member", committee=cast.committee_, unit="东山区政协")
    others = [another_member(cast, name, cast.other_sector) for name in ("吴敏", "郑毅", "冯时")]
    authors = [BriefAuthor(member=seat, name=seat.name) for seat in (cast.seat, *others)]
    assert lead(brief, authors[:1], PATTERN) == "教育界别委员周岩反映："
    assert lead(brief, authors[:3], PATTERN) == "教育界别委员周岩、农业界别委员吴敏、郑毅反映："
    assert lead(brief, authors, PATTERN) == "教育界别委员周岩、农业界别委员吴敏、郑毅等4名委员反映："
    assert lead(brief, authors[:1], "某市政协委员") == "某市政协委员周岩反映："  # whoever writes is named in any case
    assert lead(brief, [BriefAuthor(name="甲")], PATTERN) == "甲反映："
    assert lead(brief, [], PATTERN) == ""
    brief.origin = "lower"
    assert lead(brief, authors, PATTERN) == "东山区政协反映："
    brief.origin = "committee"
    assert lead(brief, authors, PATTERN) == "教科卫体委员会反映："


# For whom


@pytest.mark.parametrize("state", STATES)
def test_which_papers_there_are_in_each_state(cast: Cast, state: str) -> None:
    brief = brief_in(cast, state)
    out = brief.issued_at is not None
    assert keys(cast, "member", brief) == ["sheet", *(["issue"] if out else [])]
    inside = [] if state == "draft" else ["sheet", *(["issue", "slip"] if out else [])]
    assert keys(cast, "office", brief) == inside
    given = brief.transferred_at is not None
    assert keys(cast, "body", brief) == (["issue", "slip"] if given else [])
    assert keys(cast, "stranger", brief) == []
    for paper in documents.KINDS:
        for who in ("member", "office", "body", "stranger"):
            expected = 200 if paper in keys(cast, who, brief) else 404
            for end in ("", "word/"):
                answer = cast.client(who).get(f"/desk/briefs/{brief.pk}/papers/{paper}/{end}")
                assert answer.status_code == expected, (paper, who)


def keys(cast: Cast, who: str, brief: Brief) -> list[str]:
    """The papers that the rules give; pages show the same to whoever sees the brief."""
    actor, here = cast.actor(who), Brief.objects.filter(pk=brief.pk)
    given = [kind.key for kind in documents.KINDS.values() if kind.who.filter(actor, here).exists()]
    if policy.read.filter(actor, here).exists():
        assert [kind.key for kind in documents.kinds(actor, brief)] == given, who
    return given


@pytest.mark.parametrize("state", ["draft", "submitted", "issued", "handling", "fed_back"])
def test_pages_show_everybody_the_papers_that_the_rules_give(cast: Cast, state: str) -> None:
    brief = brief_in(cast, state)
    RoleGrant.objects.create(assembly=cast.city, user=cast.users["convener"], role=roles.BODY, scope=cast.health.pk)
    RoleGrant.objects.create(assembly=cast.city, user=cast.users["member"], role=roles.BODY, scope=cast.roads.pk)
    RoleGrant.objects.create(assembly=cast.city, user=cast.users["info_editor"], role=roles.BODY, scope=cast.roads.pk)
    BriefAuthor.objects.create(brief=brief, user=cast.users["body"], name="曾是委员")
    for who in ROLES:
        keys(cast, who, brief)
    handled = brief.transferred_at is not None
    assert ("slip" in keys(cast, "convener", brief)) == handled
    assert "sheet" not in keys(cast, "convener", brief)  # for the body, not for an author
    assert "sheet" in keys(cast, "body", brief)  # whose name stands under it


def test_the_page_links_what_there_is(cast: Cast) -> None:
    brief = brief_in(cast, "submitted")
    html = cast.client("office").get(f"/desk/briefs/{brief.pk}/").content.decode()
    assert f"/desk/briefs/{brief.pk}/papers/sheet/word/" in html
    assert "papers/issue" not in html
    assert cast.client("office").get(f"/desk/briefs/{brief.pk}/papers/nothing/").status_code == 404


def test_a_body_learns_nothing_private_of_the_authors(cast: Cast) -> None:
    with_phone(cast)
    brief = brief_in(cast, "handling")
    for paper in ("issue", "slip"):
        told = words(opened(cast, "body", brief, paper)) + printed(cast, "body", brief, paper)
        assert "八马路小学 教师" not in told
        assert "1158" not in told


@pytest.mark.parametrize(
    ("who", "shown"),
    [("member", "13946901158"), ("office", "139****1158"), ("leader", "139****1158"), ("info_editor", "")],
)
def test_a_telephone_number_is_shown_as_its_reader_may_see_it(cast: Cast, who: str, shown: str) -> None:
    with_phone(cast)
    brief = brief_in(cast, "submitted")
    told = words(opened(cast, who, brief, "sheet")) + printed(cast, who, brief, "sheet")
    numbers = set(re.findall(r"139[*\d]{8}", told))
    assert numbers == ({shown} if shown else set())


def test_whole_numbers_are_taken_by_a_form_and_noted(cast: Cast) -> None:
    with_phone(cast)
    brief = brief_in(cast, "submitted")
    address = f"/desk/briefs/{brief.pk}/papers/sheet/word/"
    assert "（会留痕）" in cast.client("office").get(f"/desk/briefs/{brief.pk}/papers/sheet/").content.decode()
    answer = cast.client("office").post(address)
    assert "13946901158" in words(docx.Document(io.BytesIO(answer.content)))
    assert JournalEntry.objects.filter(verb="revealed", record_id=brief.pk).count() == 1
    story = cast.client("office").get(f"/desk/briefs/{brief.pk}/").content.decode()
    assert "带作者电话的报送单被取用" in story
    for who in ("member", "info_editor", "body", "stranger"):
        assert cast.client(who).post(address).status_code == 404
    assert JournalEntry.objects.filter(verb="revealed").count() == 1


def test_opening_a_paper_writes_nothing(cast: Cast) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    brief = brief_in(cast, "handling")
    client = cast.client("office")
    client.get("/desk/")
    entries = JournalEntry.objects.count()
    with CaptureQueriesContext(connection) as asked:
        for paper in documents.KINDS:
            client.get(f"/desk/briefs/{brief.pk}/papers/{paper}/")
            client.get(f"/desk/briefs/{brief.pk}/papers/{paper}/word/")
    assert not [query["sql"] for query in asked if re.match(r"\s*(INSERT|UPDATE|DELETE)", query["sql"], re.I)]
    assert JournalEntry.objects.count() == entries


def test_the_file_is_named_after_the_paper_and_opens_the_same_twice(cast: Cast) -> None:
    brief = brief_in(cast, "issued")
    client = cast.client("office")
    first, second = (client.get(f"/desk/briefs/{brief.pk}/papers/issue/word/") for _ in range(2))
    assert first.content == second.content
    assert "%E5%88%8A%E6%A0%B7.docx" in first["Content-Disposition"]  # 刊样
    with pytest.raises(NotAllowed):
        documents.of_brief(cast.actor("office"), brief, "nothing")


# Measures


@pytest.mark.parametrize("paper", ["sheet", "issue", "slip"])
def test_the_page_has_the_measures_of_the_standard(cast: Cast, paper: str) -> None:
    document = opened(cast, "office", brief_in(cast, "handling"), paper)
    section = document.sections[0]
    assert (twips(section.page_width), twips(section.page_height)) == (11906, 16838)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [twips(each) for each in margins] == [2098, 1984, 1587, 1474]
    assert attributes(document.element.body.sectPr, "docGrid")["linePitch"] == "579"
    for table in document.tables:
        widths = [int(each.get(each.keys()[0])) for each in table._tbl.tblGrid]
        assert sum(widths) == 8845


def test_the_stylesheet_is_there_for_everybody(cast: Cast) -> None:
    caches["local"].clear()
    answer = cast.client().get("/papers.css")
    assert answer["Content-Type"].startswith("text/css")
    assert "size: 210mm 297mm" in answer.content.decode()
    assert "max-age" in answer["Cache-Control"]
    page = cast.client("office").get(f"/desk/briefs/{brief_in(cast, 'issued').pk}/papers/issue/").content.decode()
    assert 'href="/papers.css"' in page
