"""界别群众 and 联系记录: the two processes of 1158 (domain §1.1, §2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.kernel import options
from tongxin.kernel.workflow import Move, State, Workflow

from . import actions, forms, lists, policy
from .models import Constituent, ContactRecord

ACTIVE, MOVED, WITHDRAWN, ERASED, MERGED = "active", "moved", "withdrawn", "erased", "merged"
RECORDED, VOIDED = "recorded", "voided"
HERE = (ACTIVE, MOVED)
KEPT = (*HERE, WITHDRAWN)
SOURCE, CONSENT = "domain §2.3", "domain §7-4"

_WORDS = {
    "name": _("name"),
    "phone": _("telephone"),
    "tasks": _("Tasks served"),
    "people": _("Whom"),
}


def _fields(model: type) -> Any:
    """Names of fields as the journal keeps them, in the reader's words."""

    def words(_assembly_id: int, names: Iterable[str]) -> str:
        known: Any = model._meta  # type: ignore[attr-defined]
        there = {field.name for field in known.fields}
        return "、".join(str(_WORDS.get(n) or (known.get_field(n).verbose_name if n in there else n)) for n in names)

    return words


# One row of the table each, in few lines, so that the process is read at a glance.
# fmt: off
CONSTITUENTS = Workflow(
    "constituent",
    _("Constituent"),
    Constituent,
    states=(
        State(ACTIVE, _("in contact"), "jade"),
        State(MOVED, _("moved away"), "amber"),
        State(WITHDRAWN, _("consent withdrawn"), "amber"),
        State(ERASED, _("erased"), final=True),
        State(MERGED, _("merged"), final=True),
    ),
    moves=[
        Move(
            "enrol", _("Enrol"), _("Enrolled with consent; with {member}"), (), ACTIVE, policy.enrol, SOURCE,
            form=forms.people.EnrolForm, act=actions.people.enrol, then=actions.people.link_first,
            then_many=actions.people.link_first_many, hidden=True,
        ),
        Move(
            "link", _("Give to a member"), _("With {member} from {on}"), (ACTIVE,), None, policy.arrange, SOURCE,
            form=forms.links.LinkForm, act=actions.links.link, icon="user-plus",
        ),
        Move(
            "join", _("I keep contact"), _("With {member} from {on}"), (ACTIVE,), None, policy.join, SOURCE,
            form=forms.links.JoinForm, act=actions.links.join, hidden=True,
        ),
        Move(
            "hand_over", _("Hand over"), _("From {member} to {to}, from {on}"), (ACTIVE,), None, policy.arrange, SOURCE,
            form=forms.links.HandOverForm, act=actions.links.hand_over, icon="arrows-exchange",
        ),
        Move(
            "unlink", _("End a link"), _("With {member} until {on}"), (ACTIVE,), None, policy.leave, SOURCE,
            form=forms.links.UnlinkForm, act=actions.links.unlink, icon="user-minus",
        ),
        Move(
            "correct", _("Correct"), _("Changed: {fields}"), HERE, None, policy.tend, SOURCE,
            form=forms.people.CorrectForm, act=actions.people.correct, icon="pencil", primary=True,
        ),
        Move(
            "withdraw", _("Consent withdrawn…"), _("Consent withdrawn on {on}; number deleted, links ended"), HERE,
            WITHDRAWN, policy.tend, CONSENT, form=forms.fields.WithdrawForm, act=actions.people.withdraw,
            icon="hand-stop",
            hint=_("The number is deleted at once and all links end. The name stays hidden until its time is over."),
        ),
        Move(
            "consent", _("Consent given anew"), _("Consent given anew on {on}"), (WITHDRAWN,), ACTIVE, policy.erase,
            CONSENT, form=forms.people.ConsentForm, act=actions.people.consent, icon="heart-handshake", primary=True,
        ),
        Move(
            "move_away", _("Moved away…"), _("Moved away on {on}; links ended"), (ACTIVE,), MOVED, policy.tend, SOURCE,
            form=forms.fields.MoveAwayForm, act=actions.people.move_away, icon="truck",
            hint=_("All links end on this day. Whoever comes back is given to a member again."),
        ),
        Move(
            "come_back", _("Came back"), _("Came back on {on}"), (MOVED,), ACTIVE, policy.erase, SOURCE,
            form=forms.fields.ComeBackForm, act=actions.people.come_back, icon="home", primary=True,
        ),
        Move(
            "merge", _("Same person as…"), _("Closed: the same person as another entry"), KEPT, MERGED, policy.merge,
            SOURCE, form=forms.merging.MergeForm, act=actions.merging.merge, icon="arrows-join",
        ),
        *(
            Move(
                name, _("Take in another entry"), _("{who} merged another entry of the same person into this one"),
                KEPT, state, policy.system_only, SOURCE, form=forms.merging.TAKE_IN_FORMS[state],
                act=actions.merging.take_in, tells=actions.merging.concerned, hidden=True,
            )
            for state, name in actions.merging.TAKING_IN.items()
        ),
        Move(
            "forget", _("Erase for good…"), _("Erased: name and number are gone everywhere"), KEPT,
            ERASED, policy.erase, CONSENT, act=actions.forgetting.forget, icon="eraser",
            hint=_(
                "Name, number and place go, here and in what was written, also pictures of contacts with the person. "
                "The counts stay. Nobody can undo it."
            ),
        ),
    ],
    described_by=lambda person: " · ".join(
        str(part) for part in (person.sector, person.county and person.county.place) if part
    ),
    fact_words={"fields": _fields(Constituent)},
)

CONTACTS = Workflow(
    "contact",
    _("Contact record"),
    ContactRecord,
    states=(
        State(RECORDED, _("recorded"), "jade"),
        State(VOIDED, _("void"), final=True),
    ),
    moves=[
        Move(
            "record", _("Record a contact"), _("Recorded ({channel})"), (), RECORDED, policy.record, SOURCE,
            form=forms.records.RecordForm, act=actions.records.record, then=actions.records.fill,
            then_many=actions.records.fill_many, hidden=True,
        ),
        Move(
            "take_over",
            _("Follow from elsewhere"),
            _("Made by itself ({channel})"),
            (),
            RECORDED,
            policy.system_only,
            SOURCE,
            form=forms.records.TakeOverForm, act=actions.records.take_over,
            then=actions.records.fill_taken_over, hidden=True,
        ),
        Move(
            "amend", _("Correct"), _("Changed: {fields}"), (RECORDED,), None, policy.record, SOURCE,
            form=forms.records.AmendForm, act=actions.records.amend, icon="pencil", primary=True,
        ),
        Move(
            "void", _("Void…"), _("Voided"), (RECORDED,), VOIDED, policy.void, SOURCE,
            form=forms.records.VoidForm, act=actions.records.void, then=actions.records.recount, icon="ban",
        ),
        Move(
            "blot", _("Blot out a person"), _("A person was erased from it"), (RECORDED, VOIDED), None,
            policy.system_only, CONSENT, form=forms.records.BlotForm, act=actions.records.blot, hidden=True,
        ),
    ],
    described_by=lambda contact: str(contact.member),
    fact_words={
        "channel": lambda assembly_id, code: options.label(assembly_id, lists.CHANNELS_LIST, code),
        "fields": _fields(ContactRecord),
    },
)
# fmt: on
