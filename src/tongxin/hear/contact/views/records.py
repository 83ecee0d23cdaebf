"""Recording a contact in a minute, the list of contacts, one record, its moves and pictures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.kernel import door, files, journal, receipts
from tongxin.kernel.errors import Invalid, NotAllowed
from tongxin.kernel.personal import mask_name
from tongxin.kernel.request import Request
from tongxin.kernel.text import whole_number
from tongxin.kernel.web import page, public_url, version_of
from tongxin.people import queries as institutions

from .. import actions, lists, policy, queries
from ..forms.records import RecordForm, usual_tasks
from ..models import ContactRecord
from ..workflow import CONTACTS

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
TOKEN = 50  # characters of a form's token that count


@GET_OR_POST
@page(policy.RECORDING)
def record(request: Request, pk: int | None = None) -> HttpResponse:
    """Record a contact: with the person of the address, or whoever is tapped.

    The same form sent twice makes one record and shows the same page; the token alone shows that page again.
    """
    actor = request.actor
    if request.method != "POST":
        initial = {"people": [str(pk)] if pk else [], "on": timezone.localdate(), "member": _member(request)}
        form = RecordForm(actor=actor, now=timezone.now(), initial=initial)
        if pk and pk not in form.roster:
            raise NotAllowed(policy.read.reason)
        return _form(request, form, pk, get_random_string(32))
    sent = "".join(sign for sign in request.POST.get("token", "") if sign.isascii() and sign.isalnum())
    token = sent[:TOKEN] or get_random_string(32)
    stored = f"{actor.user_id}-{token}"
    known = queries.records.by_token(stored)
    if known is None:
        data = request.POST.copy()
        data["token"] = stored
        try:
            made = door.begin(CONTACTS, "record", actor, data, request.FILES)
        except Invalid as refused:
            return _form(request, refused.form, pk, token, status=422)
        except IntegrityError:  # sent twice at the same moment: the other request made it
            known = queries.records.by_token(stored)
            if known is None:
                raise
        else:
            return _saved(request, made)
    if _differs(request, known):
        form = RecordForm(request.POST, actor=actor, now=timezone.now())
        return _form(request, form, pk, get_random_string(32), status=409, sent=known)
    return _saved(request, known)


def _member(request: Request) -> int | None:
    """For whom the office records; a member records for himself."""
    asked = whole_number(request.GET.get("member", ""))
    own = policy.seats(request.actor)
    return own[0] if own and asked not in own else asked


def _differs(request: Request, contact: ContactRecord) -> bool:
    """Whether a form that was sent already carries something else now, which must not be lost."""
    typed = request.POST.get("summary", "").strip()
    channel = request.POST.get("channel", "")
    people, met = set(request.POST.getlist("people")), {str(each.constituent_id) for each in contact.people.all()}
    raised = request.POST.get("concern_text", "").strip() and not contact.raised.exists()
    return bool(
        (typed and typed != contact.summary)
        or (channel and channel != contact.channel)
        or (people and people != met)
        or raised
    )


def _form(
    request: Request,
    form: RecordForm,
    pk: int | None,
    token: str,
    status: int = 200,
    sent: ContactRecord | None = None,
) -> HttpResponse:
    person = form.roster.get(pk) if pk else None
    member = form._member_id()
    if member is None and not form.is_bound:
        offered = form.fields["member"].queryset
        return render(request, "contact/record_for.html", {"members": offered})
    own = member in policy.seats(request.actor)
    assembly_id = request.actor.assembly_id
    folded = {"more": ("people", "on", "place", "tasks", "others", "companions", "policy_told", "pictures"),
              "raised": ("concern_text", "concern_topic", "concern_by")}  # fmt: skip
    context = {
        "form": form,
        "person": person,
        "token": token,
        "sent": sent,
        "member": member,
        "whose": None if own else form.fields["member"].queryset.filter(pk=member).first(),
        "presets": {code: " ".join(usual_tasks(assembly_id, code)) for code, _l in form.fields["channel"].choices},
        "open": {part for part, names in folded.items() if any(name in form.errors for name in names)},
        "leads": bool(form.fields["sector"].queryset),
        "tells": person is None or lists.TELL_RESULT in person.consent_for,
    }
    return render(request, "contact/record.html", context, status=status)


def _saved(request: Request, contact: ContactRecord) -> HttpResponse:
    """Back to my people; with a slip first when something was raised, since its receipt is shown this once."""
    actor = request.actor
    raised = contact.raised.select_related("concern").first()
    if raised is not None and contact.token:
        receipt = actions.records.receipt_of(actor, contact.token)
        context = {
            "contact": contact,
            "concern": raised.concern,
            "receipt": receipt,
            "spoken": receipts.spoken(receipt),
            "address": public_url(request, contact.assembly_id, "/r/"),
            "mine": policy.MINE(actor),
        }
        return render(request, "contact/slip.html", context)
    messages.success(request, _("Recorded: %(what)s") % {"what": contact.summary})
    return redirect("contact:mine") if policy.MINE(actor) else redirect(contact)


@require_safe
@page(policy.DESK)
def listing(request: Request) -> HttpResponse:
    """The contacts the actor may see, by the filters of the address."""
    actor = request.actor
    wanted = queries.records.Wanted.read(request.GET)
    found = queries.records.listing(actor, wanted)
    assembly_id = actor.assembly_id
    context = {
        "page": found,
        "wanted": wanted,
        "rows": [(contact, _names(contact.with_whom)) for contact in found],
        "labels": dict(lists.every(assembly_id, lists.CHANNELS_LIST)),
        "channels": lists.every(assembly_id, lists.CHANNELS_LIST),
        "tasks": lists.every(assembly_id, lists.TASKS_LIST),
        "sources": ContactRecord.Source.choices,
        "oversees": policy.OVERSIGHT(actor),
        "sectors": institutions.sectors(actor.assembly, timezone.localdate()) if policy.OVERSIGHT(actor) else [],
        "records": policy.RECORDING(actor),
        "arranges": policy.ARRANGING(actor),
    }
    return render(request, "contact/records.html", context)


def _names(people: list[Any]) -> list[str]:
    """Whom a record met: whole names for the linked member, masked ones for others."""
    names = [(each.constituent.name if each.mine else mask_name(each.constituent.name)) for each in people]
    return [name or _("somebody (erased)") for name in names]


@require_safe
@page(policy.DESK)
def read(request: Request, pk: int) -> HttpResponse:
    """One contact with its story."""
    actor = request.actor
    contact = queries.records.get(actor, pk)
    events = journal.timeline(contact)
    tasks = list(contact.tasks.values_list("task", flat=True))
    by_itself = contact.source != ContactRecord.Source.OWN
    unnamed = queries.records.unnamed(actor, timezone.localdate()) if by_itself else []
    context = {
        "contact": contact,
        "state": CONTACTS.state(contact.state),
        "channel": lists.labels(contact.assembly_id, lists.CHANNELS_LIST, [contact.channel])[0],
        "tasks": lists.labels(contact.assembly_id, lists.TASKS_LIST, tasks),
        "people": [(each, _names([each])[0]) for each in queries.records.met(actor, contact)],
        "raised": queries.records.raised(actor, contact),
        "files": contact.files.select_related("file").order_by("id"),
        "moves": [step for step in CONTACTS.possible(actor, contact) if not step.hidden],
        "events": events,
        "unnamed": [each for each in unnamed if each.pk == contact.pk],
    }
    return render(request, "contact/read.html", context)


@GET_OR_POST
@page(policy.DESK)
def move(request: Request, pk: int, move: str) -> HttpResponse:
    """Correct a record's words, or void it with a reason."""
    actor = request.actor
    contact, step = queries.records.get(actor, pk), CONTACTS.move(move)
    if step is None or step.creates or step.hidden or not step.who.allows(actor, contact):
        raise NotAllowed(step.who.reason if step else "")
    form = door.form_for(contact, step, actor)
    status = 200
    if request.method == "POST":
        try:
            contact = door.perform(contact, move, actor, request.POST, version=version_of(request))
        except Invalid as refused:
            form, status = refused.form, 422
        else:
            messages.success(request, _("Done: %(what)s.") % {"what": str(step.label).removesuffix("…")})
            return redirect(contact)
    elif contact.state not in step.frm:
        return redirect(contact)
    return render(request, "contact/record_move.html", {"contact": contact, "move": step, "form": form}, status=status)


@require_safe
@page(policy.DESK)
def file(request: Request, pk: int, file: int) -> HttpResponseBase:
    """A picture of a contact the actor may see."""
    contact = queries.records.get(request.actor, pk)
    return files.serve(queries.records.file_of(contact, file).file, thumbnail=request.GET.get("small") == "1")
