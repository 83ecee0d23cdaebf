"""不调研不建言: a paper that rests on nothing is let pass, pointed out or held back, as its place wants it.

Tried on a small workflow, in whose place consultations and proposals will stand.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.cast import Cast
from tests.rooms.briefs.ways import begin, brief_in
from tests.rooms.research.ways import report_in
from tongxin.carry.briefs.models import Brief
from tongxin.carry.research.models import ResearchReport
from tongxin.hear.concerns.models import Concern
from tongxin.hear.contact.models import ContactRecord
from tongxin.kernel import door, evidence, options, workflow
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import Parameter
from tongxin.kernel.rules import EVERYTHING, Rule
from tongxin.kernel.workflow import Move, State, Workflow

pytestmark = pytest.mark.django_db

ANYBODY = Rule(lambda actor: EVERYTHING, "")
#: What the only paper of the test hangs on; consultations will have a table for it.
HUNG_ON: list[Any] = []
SMALL = Workflow(
    "consultation", "Consultation", Brief, (State("draft", "Draft"), State("submitted", "Sent", final=True)),
    [Move("send", "Send", "Sent", ("draft",), "submitted", ANYBODY, "domain §1.4 P13", form=evidence.EvidencedForm)],
)  # fmt: skip


@pytest.fixture
def paper(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Brief:
    """A paper of the small workflow, which hangs on nothing yet."""
    made = begin(cast)
    known = dict(options._PARAMETERS)
    monkeypatch.setattr(options, "_PARAMETERS", known)
    options.declare_parameter(evidence.parameter("test.evidence", "Consultations without evidence"))
    monkeypatch.setitem(workflow._WORKFLOWS, Brief, SMALL)
    monkeypatch.setattr(evidence, "_DEMANDS", dict(evidence._DEMANDS))
    evidence.demand(evidence.Demand(Brief, "test.evidence", lambda paper: HUNG_ON, "Nothing stands behind it."))
    HUNG_ON.clear()
    return made


def set_to(cast: Cast, how: str, key: str = "test.evidence") -> None:
    Parameter.objects.update_or_create(assembly=cast.city, key=key, defaults={"value": how})
    options.forget(cast.city.pk)


def send(cast: Cast, paper: Brief) -> Brief:
    return door.perform(paper, "send", cast.actor("office"))


def form_of(cast: Cast, paper: Brief) -> Any:
    step = SMALL.move("send")
    assert step
    return door.form_for(paper, step, cast.actor("office"), {})


def test_without_evidence_it_is_pointed_out_and_goes_on(cast: Cast, paper: Brief) -> None:
    set_to(cast, "warn")
    form = form_of(cast, paper)
    assert form.is_valid()
    assert form.warnings == ("Nothing stands behind it.",)
    assert send(cast, paper).state == "submitted"


def test_without_evidence_it_is_held_back(cast: Cast, paper: Brief) -> None:
    set_to(cast, "block")
    with pytest.raises(Invalid) as caught:
        send(cast, paper)
    assert caught.value.form.non_field_errors() == ["Nothing stands behind it."]
    assert caught.value.form.warnings == (), "what is refused is not warned of besides"
    paper.refresh_from_db()
    assert paper.state == "draft"


def test_nothing_is_asked_where_it_is_switched_off(cast: Cast, paper: Brief) -> None:
    set_to(cast, "off")
    assert evidence.check(paper) is None
    assert send(cast, paper).state == "submitted"


def test_the_preset_points_it_out(cast: Cast, paper: Brief) -> None:
    assert evidence.check(paper) == evidence.Verdict("Nothing stands behind it.", blocks=False)


@pytest.mark.parametrize("state", ["draft", "reviewed", "withdrawn"])
def test_a_report_that_is_not_finalized_is_no_ground(cast: Cast, paper: Brief, state: str) -> None:
    set_to(cast, "block")
    HUNG_ON.append(report_in(cast, state))
    with pytest.raises(Invalid):
        send(cast, paper)


@pytest.mark.parametrize("state", ["finalized", "applied"])
def test_a_finished_report_is_a_ground(cast: Cast, paper: Brief, state: str) -> None:
    set_to(cast, "block")
    HUNG_ON.append(report_in(cast, state))
    assert form_of(cast, paper).is_valid()
    assert send(cast, paper).state == "submitted"


def test_a_concern_is_a_ground_unless_it_was_declined(cast: Cast, paper: Brief) -> None:
    assert evidence.counts(cast.concern(token="a"))
    assert not evidence.counts(cast.concern(token="b", state="declined"))


def test_a_contact_is_a_ground_unless_it_is_void(cast: Cast) -> None:
    contact = ContactRecord(assembly=cast.city, member=cast.seat, state="recorded")
    assert evidence.counts(contact)
    contact.state = "voided"
    assert not evidence.counts(contact)


def test_what_no_room_registered_is_no_ground(cast: Cast, paper: Brief) -> None:
    assert not evidence.counts(paper)
    assert {ground.model for ground in evidence.grounds()} == {Concern, ContactRecord, ResearchReport}


def test_a_wrong_preset_or_parameter_fails_at_start() -> None:
    with pytest.raises(ImproperlyConfigured):
        evidence.parameter("test.evidence", "x", "perhaps")
    with pytest.raises(ImproperlyConfigured):
        evidence.demand(evidence.Demand(Brief, "no.such", lambda paper: [], ""))


# Briefs, of which it is asked where an assembly wants it


def test_a_brief_is_handed_in_without_a_voice_unless_that_is_held_back(cast: Cast) -> None:
    assert brief_in(cast, "submitted").state == "submitted"
    set_to(cast, "block", "briefs.evidence")
    brief = begin(cast)
    with pytest.raises(Invalid) as caught:
        door.perform(brief, "submit", cast.actor("member"))
    assert "诉求" in caught.value.form.non_field_errors()[0]
    heard = begin(cast, "office", concerns=[cast.concern().pk])
    assert door.perform(heard, "submit", cast.actor("office")).state == "submitted"


def test_the_page_points_it_out(cast: Cast) -> None:
    set_to(cast, "warn", "briefs.evidence")
    brief, client = begin(cast), cast.client("member")
    page = client.get(f"/desk/briefs/{brief.pk}/submit/").content.decode()
    assert "这件信息背后还没有群众诉求" in page
    assert client.post(f"/desk/briefs/{brief.pk}/submit/").status_code == 302
    brief.refresh_from_db()
    assert brief.state == "submitted"


def test_how_strict_is_chosen_among_three(cast: Cast) -> None:
    client, address = cast.client("office"), "/manage/options/numbers/briefs.evidence/"
    page = client.get(address).content.decode()
    assert all(words in page for words in ("不要求", "提醒", "不允许提交"))
    assert client.post(address, {"value": "always"}).status_code == 422
    assert client.post(address, {"value": "warn"}).status_code == 302
    assert options.parameter(cast.city.pk, "briefs.evidence") == "warn"
    assert "提醒" in client.get("/manage/options/").content.decode()
