"""Who is told of what, and what is not kept for whom."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door, notices, search, workflow
from tongxin.kernel.models import Notice
from tongxin.shell import queries

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def referred(cast) -> Concern:
    concern = cast.concern(state="triaged")
    return door.perform(concern, "refer", cast.actor("office"), {"body": cast.roads.pk, "note": ""})


def test_without_a_mail_server_no_letters_pile_up(cast, settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    cast.body.email = "body@example.org"
    cast.body.save()
    door.perform(cast.concern(state="triaged"), "refer", cast.actor("office"), {"body": cast.roads.pk, "note": ""})
    assert set(Notice.objects.values_list("channel", flat=True)) == {"page"}


def test_a_closed_account_gets_no_letter(cast, settings) -> None:
    settings.EMAIL_BACKEND = LOCMEM
    cast.body.email = "body@example.org"
    cast.body.save()
    door.perform(cast.concern(state="triaged"), "refer", cast.actor("office"), {"body": cast.roads.pk, "note": ""})
    cast.body.is_active = False
    cast.body.save()
    assert notices.send_digests(timezone.now()) == 0
    cast.body.is_active = True
    cast.body.save()
    assert notices.send_digests(timezone.now() + timedelta(days=1)) == 1
    assert mail.outbox[0].to == ["body@example.org"]


def test_what_is_no_longer_ones_own_is_not_named(cast, referred: Concern) -> None:
    assert queries.home(cast.actor("body"), 50).news[0].about == referred.title
    door.perform(referred, "send_back", cast.actor("body"), {"reason": "不归我们管"})
    told = queries.home(cast.actor("body"), 50).news[0]
    assert (told.about, told.url) == ("", "")


def test_whatever_tells_somebody_can_be_named_to_them() -> None:
    telling = [flow.model for flow in workflow.every() if any(move.tells for move in flow.moves)]
    assert telling
    assert not [model.__name__ for model in telling if not search.named(model)], "register or show it in apps.py"
