"""The pages of research: the list with its filters, one report, its moves, sealed words, awards and honours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.cast import Cast
from tests.rooms.research.ways import BACK, INSTRUCTION, TEXT, begin, move, prize, report_in
from tongxin.carry.research.models import Honour, ReportAward, ResearchReport
from tongxin.kernel import inbox, navigation, search
from tongxin.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db
LIST = "/desk/research/"


def page(cast: Cast, who: str, address: str, status: int = 200) -> str:
    answer = cast.client(who).get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_the_list_is_narrowed_by_its_address(cast: Cast) -> None:
    year = timezone.localdate().year
    report_in(cast, "review", title="待审的一篇")
    report_in(cast, "instructed", title="有批示的一篇", topic="farm")
    awarded = report_in(cast, "finalized", title="得奖的一篇")
    move(cast, awarded, "award", "office", **prize())
    alone = begin(cast, "office", title="没有专委会的一篇", committee="")
    expected = {
        "?state=review": {"待审"}, "?topic=farm": {"有批示"}, "?instructed=1": {"有批示"}, "?awarded=1": {"得奖"},
        "?level=city_main": {"有批示"}, "?level=province_main": set(),
        f"?committee={cast.committee_.pk}": {"待审", "有批示", "得奖"},
        "?committee=none": {"没有专委会"}, f"?year={year}": {"有批示", "得奖"}, f"?year={year - 1}": set(),
        "?mine=1": {"待审", "得奖"}, "?q=得奖": {"得奖"}, "?q=没有这个词": set(),
        "?state=nonsense&committee=x&year=abc&page=999": set(), "": {"待审", "有批示", "得奖", "没有专委会"},
    }  # fmt: skip
    assert alone.pk
    for query, titles in expected.items():
        text = page(cast, "office", LIST + query)
        seen = {part for part in ("待审", "有批示", "得奖", "没有专委会") if f"{part}的一篇" in text}
        assert seen == titles, query


def test_who_may_not_write_is_not_offered_it(cast: Cast) -> None:
    assert "起草调研报告" in page(cast, "committee", LIST)
    assert "起草调研报告" not in page(cast, "leader", LIST)
    assert "调研组送审之后" in page(cast, "member", LIST)
    assert cast.client("member").get(LIST + "new/").status_code == 403


def test_a_report_is_begun_and_the_same_form_sent_twice_makes_one(cast: Cast) -> None:
    client = cast.client("committee")
    form = client.get(LIST + "new/")
    token = form.context["form"]["token"].value()
    data = {**TEXT, "committee": cast.committee_.pk, "team": "周岩", "token": token}
    first, second = (client.post(LIST + "new/", data) for _ in range(2))
    report = ResearchReport.objects.get()
    assert first["Location"] == second["Location"] == report.get_absolute_url()
    refused = client.post(LIST + "new/", {**data, "token": "other", "team": "无此人"})
    assert refused.status_code == 422
    assert TEXT["text"] in refused.content.decode(), "what was typed is kept"


def test_going_on_with_it_and_a_stale_page(cast: Cast) -> None:
    report = report_in(cast, "draft")
    client, address = cast.client("committee"), f"{LIST}{report.pk}/text/"
    shown = client.get(address).content.decode()
    assert "周岩（教育界）" in shown
    data = {**TEXT, "title": "改过的题目", "committee": cast.committee_.pk, "version": report.version}
    assert client.post(address, data).status_code == 302
    stale = client.post(address, {**data, "title": "又改"})
    assert stale.status_code == 409
    assert "又改" in stale.content.decode()
    sent = report_in(cast, "review")
    assert client.get(f"{LIST}{sent.pk}/text/").status_code == 409


def test_moves_through_their_pages(cast: Cast) -> None:
    report = begin(cast, text="")
    client = cast.client("committee")
    refused = client.post(f"{LIST}{report.pk}/hand_in/")
    assert refused.status_code == 422
    assert "还缺" in refused.content.decode()
    told = {"on": timezone.localdate().isoformat(), "place": "八马路小学", "heard": "46", "note": "餐凉"}
    assert client.post(f"{LIST}{report.pk}/visit/", told).status_code == 302
    text = page(cast, "committee", report.get_absolute_url())
    assert "八马路小学" in text
    assert "46 人次" in text
    assert client.get(f"{LIST}{report.pk}/nosuch/").status_code == 404
    assert client.get(f"{LIST}{report.pk}/write/").status_code == 302
    assert client.get(f"{LIST}{report.pk}/review/").status_code == 404


def test_who_holds_the_post_and_wrote_it_is_told_why_not(cast: Cast) -> None:
    own = begin(cast, "office", committee="")
    today = timezone.localdate()
    move(cast, own, "visit", "office", on=today, place="某校", heard=3)
    move(cast, own, "hand_in", "office")
    assert "这篇报告由您起草" in page(cast, "office", own.get_absolute_url())
    answer = cast.client("office").get(f"{LIST}{own.pk}/review/")
    assert answer.status_code == 403
    assert "这篇报告由您起草" in answer.content.decode()


def test_the_newest_return_stands_on_top_until_it_is_mended(cast: Cast) -> None:
    report = report_in(cast, "returned")
    words = f'<div class="pre">{BACK["text"]}</div>'
    assert words in page(cast, "committee", report.get_absolute_url())
    report = move(cast, report, "hand_in", "committee")
    assert words not in page(cast, "committee", report.get_absolute_url())


def test_sealed_words_are_read_by_who_is_named_for_it_and_noted(cast: Cast) -> None:
    report = report_in(cast, "instructed")
    kept = report.instructions.get()
    address = f"{LIST}{report.pk}/instructions/{kept.pk}/"
    for who in ("office", "leader", "committee", "instructions"):
        text = page(cast, who, report.get_absolute_url())
        assert "市委主要领导批示" in text, who
        assert INSTRUCTION["text"] not in text, who
    assert "市委主要领导批示" not in page(cast, "member", report.get_absolute_url())
    assert cast.client("instructions").get(address).status_code == 405
    for who in ("office", "leader", "committee", "member", "stranger"):
        assert cast.client(who).post(address).status_code == 404, who
    assert not JournalEntry.objects.filter(verb="unsealed").exists()
    whole = cast.client("instructions").post(address).content.decode()
    part = cast.client("instructions").post(address, headers={"HX-Request": "true"}).content.decode()
    for text in (whole, part):
        assert INSTRUCTION["text"] in text
        assert INSTRUCTION["leader"] in text
    assert "<main" in whole
    assert "<main" not in part
    assert JournalEntry.objects.filter(verb="unsealed", record_id=report.pk, actor=cast.instructions).count() == 2
    assert "查看了领导批示" in page(cast, "office", report.get_absolute_url())


def test_the_scan_of_an_instruction_is_encrypted_and_opened_only_by_who_is_named_for_it(cast: Cast) -> None:
    content = b"%PDF-1.4 the paper itself"
    paper = {"scan": [SimpleUploadedFile("批示件.pdf", content, "application/pdf")]}
    report = report_in(cast, "submitted")
    report = move(cast, report, "instruct", "instructions", paper, **INSTRUCTION, on=timezone.localdate())
    kept = report.instructions.get()
    assert content not in default_storage.open(kept.scan.path).read()
    address = f"{LIST}{report.pk}/instructions/{kept.pk}/"
    assert "批示件" not in page(cast, "instructions", report.get_absolute_url())
    opened = cast.client("instructions").post(address).content.decode()
    assert 'name="scan"' in opened
    for who in ("office", "leader", "committee", "member", "stranger"):
        assert cast.client(who).post(address, {"scan": "1"}).status_code == 404, who
    answer = cast.client("instructions").post(address, {"scan": "1"})
    assert b"".join(answer.streaming_content) == content
    assert "no-store" in answer["Cache-Control"]
    noted = JournalEntry.objects.filter(verb="unsealed", record_id=report.pk)
    assert [entry.facts.get("scan", False) for entry in noted.order_by("id")] == [False, True]
    bare = report_in(cast, "instructed")
    address = f"{LIST}{bare.pk}/instructions/{bare.instructions.get().pk}/"
    assert cast.client("instructions").post(address, {"scan": "1"}).status_code == 404


def test_another_reports_instruction_is_not_found_under_this_one(cast: Cast) -> None:
    report, other = report_in(cast, "instructed"), report_in(cast, "instructed")
    address = f"{LIST}{report.pk}/instructions/{other.instructions.get().pk}/"
    assert cast.client("instructions").post(address).status_code == 404


def test_the_file_is_given_to_whoever_sees_the_report(cast: Cast) -> None:
    client = cast.client("committee")
    paper = SimpleUploadedFile("报告.pdf", b"%PDF-1.4 x", "application/pdf")
    data = {**TEXT, "text": "", "committee": cast.committee_.pk, "team": "周岩", "file": paper, "token": "f"}
    client.post(LIST + "new/", data)
    report = ResearchReport.objects.get()
    answer = client.get(f"{LIST}{report.pk}/file/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 x"
    assert cast.client("member").get(f"{LIST}{report.pk}/file/").status_code == 200
    assert cast.client("office").get(f"{LIST}{report.pk}/file/").status_code == 404, "a draft is its writers'"
    bare = report_in(cast, "submitted")
    assert cast.client("office").get(f"{LIST}{bare.pk}/file/").status_code == 404


def test_a_prize_its_list_and_putting_it_right(cast: Cast) -> None:
    report = report_in(cast, "finalized")
    client = cast.client("committee")
    paper = SimpleUploadedFile("证书.pdf", b"%PDF-1.4 x", "application/pdf")
    assert client.post(f"{LIST}{report.pk}/award/", {**prize(), "evidence": paper}).status_code == 302
    award = ReportAward.objects.get()
    assert report.title in page(cast, "leader", LIST + "awards/?level=province")
    assert report.title not in page(cast, "leader", LIST + "awards/?year=2001")
    assert "一等奖" in page(cast, "member", award.get_absolute_url())
    assert client.get(f"{LIST}awards/{award.pk}/file/").status_code == 200
    edit = f"{LIST}awards/{award.pk}/edit/"
    assert cast.client("leader").get(edit).status_code == 404
    assert client.post(edit, prize(grade="")).status_code == 422
    changed = {**prize(grade="second"), "version": award.version}
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, changed).status_code == 409, "it has changed meanwhile"
    award.refresh_from_db()
    assert (award.grade, award.evidence.name) == ("second", "证书.pdf")
    assert client.post(edit, {**prize(), "void": "on", "version": award.version}).status_code == 302
    assert report.title not in page(cast, "leader", LIST + "awards/")
    assert report.title in page(cast, "leader", LIST + "awards/?void=1")


def test_honours_are_entered_and_put_right_by_the_office(cast: Cast) -> None:
    client, today = cast.client("office"), timezone.localdate()
    told = {"kind": "experience_talk", "occasion": "全省提案工作座谈会", "issuer": "省政协", "on": today.isoformat()}
    assert cast.client("committee").get(LIST + "honours/new/").status_code == 403
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert client.post(LIST + "honours/new/", {**told, "on": tomorrow}).status_code == 422
    assert client.post(LIST + "honours/new/", told).status_code == 302
    honour = Honour.objects.get()
    assert client.post(LIST + "honours/new/", told).status_code == 422, "the same again"
    assert honour.occasion in page(cast, "member", LIST + "honours/?kind=experience_talk")
    assert honour.occasion not in page(cast, "member", LIST + "honours/?kind=media")
    edit = f"{LIST}honours/{honour.pk}/edit/"
    assert client.post(edit, {**told, "issuer": "省政协办公厅", "version": honour.version}).status_code == 302
    assert "省政协办公厅" in page(cast, "leader", honour.get_absolute_url())
    assert cast.client("stranger").get(honour.get_absolute_url()).status_code == 404
    honour.refresh_from_db()
    assert client.post(edit, {**told, "void": "on", "version": honour.version}).status_code == 302
    assert honour.occasion not in page(cast, "member", LIST + "honours/")


def test_it_is_found_by_its_words_by_those_who_see_it(cast: Cast) -> None:
    report = report_in(cast, "submitted")
    address = "/desk/search/?q=中央厨房"
    for who, seen in (("office", True), ("member", True), ("instructions", True), ("convener", False), ("body", False)):
        assert (report.title in page(cast, who, address)) == seen, who


def test_the_pages_in_english(cast: Cast) -> None:
    report = report_in(cast, "instructed")
    client = cast.client("office")
    client.post("/language/", {"language": "en"})
    text = client.get(report.get_absolute_url()).content.decode()
    for words in ("Field work", "Main leader of the city Party committee", "Instructed on", "1 day, 46 people heard"):
        assert words in text


@pytest.mark.parametrize("who", ["office", "committee", "leader", "info_reviewer", "member", "admin", "body"])
def test_the_home_counts_the_navigation_in_its_own_query(cast: Cast, who: str) -> None:
    cast.concern()
    for state in ("review", "reviewed", "returned", "finalized"):
        report_in(cast, state)
    actor = cast.actor(who)
    found = inbox.find(actor, 50, navigation.statements(actor))
    assert found.beside == navigation.counts(actor)
    assert found.beside.get("research:list", 0) == {"office": 2, "committee": 2, "leader": 1, "info_reviewer": 1}.get(
        who, 0
    )
    assert found.ids == inbox.find(actor, 50).ids


def test_an_identity_card_in_a_text_is_neither_found_nor_shown_by_search(cast: Cast) -> None:
    report = report_in(cast, "review", text="村民身份证230521198001011234，座机电话6121234，住房漏雨。")
    said = search.words(report)
    assert said is not None
    assert "230521198001011234" not in said.text
    assert "6121234" not in said.text
    assert "住房漏雨" in said.text


def test_whoever_waits_reads_whose_turn_it_is(cast: Cast) -> None:
    report = report_in(cast, "reviewed")
    for who in ("committee", "member", "office", "info_reviewer"):
        assert "接下来：定稿（秘书长或主席会议成员）" in page(cast, who, f"{LIST}{report.pk}/"), who
    assert "接下来：审核（" in page(cast, "committee", f"{LIST}{report_in(cast, 'review').pk}/")
    assert "接下来" not in page(cast, "committee", f"{LIST}{report_in(cast, 'applied').pk}/")


def test_striking_field_work_is_called_as_striking_is_in_briefs(cast: Cast) -> None:
    report = report_in(cast, "draft")
    assert "误录作废实地调研…" in page(cast, "committee", f"{LIST}{report.pk}/")
    report = move(cast, report, "strike_visit", "committee", visit=report.visits.get().pk, reason="日期写错")
    assert "误录作废实地调研：" in page(cast, "committee", f"{LIST}{report.pk}/")
