"""From a concern to a brief, through three hands to its number, and the answer back to the person who spoke."""

from __future__ import annotations

from tests.cast import Cast
from tests.journeys.conftest import Opener
from tests.journeys.people import TEXT, TITLE, find, say, sign_in
from tests.journeys.window import Edition, Window
from tongxin.carry.briefs.models import Brief
from tongxin.carry.briefs.workflow import BRIEFS
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door

WHY = "早市路段的排水设施移交后没有养护单位，巡查排不到这里。"
ADVICE = "由市住建局明确养护单位，十天内换井盖、清淤，早市周边列入每周巡查。"
WAY_TO_THE_SIGNER = (
    ("submit", "office"), ("accept", "info_editor"), ("send_review", "info_editor"), ("approve", "info_reviewer"),
)  # fmt: skip
TOLD = "您说的井盖换好了，早市周边以后每周有人来看。谢谢您告诉我们。"


def test_from_a_concern_to_a_brief_and_the_answer_back(window: Opener, cast: Cast, in_turn: Edition) -> None:
    person, office = window(edition=in_turn), window("office", in_turn)
    receipt = say(person, picture=False, phone="")

    # The office begins a brief from the concern: the person's words are there already.
    find(office).press("Draft a brief", "#decide").tab.locator("#move-form").wait_for()
    office.press("Draft a brief", "#move-form").at(r"/desk/briefs/\d+/").sees(TEXT).picture("brief-begun")
    office.press("Go on writing", "#decide").sees(TEXT, within=".editor-beside").picture("brief-editor")
    office.write(title="关于早市路段井盖和排水养护的建议", analysis=WHY, suggestion=ADVICE)
    office.press("Save and hand in").reads("To be looked at", within=".reading-state").picture("brief-handed-in")
    brief = Brief.objects.get()
    assert Concern.objects.get().state == "converted"

    # Three hands.
    editor = sign_in(window(edition=in_turn), "info_editor")
    editor.who = "editor"
    more = "涉及早市摊户和买菜老人三百余人。"
    step(editor, brief, "Take it on").press("Edit", "#decide").write(situation=TEXT + more)
    for field, value in (("category", "city"), ("secrecy", "public")):
        editor.tab.locator(f".editor-form select[name={field}]").select_option(value)
    editor.press("Save", ".editor-form").at(r"/desk/briefs/\d+/").press("%(n)s versions", n=3)
    editor.sees(more, within=".diff ins").picture("brief-versions")
    step(editor, brief, "To the reviewer")
    reviewer = window("info_reviewer", in_turn)
    step(reviewer, brief, "Approve")
    signer = window("info_signer", in_turn)
    step(signer, brief, "Sign and issue", main_to="市委、市政府").reads("Issued", within=".reading-state")
    signer.picture("brief-issued")
    brief.refresh_from_db()
    assert (brief.issue_number, brief.issue_total) == (1, 1)

    # Fed back in one act; the person reads the answer.
    step(editor, brief, "Tell authors and people", {"result": "resolved"}, text=TOLD)
    editor.reads("Fed back", within=".reading-state").picture("brief-fed-back")
    person.open(f"/r/{receipt}").sees(TOLD).sees(TITLE[:8]).picture("brief-answered")
    office.open("/desk/briefs/mine/").sees(brief.number).reads("Fed back", within=".rows").picture("brief-mine")


def test_on_a_telephone_the_next_one_hides_nothing(window: Opener, cast: Cast) -> None:
    """After signing, the word of success is in sight, and the next one's long title makes the page no wider."""
    office = cast.actor("office")
    for title in ("关于建立冬季除雪分段责任公示制度并向社会公开监督电话的建议", "关于社区食堂可持续运营的建议"):
        told = {"title": title, "situation": TEXT, "analysis": WHY, "suggestion": ADVICE, "assembly": cast.city.pk}
        brief = door.begin(BRIEFS, "draft", office, told | {"category": "city", "secrecy": "public"})
        for move, by in WAY_TO_THE_SIGNER:
            brief = door.perform(brief, move, cast.actor(by), {})
    signer = step(window("info_signer", Edition("phone", "zh")), brief, "Sign and issue", main_to="市委、市政府")
    signer.tab.wait_for_load_state()
    assert signer.tab.evaluate("[document.documentElement.scrollWidth, scrollY]") == [390, 0]
    assert "decide-next" in signer.tab.evaluate("document.activeElement.parentElement.className")


def step(window: Window, brief: Brief, name: str, choices: dict[str, str] | None = None, **texts: str) -> Window:
    """Open the brief and make a move of it."""
    window.open(f"/desk/briefs/{brief.pk}/").press(name, "#decide")
    form = window.tab.locator("#move-form")
    form.wait_for()
    for field, value in (choices or {}).items():
        form.locator(f"select[name={field}]").select_option(value)
    for field, text in texts.items():
        form.locator(f"[name={field}]").fill(text)
    form.locator("button.btn-seal").click()
    window.at(rf"/desk/briefs/{brief.pk}/(\?|$)").tab.locator("#move-form").wait_for(state="detached")
    return window
