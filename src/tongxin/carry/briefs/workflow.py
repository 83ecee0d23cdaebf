"""The brief's way, as domain §2.5 has it: written, looked at, edited, reviewed, signed and issued; reported, adopted,
instructed on; handled, replied to, fed back.

What can happen more than once or at any time after the issue (another report, adoption or instruction) stands twice:
the row of the table, and one that leaves the state as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.carry.recognition.lists import AWARD_GRADES, INSTRUCTION_LEVELS
from tongxin.kernel import options
from tongxin.kernel.workflow import Move, State, Workflow
from tongxin.people import queries as people
from tongxin.people import roles
from tongxin.people.models import User

from . import above, actions, corrections, evidence, forms, policy
from .clocks import FEEDBACK_CLOCK, LABELS, LOOK_CLOCK, MEND_CLOCK, REPLY_CLOCK
from .models import Brief

STATES = (
    State("draft", _("Draft"), ""),
    State("submitted", _("To be looked at"), "seal"),
    State("returned", _("Returned, to be mended"), "amber"),
    State("editing", _("Being edited"), "indigo"),
    State("reviewing", _("To be reviewed"), "seal"),
    State("signing", _("To be signed"), "seal"),
    State("issued", _("Issued"), "jade"),
    State("reported", _("Reported upward"), "jade"),
    State("adopted", _("Adopted"), "jade"),
    State("instructed", _("Instructed on"), "jade"),
    State("handling", _("With the handling bodies"), "indigo"),
    State("replied", _("Replied, to be fed back"), "amber"),
    State("fed_back", _("Fed back"), "jade", final=True),
    State("merged", _("Merged into another"), "", final=True),
    State("not_adopted", _("Not taken on"), "", final=True),
    State("withdrawn", _("Taken back"), "", final=True),
)
OUT = ("issued", "reported", "adopted", "instructed")  # issued, and not yet given to anybody to act on
LATER = ("handling", "replied", "fed_back")
BEFORE_ISSUE = ("draft", "submitted", "returned", "editing", "reviewing", "signing")
CLOCKED = ("submitted", "returned", "handling", "replied")


def _authors(brief: Brief) -> Iterable[Any]:
    """Everybody whose name stands under it, those of merged sources among them."""
    credited = brief.authors.exclude(user=None).values("user")
    writers = {brief.created_by_id} if brief.created_by_id and not brief.gathered else set()
    return User.objects.filter(is_active=True, pk__in=credited) | User.objects.filter(is_active=True, pk__in=writers)


def _everybody(brief: Brief) -> Iterable[Any]:
    """The authors, and whoever wrote what was merged into it."""
    wrote = brief.sources.exclude(created_by=None).filter(gathered=False).values("created_by")
    return [*_authors(brief), *User.objects.filter(is_active=True, pk__in=wrote)]


def _editors(brief: Brief) -> Iterable[Any]:
    return people.users_with(brief.assembly_id, roles.INFO_EDITOR)


def _editor(brief: Brief) -> Iterable[Any]:
    """The editor at work; all of them while nobody has taken it on."""
    return [brief.editor] if brief.editor else _editors(brief)


def _reviewers(brief: Brief) -> Iterable[Any]:
    return people.users_with(brief.assembly_id, roles.INFO_REVIEWER)


def _signers(brief: Brief) -> Iterable[Any]:
    return people.users_with(brief.assembly_id, roles.INFO_SIGNER)


def _body_users(brief: Brief) -> Iterable[Any]:
    """Those of the bodies that have still to reply."""
    held = brief.handlings.filter(ended_at=None, replied_at=None).values_list("body_id", flat=True)
    return [user for body in held for user in people.users_with(brief.assembly_id, roles.BODY, body)]


def _given_or_not(brief: Brief) -> Iterable[Any]:
    """Those who have it now, and those from whom it was taken."""
    gone = [body.pk for body in getattr(brief, "let_go", ())]
    taken = [user for body in gone for user in people.users_with(brief.assembly_id, roles.BODY, body)]
    return [*_body_users(brief), *taken]


def _adopted(brief: Brief) -> Iterable[Any]:
    return [*_authors(brief), *_editor(brief)]


def _answerable(brief: Brief) -> Iterable[Any]:
    if brief.state == "returned":  # it lies with the authors; the editors learn that nothing came
        return [*_authors(brief), *_editors(brief)]
    bodies = _body_users(brief) if brief.state == "handling" else ()
    return [*_editor(brief), *people.users_with(brief.assembly_id, roles.OFFICE), *bodies]


# One row of the table in domain §2.5 each; kept in few lines so that the process is read at a glance.
# fmt: off
MOVES = [
    Move(
        "draft", _("Write a brief"), _("Begun"), (), "draft", policy.draft, "domain §2.5",
        form=forms.writing.DraftForm, act=actions.writing.draft, then=actions.writing.keep_draft,
    ),
    Move(
        "gather", _("Make one of several"), _("Made of several"), (), "editing", policy.receive, "domain §2.5",
        form=forms.merging.GatherForm, act=actions.merging.gather, then=actions.merging.keep_gathered, hidden=True,
    ),
    Move(
        "arrive", _("Arrives"), _("Reported by {unit}"), (), "submitted", policy.arrive, "domain §2.1",
        form=forms.packages.ArrivedForm, act=actions.after.arrive, then=actions.after.keep_arrived,
        starts=(LOOK_CLOCK,), tells=_editors, hidden=True,
    ),
    Move(
        "write", _("Go on writing"), _("Written ({saved})"), ("draft", "returned"), None, policy.own,
        "domain §2.5", form=forms.writing.CreditForm, act=actions.writing.write, waits=True, waits_in=("returned",),
        icon="pencil", primary=True,
    ),
    Move(
        "attach", _("Add a concern"), _("Concern {concern} added"), forms.carrying.BEING_WRITTEN, None,
        policy.own | policy.edit, "domain §2.0", form=forms.carrying.AttachForm, act=actions.writing.attach,
        hidden=True,
    ),
    Move(
        "submit", _("Hand in"), _("Handed in"), ("draft", "returned"), "submitted", policy.own, "domain §2.5",
        form=evidence.SubmitForm, act=actions.desk.submit, meets=("mend",), starts=(LOOK_CLOCK,), tells=_editors,
        primary=True, icon="send",
    ),
    Move(
        "accept", _("Take it on"), _("Taken on"), ("submitted",), "editing", policy.receive, "domain §2.5",
        act=actions.desk.accept, meets=("look",), tells=_authors, waits=True, primary=True, icon="check",
    ),
    Move(
        "edit", _("Edit"), _("Edited ({saved})"), ("editing",), None, policy.edit, "domain §2.5",
        form=forms.writing.TextForm, act=actions.writing.edit, icon="pencil",
    ),
    Move(
        "send_review", _("To the reviewer"), _("Given to the reviewer"), ("editing",), "reviewing", policy.edit,
        "domain §2.5", form=forms.desk.SendReviewForm, act=actions.signing.send_review, tells=_reviewers, waits=True,
        primary=True, icon="send",
    ),
    Move(
        "return", _("Return to the author…"), _("Returned: {reason}"), ("submitted", "editing"), "returned",
        policy.give_back, "domain §2.5", form=forms.desk.ReturnForm, act=actions.desk.return_, meets=("look",),
        starts=(MEND_CLOCK,), tells=_authors,
        icon="arrow-back-up",
    ),
    Move(
        "recall", _("Take it back to the desk…"), _("Taken back to be edited here"), ("returned",), "editing",
        policy.receive, "domain §2.5", form=forms.desk.ReasonForm, act=actions.desk.recall, tells=_authors,
        icon="arrow-forward-up",
    ),
    Move(
        "merge", _("Merge…"), _("Merged into {into}"), forms.merging.MERGEABLE, "merged", policy.settle, "domain §2.5",
        form=forms.merging.MergeForm, act=actions.merging.merge, meets=("look",), tells=_authors, icon="arrows-join",
    ),
    Move(
        "join", _("Merged into it"), _("{source} was merged into it"), ("editing",), None, policy.join, "domain §2.5",
        form=forms.merging.JoinForm, act=actions.merging.join, tells=_editor, hidden=True,
    ),
    Move(
        "not_adopt", _("Do not take on…"), _("Not taken on: {reason}"), ("submitted", "returned", "editing"),
        "not_adopted", policy.settle, "domain §2.5", form=forms.desk.SendBackForm, act=actions.desk.not_adopt,
        meets=("look",), tells=_everybody, icon="ban",
    ),
    Move(
        "take_over", _("Take over…"), _("Taken over from {editor}"), ("editing",), None, policy.take_over,
        "domain §2.5", form=forms.desk.ReasonForm, act=actions.desk.take_over, icon="user-share",
    ),
    Move(
        "approve", _("Approve"), _("Reviewed and approved"), ("reviewing",), "signing", policy.review, "domain §2.5",
        form=forms.signing.ApproveForm, act=actions.signing.approve, tells=_signers, waits=True, primary=True,
        icon="checks",
    ),
    Move(
        "reject", _("Back to the editor…"), _("Back to the editor: {reason}"), ("reviewing",), "editing",
        policy.review, "domain §2.5", form=forms.desk.SendBackForm, act=actions.desk.reject, tells=_editor,
        icon="arrow-back-up",
    ),
    Move(
        "sign", _("Sign and issue"), _("Issued as No. {issue} ({total} in all)"), ("signing",), "issued", policy.sign,
        "domain §2.5", form=forms.signing.SignForm, act=actions.signing.sign, tells=_adopted, waits=True, primary=True,
        icon="writing-sign",
    ),
    Move(
        "send_back", _("Back to the editor…"), _("Not signed: {reason}"), ("signing",), "editing", policy.sign,
        "domain §2.5", form=forms.desk.SendBackForm, act=actions.desk.reject, tells=_editor, icon="arrow-back-up",
    ),
    Move(
        "report_up", _("Report upward…"), _("Reported to {to}"), ("issued",), "reported", policy.follow,
        "domain §2.5", form=forms.after.ReportForm, act=actions.after.report_up, tells=_authors, icon="arrow-up-right",
        primary=True,
    ),
    Move(
        "report_further", _("Report to another…"), _("Reported to {to}"), (*OUT[1:], *LATER), None, policy.follow,
        "domain §2.5", form=forms.after.ReportForm, act=actions.after.report_up, tells=_authors, icon="arrow-up-right",
    ),
    Move(
        "adopt", _("Enter an adoption…"), _("Adopted by {organ} ({level})"), ("issued", "reported", "adopted"),
        "adopted", policy.follow, "domain §2.5", form=forms.after.AdoptForm, act=actions.after.adopt, tells=_adopted,
        icon="rosette-discount-check",
    ),
    Move(
        "adopt_more", _("Enter an adoption…"), _("Adopted by {organ} ({level})"), ("instructed", *LATER), None,
        policy.follow, "domain §2.5", form=forms.after.AdoptForm, act=actions.after.adopt, tells=_adopted,
        icon="rosette-discount-check",
    ),
    Move(
        "adopt_above", _("Adopted above"), _("Adopted by {organ} ({level})"), above.ENTERED, "adopted",
        policy.system_only, "domain §2.5", form=forms.after.AdoptForm, act=actions.after.adopt, tells=_adopted,
        hidden=True,
    ),
    Move(
        "adopt_above_more", _("Adopted above"), _("Adopted by {organ} ({level})"), ("instructed", *LATER), None,
        policy.system_only, "domain §2.5", form=forms.after.AdoptForm, act=actions.after.adopt, tells=_adopted,
        hidden=True,
    ),
    Move(
        "hear", _("Heard from above"), _("{unit}: {news}"), (*OUT, *LATER), None, policy.system_only, "domain §2.5",
        form=forms.after.HearForm, act=actions.after.hear, tells=_adopted, hidden=True,
    ),
    Move(
        "instruct", _("Enter an instruction…"), _("{instruction}, {on}"), OUT, "instructed",
        policy.instruct, "domain §2.10", form=forms.after.InstructForm, act=actions.after.instruct, tells=_adopted,
        icon="writing",
    ),
    Move(
        "instruct_more", _("Enter an instruction…"), _("{instruction}, {on}"), LATER, None,
        policy.instruct, "domain §2.10", form=forms.after.InstructForm, act=actions.after.instruct, tells=_adopted,
        icon="writing",
    ),
    Move(
        "award", _("Enter a prize…"), _("{year}: {prize}, {grade}"), (*OUT, *LATER), None, policy.follow, "domain §2.8",
        form=forms.after.AwardForm, act=actions.after.award, tells=_adopted, icon="award",
    ),
    *(
        Move(
            name, _("Entered by mistake…"), _("Entered by mistake: {struck}"), frm, to, policy.strike, "domain §2.5",
            form=form, act=actions.after.strike, tells=_adopted, hidden=to is not None, icon="eraser",
        )
        for name, form, frm, to in (
            ("strike", forms.striking.StrikeForm, (*OUT, *LATER), None),
            ("strike_to_adopted", forms.striking.StrikeToAdopted, ("instructed",), "adopted"),
            ("strike_to_reported", forms.striking.StrikeToReported, ("instructed", "adopted"), "reported"),
            ("strike_to_issued", forms.striking.StrikeToIssued, OUT[1:], "issued"),
        )
    ),
    Move(
        "transfer", _("Give to handling bodies…"), _("Given to {body}"), (*OUT, "handling"), "handling",
        policy.transfer, "domain §2.5", form=forms.after.TransferForm, act=actions.after.transfer,
        tells=_given_or_not, icon="building",
    ),
    Move(
        "assist", _("Say what was done"), _("{body}: {result}"), ("handling", "replied"), None, policy.assist,
        "domain §2.5", form=forms.after.ResultForm, act=actions.after.assist, tells=_editor, waits=True,
        waits_in=("handling",), waits_for=policy.assist_yet, primary=True, icon="message-reply",
    ),
    Move(
        "reply", _("Reply"), _("Reply of the body: {result}"), ("handling",), "replied", policy.reply, "domain §2.5",
        form=forms.after.ResultForm, act=actions.after.reply, meets=("brief_reply",), starts=(FEEDBACK_CLOCK,),
        tells=_editor, waits=True, primary=True, icon="message-reply",
    ),
    Move(
        "enter_reply", _("Enter the body's reply…"), _("Reply of the body: {result}"), ("handling",), "replied",
        policy.transfer, "domain §2.5", form=forms.after.ResultForm, act=actions.after.reply, meets=("brief_reply",),
        starts=(FEEDBACK_CLOCK,), tells=_editor, hint=_("For a body that replies on paper."), icon="file-text",
    ),
    Move(
        "press", _("Ask again…"), _("{body} was asked again"), ("replied",), "handling", policy.transfer,
        "domain §4-2", form=forms.desk.ReasonForm, act=actions.after.press, meets=("feedback",), starts=(REPLY_CLOCK,),
        tells=_body_users, icon="refresh",
    ),
    Move(
        "feed_back", _("Tell authors and people"), _("Fed back: {result}"), (*OUT, "replied"), "fed_back",
        policy.follow, "domain §2.5", form=forms.after.FeedbackForm, act=actions.after.feed_back, meets=("feedback",),
        tells=_authors, waits=True, waits_in=("replied",), icon="message-circle-check",
    ),
    Move(
        "feed_back_more", _("Tell authors and people more…"), _("Fed back further: {result}"), ("fed_back",), None,
        policy.follow, "domain §2.5", form=forms.after.FeedbackMoreForm, act=actions.after.feed_back_more,
        tells=_authors, waits=True, waits_for=policy.to_pass_on, icon="message-circle-check",
    ),
    Move(
        "follow_up", _("Look at it again…"), _("Looked at again: {result}"), ("replied", "fed_back"), None,
        policy.transfer, "domain §2.5", form=forms.after.FollowUpForm, act=actions.after.follow_up, icon="eye-check",
    ),
    Move(
        "withdraw", _("Take it back…"), _("Taken back by the author"), BEFORE_ISSUE, "withdrawn", policy.retract,
        "domain §2.5", form=forms.desk.WithdrawForm, act=actions.desk.withdraw, tells=_adopted, icon="trash",
    ),
    Move(
        "correct_credit", _("Correct the authors…"), _("Authors corrected: {names}"),
        (*BEFORE_ISSUE[1:], *OUT, *LATER, "merged", "not_adopted"), None, policy.follow, "domain §2.5",
        form=forms.credit.CorrectCreditForm, act=actions.writing.correct_credit, tells=_authors, icon="users",
    ),
    Move(
        "remind", _("Remind"), _("The authors were reminded"), ("returned",), None, policy.system_only, "domain §2.5",
        tells=_authors, hidden=True,
    ),
    Move(
        "escalate", _("Escalate"), _("Overdue: {clocks}"), CLOCKED, None, policy.system_only, "domain §2.5",
        act=actions.after.escalate, tells=_answerable, hidden=True,
    ),
]
# fmt: on


def _option(key: str) -> Any:
    return lambda assembly_id, code: options.label(assembly_id, key, code)


#: The list in which the code of some news from above stands, and the sentence it is put into.
_NEWS: dict[str, tuple[str, Any]] = {
    "not_adopted": ("briefs.return_reason", _("not taken on (%(what)s)")),
    "adopted": ("briefs.level", _("adopted (%(what)s)")),
    "instructed": (INSTRUCTION_LEVELS, _("%(what)s, %(on)s")),
    "fed_back": ("concerns.result", _("fed back (%(what)s)")),
}


def _news(_assembly_id: int, told: list[Any]) -> str:
    """What the assembly above made of it, its code in the words of its own list."""
    kind, code, where, on = told
    key, sentence = _NEWS[kind]
    day = date_format(date.fromisoformat(on), "DATE_FORMAT") if on else ""
    return str(sentence) % {"what": options.label(where, key, code), "on": day}


def _struck(assembly_id: int, told: list[str]) -> str:
    """What was struck: an instruction by its level, the others by whose they were."""
    kind, code = told
    name = options.label(assembly_id, INSTRUCTION_LEVELS, code) if kind == "instruction" else code
    return str(_("%(kind)s, %(name)s") % {"kind": corrections.KINDS[kind], "name": name})


def _saved(_assembly_id: int, told: int | list[str]) -> str:
    """What was saved: a version of the text, or only what stands beside it."""
    if isinstance(told, int):
        return str(_("version %(version)s") % {"version": told})
    if not told:
        return str(_("nothing new"))
    fields = {"authors": _("authors")} | {f.name: f.verbose_name for f in Brief._meta.fields}
    return str(_("only: %(fields)s") % {"fields": str(_(", ")).join(str(fields[name]) for name in told)})


def _body(_assembly_id: int, told: str | list[str]) -> str:
    """To whom it was given, and that others have it no longer: without their names, as each body reads it, and with
    the number, as those read it who cannot open the brief any more."""
    if isinstance(told, str):
        return told
    lead, number = told
    words = _("%(lead)s (of those who had %(number)s before, some have it no longer)")
    return str(words) % {"lead": lead, "number": number}


FACT_WORDS = {
    "body": _body,
    "saved": _saved,
    "struck": _struck,
    "news": _news,
    "reason": _option("briefs.return_reason"),
    "level": _option("briefs.level"),
    "instruction": _option(INSTRUCTION_LEVELS),
    "grade": _option(AWARD_GRADES),
    "result": _option("concerns.result"),
    "on": lambda _assembly_id, day: date_format(date.fromisoformat(day), "DATE_FORMAT"),
    "clocks": lambda _assembly_id, kinds: "、".join(str(LABELS.get(kind, kind)) for kind in kinds),
}

BRIEFS = Workflow(
    "brief",
    _("Brief"),
    Brief,
    STATES,
    MOVES,
    series="brief",
    described_by=lambda brief: " · ".join(str(part) for part in (brief.issue, brief.sector, brief.lead_body) if part),
    fact_words=FACT_WORDS,
)
