"""委员: how a seat begins, rests and ends (domain §2.2)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongxin.kernel.workflow import Move, State, Workflow

from . import actions, policy
from .forms.members import AdmitForm, LeavingForm, ReceiveForm
from .models import Member

ACTIVE, LEAVE, RESIGNED, DISMISSED, DECEASED = "active", "leave", "resigned", "dismissed", "deceased"
IN_OFFICE = (ACTIVE, LEAVE)

_BYLAWS = "本政协关于委员的规定"

MEMBER = Workflow(
    name="member",
    label=_("Member"),
    model=Member,
    states=(
        State(ACTIVE, _("in office"), tone="jade"),
        State(LEAVE, _("on leave"), tone="amber"),
        State(RESIGNED, _("resigned"), final=True),
        State(DISMISSED, _("dismissed"), final=True),
        State(DECEASED, _("deceased"), final=True),
    ),
    moves=[
        Move(
            "admit",
            _("Admit"),
            _("Admitted"),
            frm=(),
            to=ACTIVE,
            who=policy.manage,
            form=AdmitForm,
            act=actions.admit,
            source=_BYLAWS,
            hidden=True,
        ),
        Move(
            "suspend",
            _("Leave of absence"),
            _("On leave from {on}"),
            frm=(ACTIVE,),
            to=LEAVE,
            who=policy.manage,
            form=LeavingForm,
            act=actions.rest,
            source=_BYLAWS,
            icon="player-pause",
        ),
        Move(
            "resume",
            _("Back in office"),
            _("Back in office from {on}"),
            frm=(LEAVE,),
            to=ACTIVE,
            who=policy.manage,
            form=LeavingForm,
            act=actions.rest,
            source=_BYLAWS,
            icon="player-play",
        ),
        Move(
            "receive",
            _("Appointments with people"),
            _("Appointments with people: {receives}"),
            frm=IN_OFFICE,
            to=None,
            who=policy.receive,
            form=ReceiveForm,
            act=actions.receive,
            source="domain §4-10",
            hidden=True,  # it stands beside what it changes
            hint=_("Whether people who ask may be given a time to meet. Times that are agreed already stay."),
        ),
        Move(
            "resign",
            _("Resigned"),
            _("Resigned on {on}"),
            frm=IN_OFFICE,
            to=RESIGNED,
            who=policy.manage,
            form=LeavingForm,
            act=actions.leave,
            then=actions.end_duties,
            source=_BYLAWS,
            icon="door-exit",
            hint=_("Roles, convening and sectors kept by this member end on the same day."),
        ),
        Move(
            "dismiss",
            _("Dismissed"),
            _("Dismissed on {on}"),
            frm=IN_OFFICE,
            to=DISMISSED,
            who=policy.manage,
            form=LeavingForm,
            act=actions.leave,
            then=actions.end_duties,
            source=_BYLAWS,
            icon="user-minus",
            hint=_("Roles, convening and sectors kept by this member end on the same day."),
        ),
        Move(
            "record_death",
            _("Deceased"),
            _("Died on {on}"),
            frm=IN_OFFICE,
            to=DECEASED,
            who=policy.manage,
            form=LeavingForm,
            act=actions.leave,
            then=actions.end_duties,
            source=_BYLAWS,
            icon="flower",
            hint=_("Roles, convening and sectors kept by this member end on the same day."),
        ),
    ],
    described_by=lambda member: str(member.sector),
    fact_words={"receives": lambda assembly_id, may: _("they may be made") if may else _("none at present")},
)
