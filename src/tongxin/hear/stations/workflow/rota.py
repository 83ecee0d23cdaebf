"""轮值表: draft, published, closed (domain §2.4)."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tongxin.kernel.workflow import Move, State, Workflow

from .. import actions, forms, policy
from ..models import Rota
from .duty import AHEAD, SOURCE

DRAFT, PUBLISHED, CLOSED = "draft", "published", "closed"


def _on_the_rota(rota: Rota) -> list[Any]:
    """Everybody with a turn ahead in the rota."""
    from tongxin.people.models import User

    turns = rota.turns.filter(state__in=AHEAD, member__person__user__isnull=False)
    return list(User.objects.filter(is_active=True, pk__in=turns.values("member__person__user")))


ROTAS = Workflow(
    "rota",
    _("Duty rota"),
    Rota,
    states=(
        State(DRAFT, _("Draft"), "amber"),
        State(PUBLISHED, _("Published"), "jade"),
        State(CLOSED, _("Ended"), final=True),
    ),
    moves=[
        Move(
            "draft", _("New rota"), _("Rota begun"), (), DRAFT, policy.plan, SOURCE,
            form=forms.rota.RotaForm, act=actions.rota.draft, hidden=True,
        ),
        Move(
            "adjust", _("Change the frame…"), _("Frame changed"), (DRAFT, PUBLISHED), None, policy.plan, SOURCE,
            form=forms.rota.RotaForm, act=actions.rota.adjust, icon="adjustments",
        ),
        Move(
            "work_out", _("Work out the rota"), _("Worked out"), (DRAFT, PUBLISHED), None, policy.plan, SOURCE,
            act=None, then=actions.rota.ask_for_plan, icon="calculator", primary=True,
        ),
        Move(
            "publish", _("Publish"), _("Published: {made} new turns, {changed} changed, {cancelled} cancelled"),
            (DRAFT, PUBLISHED), PUBLISHED, policy.plan, SOURCE,
            form=forms.rota.PublishForm, act=actions.rota.publish, then=actions.rota.carry_out, tells=_on_the_rota,
            icon="send",
        ),
        Move(
            "close", _("Close the rota…"), _("Closed"), (PUBLISHED, DRAFT), CLOSED, policy.plan, SOURCE,
            form=forms.duty.ReasonForm, act=lambda rota, by, now, reason: {"note": reason}, icon="lock",
            hint=_("Turns that are entered stay; nothing new is planned with it."),
        ),
    ],
    described_by=lambda rota: f"{date_format(rota.from_on, 'DATE_FORMAT')} – {date_format(rota.to_on, 'DATE_FORMAT')}",
)  # fmt: skip
