"""The registers of an assembly. What one is and does: `register.py`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from . import convening
from .models import Body, Committee, CommitteeSector, Convener, LeaderSector, Member, Sector, Session, Term
from .register import Column, Register
from .workflow import IN_OFFICE

LEADERS = (Member.Duty.CHAIR, Member.Duty.VICE_CHAIR, Member.Duty.SECRETARY_GENERAL)


def _in_office(rows: QuerySet) -> QuerySet:
    return rows.filter(state__in=IN_OFFICE).select_related("person").order_by("person__name")


def _leaders(rows: QuerySet) -> QuerySet:
    return _in_office(rows).filter(duty__in=LEADERS)


def _open(rows: QuerySet) -> QuerySet:
    return rows.filter(closed_on=None)


def _no_overlap(form: forms.ModelForm, cleaned: dict[str, Any], *same: str) -> None:
    """The same link must not hold twice on one day."""
    if any(cleaned.get(name) is None for name in same) or not cleaned.get("from_on"):
        return
    others = form._meta.model._default_manager.filter(**{name: cleaned[name] for name in same}).exclude(
        pk=form.instance.pk
    )
    others = others.filter(Q(to_on=None) | Q(to_on__gt=cleaned["from_on"]))
    if cleaned.get("to_on"):
        others = others.filter(from_on__lt=cleaned["to_on"])
    if others.exists():
        form.add_error("from_on", _("This holds already in part of that time. End the other entry first."))


def _convener_of_own_sector(form: forms.ModelForm, cleaned: dict[str, Any]) -> None:
    member, sector = cleaned.get("member"), cleaned.get("sector")
    if member and sector and member.sector_id != sector.pk:
        form.add_error("member", _("%(name)s belongs to another sector.") % {"name": member})
    _no_overlap(form, cleaned, "member", "sector")


REGISTERS: dict[str, Register] = {
    register.key: register
    for register in (
        Register(
            key="terms",
            model=Term,
            title=_("Terms"),
            new=_("New term"),
            intro=_("A term lasts as long as its members are appointed; seats, conveners and archives belong to one."),
            icon="calendar-event",
            fields=("number", "from_on", "to_on"),
            columns=(Column(_("term"), str), Column(_("from"), "from_on"), Column(_("until"), "to_on")),
            empty=_("Enter the present term first: members are admitted to a term."),
        ),
        Register(
            key="sessions",
            model=Session,
            title=_("Sessions"),
            new=_("New session"),
            intro=_("The plenary sessions of a term and the last day for their proposals."),
            icon="calendar-stats",
            fields=("term", "number", "opened_on", "closed_on", "proposal_deadline"),
            columns=(
                Column(_("session"), str),
                Column(_("opened on"), "opened_on"),
                Column(_("closed on"), "closed_on"),
                Column(_("last day for proposals"), "proposal_deadline"),
            ),
            related=("term",),
            empty=_("No session yet."),
            lasting=True,
        ),
        Register(
            key="sectors",
            model=Sector,
            title=_("Sectors"),
            new=_("New sector"),
            intro=_("The sectors this assembly is made of. The national code lets figures be compared between places."),
            icon="circles-relation",
            fields=(
                "name",
                "name_en",
                "code",
                "category",
                "organisation",
                "national",
                "position",
                "from_on",
                "closed_on",
            ),
            columns=(
                Column(_("sector"), str),
                Column(_("code"), "code"),
                Column(_("category"), "category", tag=True),
                Column(_("organisation"), "organisation"),
            ),
            search=("name", "name_en", "code"),
            empty=_("Take the 34 national sectors as a start, or enter your own."),
            help={
                "organisation": _("Whether a sector reaches its people by itself decides how contact is kept."),
                "position": _("Lists follow this number."),
            },
        ),
        Register(
            key="committees",
            model=Committee,
            title=_("Special committees"),
            new=_("New committee"),
            intro=_("Every sector is looked after by exactly one committee."),
            icon="building-community",
            fields=("name", "name_en", "short", "code", "position", "from_on", "closed_on"),
            columns=(Column(_("committee"), str), Column(_("short name"), "short"), Column(_("code"), "code")),
            search=("name", "name_en", "short", "code"),
            empty=_("Enter the special committees; then say which looks after which sectors."),
        ),
        Register(
            key="matrix",
            model=CommitteeSector,
            title=_("Committees and their sectors"),
            new=_("Give a sector to a committee"),
            intro=_("Which committee looks after which sector, from when to when."),
            icon="grid-dots",
            fields=("sector", "committee", "from_on", "to_on"),
            columns=(
                Column(_("sector"), "sector"),
                Column(_("committee"), "committee"),
                Column(_("from"), "from_on"),
                Column(_("until"), "to_on"),
            ),
            search=("sector__name", "committee__name"),
            related=("sector", "committee"),
            order=("sector__position", "from_on"),
            choices={"sector": _open, "committee": _open},
            check=lambda form, cleaned: _no_overlap(form, cleaned, "sector", "committee"),
            empty=_("No sector has a committee yet."),
        ),
        Register(
            key="bodies",
            model=Body,
            title=_("Handling bodies"),
            new=_("New handling body"),
            intro=_("Departments and county governments to which what people said can be referred."),
            icon="building",
            fields=("name", "name_en", "short", "code", "position", "contact", "closed_on"),
            columns=(
                Column(_("handling body"), str),
                Column(_("short name"), "short"),
                Column(_("code"), "code"),
                Column(_("contact"), "contact"),
            ),
            search=("name", "name_en", "short", "code"),
            empty=_("Enter the departments that handle what is referred to them."),
            help={"position": _("Lists follow this number.")},
        ),
        Register(
            key="leaders",
            model=LeaderSector,
            title=_("Leaders and their sectors"),
            new=_("Give a sector to a leader"),
            intro=_("With which sectors the chairperson, vice-chairpersons and secretary-general keep contact."),
            icon="user-star",
            fields=("member", "sector", "from_on", "to_on"),
            columns=(
                Column(_("leader"), "member"),
                Column(_("duty"), lambda link: link.member.get_duty_display()),
                Column(_("sector"), "sector"),
                Column(_("from"), "from_on"),
                Column(_("until"), "to_on"),
            ),
            search=("member__person__name", "sector__name"),
            related=("member__person", "sector"),
            order=("sector__position", "from_on"),
            choices={"member": _leaders, "sector": _open},
            check=lambda form, cleaned: _no_overlap(form, cleaned, "member", "sector"),
            empty=_("No leader keeps contact with a sector yet."),
        ),
        Register(
            key="conveners",
            model=Convener,
            title=_("Conveners"),
            new=_("New convener"),
            intro=_("Who convenes a sector, for how long, and how the choice was made."),
            icon="speakerphone",
            fields=("sector", "member", "rank", "from_on", "to_on", "election"),
            columns=(
                Column(_("sector"), "sector"),
                Column(_("convener"), "member"),
                Column(_("rank"), "rank", tag=True),
                Column(_("from"), "from_on"),
                Column(_("until"), "to_on"),
            ),
            search=("member__person__name", "sector__name"),
            related=("member__person", "sector"),
            order=("sector__position", "rank", "from_on"),
            choices={"member": _in_office, "sector": _open},
            check=_convener_of_own_sector,
            empty=_("No sector has a convener yet."),
            after=convening.settle,
            help={"election": _("For example: elected by the sector's members on 12 January 2022.")},
        ),
    )
}
