"""Name and number of those who spoke: masked, looked at only with a trace, erased without a rest."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.cast import Cast
from tongxin.hear.concerns import personal
from tongxin.hear.concerns.models import Concern
from tongxin.kernel import door
from tongxin.kernel import personal as registry
from tongxin.kernel.crypto import blind_index
from tongxin.kernel.errors import Invalid
from tongxin.kernel.models import JournalEntry
from tongxin.kernel.textindex import FTS

pytestmark = pytest.mark.django_db

PERSON = {"speaker_name": "欧阳测试", "speaker_phone": "13800007788", "consent": "on"}


def whole_database() -> str:
    """Every value of every table as text, the pages of the search index among them."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table == FTS:
                continue  # has nothing of its own: its pages are in the tables beside it
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            found += [_text(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def _text(value: object) -> str:
    return value.decode("utf-8", "ignore") if isinstance(value, bytes) else str(value)


def test_stored_encrypted_and_shown_masked(cast: Cast) -> None:
    concern = cast.concern(**PERSON)
    assert "13800007788" not in whole_database()
    assert "欧阳测试" not in whole_database()
    assert Concern.objects.get().speaker_phone == "+8613800007788"
    assert personal.masked(concern) == {"speaker_name": "欧**", "speaker_phone": "138****7788"}


def test_kept_for_its_time_after_closing_then_erased_without_a_rest(cast: Cast) -> None:
    concern = cast.concern(text="我是欧阳测试，请打13800007788", state="closed", **PERSON)
    open_one = cast.concern(text="还没办完", token="open", **PERSON | {"speaker_phone": "13900006655"})
    now = timezone.now()
    assert registry.erase_expired(now + timedelta(days=700)) == 0
    assert registry.erase_expired(now + timedelta(days=740)) == 1
    concern.refresh_from_db()
    assert (concern.speaker_name, concern.consent_at, concern.state) == ("", None, "closed")
    kept = whole_database()
    assert "13800007788" not in kept
    assert "欧阳测试" not in kept
    assert blind_index("+8613800007788", "phone") not in kept
    open_one.refresh_from_db()
    assert open_one.speaker_phone == "+8613900006655"


def test_the_journal_keeps_neither_name_nor_number(cast: Cast) -> None:
    concern = cast.concern(state="triaged", **PERSON)
    note = "请与欧阳测试联系，电话138-0000 7788"
    door.perform(concern, "refer", cast.actor("office"), {"body": cast.roads.pk, "note": note})
    assert JournalEntry.objects.latest("pk").facts["note"] == "请与＊＊联系，电话＊＊"


def test_the_person_can_have_it_erased_at_once(cast: Cast) -> None:
    from tongxin.kernel.actor import holder

    concern = cast.concern(**PERSON)
    door.perform(concern, "forget", holder(concern.receipt_index))
    assert not Concern.objects.filter(consent_at__isnull=False).exists()
    assert blind_index("+8613800007788", "phone") not in whole_database()


@pytest.mark.parametrize("told", [{"speaker_name": "欧阳测试"}, {"speaker_phone": "13800007788"}])
def test_a_name_needs_consent_like_a_number_and_the_tick_alone_is_none(cast: Cast, told: dict) -> None:
    with pytest.raises(Invalid) as refused:
        cast.concern(**told)
    assert "consent" in refused.value.form.errors
    assert cast.concern(**told, consent="on").consent_at
    assert cast.concern(token="nobody", consent="on").consent_at is None
