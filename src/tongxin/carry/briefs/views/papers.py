"""The papers of a brief: to be looked at and printed, and as Word files. Opening one writes nothing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.documents.official import to_html, to_word
from tongxin.kernel import door
from tongxin.kernel.errors import NotAllowed
from tongxin.kernel.request import Request
from tongxin.kernel.web import page
from tongxin.people import policy as people

from .. import documents, policy, queries
from ..documents import sheet

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@page(policy.DESK)
def paper(request: Request, pk: int, paper: str) -> HttpResponse:
    """The paper as a page that prints with the geometry of the Word file."""
    actor = request.actor
    brief = queries.get(actor, pk)
    made, _name = documents.of_brief(actor, brief, paper)
    context = {
        "brief": brief,
        "kind": documents.KINDS[paper],
        "others": [kind for kind in documents.kinds(actor, brief) if kind.key != paper],
        "html": to_html(made),
        "reveal": paper == "sheet" and sheet.may_reveal(actor, brief),
    }
    return render(request, "briefs/paper.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(policy.DESK)
def word(request: Request, pk: int, paper: str) -> HttpResponse:
    """The paper as a Word file. Sent by a form (POST), the sheet has the authors' whole telephone numbers, for whoever
    may look them up; the journal keeps who took it."""
    actor = request.actor
    brief = queries.get(actor, pk)
    if request.method != "POST":
        made, name = documents.of_brief(actor, brief, paper)
    else:
        if paper != "sheet" or not sheet.may_reveal(actor, brief):
            raise NotAllowed(people.reveal_phone.reason)
        made, name = documents.of_brief(actor, brief, paper, reveal=True)
        door.note(brief, "revealed", actor)
    response = HttpResponse(to_word(made), content_type=WORD)
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.docx")
    response["Content-Disposition"] = disposition or "attachment"
    return response
