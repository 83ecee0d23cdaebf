"""Whoever wrote a text does not review and not sign it; a wrong paper is refused with all that may be sent."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.cast import Cast
from tests.rooms.briefs.ways import begin, brief_in, move
from tongxin.kernel import files, inbox
from tongxin.kernel.errors import NotAllowed
from tongxin.people import roles
from tongxin.people.models import RoleGrant

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "name", "role"), [("reviewing", "approve", roles.INFO_REVIEWER), ("signing", "sign", roles.INFO_SIGNER)]
)
def test_an_author_does_not_review_and_not_sign_his_own(cast: Cast, state: str, name: str, role: str) -> None:
    RoleGrant.objects.create(assembly=cast.city, user=cast.users["member"], role=role)
    brief = brief_in(cast, state)
    with pytest.raises(NotAllowed):
        move(cast, brief, name, "member", main_to="市委")
    answer = cast.client("member").get(f"/desk/briefs/{brief.pk}/{name}/")
    assert answer.status_code == 403
    assert "这件是您写的" in answer.content.decode()
    assert not [line for line in inbox.waiting(cast.actor("member")) if line.record == brief]


def test_a_co_author_does_not_review_either(cast: Cast) -> None:
    RoleGrant.objects.create(assembly=cast.city, user=cast.users["member"], role=roles.INFO_REVIEWER)
    brief = begin(cast, "office", authors="周岩")
    for name, who in (("submit", "office"), ("accept", "info_editor"), ("send_review", "info_editor")):
        brief = move(cast, brief, name, who)
    with pytest.raises(NotAllowed):
        move(cast, brief, "approve", "member")
    assert move(cast, brief, "approve", "info_reviewer").state == "signing"


def test_a_program_that_is_called_pdf_is_refused_with_all_kinds() -> None:
    program = SimpleUploadedFile("采用通知.pdf", b"MZ\x90\x00" + b"\x00" * 400, "application/pdf")
    with pytest.raises(ValidationError) as refused:
        files.prepare(program, kinds=files.PICTURES | files.DOCUMENTS)
    assert all(kind in refused.value.messages[0] for kind in ("采用通知.pdf", "PDF", "Word", "JPEG"))
    with pytest.raises(ValidationError) as refused:
        files.prepare(program, kinds=files.PICTURES)
    assert "Word" not in refused.value.messages[0]
