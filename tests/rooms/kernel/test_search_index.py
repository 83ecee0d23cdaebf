"""The search index follows the records: made, moved, erased, rebuilt."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.cast import Cast
from tests.rooms.concerns.test_personal import whole_database
from tests.rooms.kernel.test_search import told
from tongxin.conf.upkeep import rebuild as rebuild_command
from tongxin.hear.concerns.models import Concern
from tongxin.hear.concerns.workflow import CONCERNS
from tongxin.kernel import door, search, textindex
from tongxin.kernel.actor import holder, public
from tongxin.kernel.models import SearchDocument

pytestmark = pytest.mark.django_db


def test_names_and_numbers_of_those_who_spoke_are_not_in_the_index(cast: Cast) -> None:
    cast.concern(speaker_name="欧阳测试", speaker_phone="13800007788", consent="on")
    office = cast.actor("office")
    assert not search.find(office, "欧阳测试")
    assert not search.find(office, "13800007788")


@pytest.mark.parametrize("number", ["13800007788", "138 0000 7788", "0469-4261234"])
def test_telephone_numbers_in_what_people_write_are_neither_found_nor_shown(cast: Cast, number: str) -> None:
    concern = cast.concern(f"打我电话{number}找我，小区门口的路灯坏了半个多月没有人管")
    office = cast.actor("office")
    pieces = number.replace("-", " ").split()
    for asked in (number, f"“{number}”", "".join(pieces), *pieces, pieces[0][:3], pieces[-1][-4:]):
        assert not search.find(office, asked), asked
        assert not search.matching(Concern.objects.all(), asked), asked
    (hit,) = search.find(office, "电话 半个多月")
    shown = "".join(piece.text for piece in [*hit.title, *hit.passage])
    assert hit.record_id == concern.pk
    assert "打我电话****找我" in shown
    assert not any(piece in shown for piece in pieces)


def test_every_way_of_making_a_record_makes_its_document(cast: Cast) -> None:
    one = door.begin(CONCERNS, "speak", public(), told(cast, "第一件事：井盖。", "a"))
    rows = [told(cast, f"批量第{n}件：护栏。", f"b{n}") for n in range(3)]
    assert door.begin_many(CONCERNS, "speak", public(), rows) == 3
    office = cast.actor("office")
    assert [hit.record_id for hit in search.find(office, "井盖")] == [one.pk]
    assert len(search.find(office, "护栏")) == 3
    assert Concern not in [kind.model for kind in search.incomplete()]


def test_a_move_brings_the_document_along(cast: Cast) -> None:
    concern = cast.concern()
    for state in ("triaged", "referred"):
        move, who, data = cast._way("referred")[0 if state == "triaged" else 1]
        door.perform(concern, move, cast.actor(who), data)
        row = SearchDocument.objects.get(record_id=concern.pk, record_type=Concern.label())
        assert (row.state, row.sector) == (state, cast.sector)


def test_a_move_that_changes_the_state_alone_leaves_the_terms(cast: Cast, django_assert_num_queries) -> None:
    concern = cast.concern()
    before = search.words(concern)
    concern.state = "closed"
    with django_assert_num_queries(1) as asked:
        search.follow(concern, before)
    assert "terms" not in asked[0]["sql"]
    with django_assert_num_queries(0):
        search.follow(concern, search.words(concern))


def test_what_a_refused_move_would_have_changed_is_not_found(cast: Cast) -> None:
    with pytest.raises(RuntimeError):
        _begin_and_fail(cast)
    assert not search.find(cast.actor("office"), "井盖")


def _begin_and_fail(cast: Cast) -> None:
    from django.db import transaction

    with transaction.atomic():
        door.begin(CONCERNS, "speak", public(), told(cast, "井盖丢了。", "a"))
        raise RuntimeError


def test_erasing_leaves_no_trace_in_the_index(cast: Cast) -> None:
    name, number = "欧阳𬱖", "13800007788"
    concern = cast.concern(
        f"我是{name}，电话{number}，路灯坏了。", speaker_name=name, speaker_phone=number, consent="on"
    )
    assert "𬱖" in whole_database()
    assert number in whole_database()
    door.perform(concern, "forget", holder(concern.receipt_index))
    textindex.purge(connection)
    kept = whole_database()
    assert "𬱖" not in kept
    assert number not in kept
    assert not search.find(cast.actor("office"), "欧阳")
    assert search.find(cast.actor("office"), "路灯")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's vacuum reuses its pages by itself")
def test_erased_pages_are_overwritten_in_the_file() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone()[0] == 1


def test_rebuilding_finds_again_what_was_lost_and_forgets_what_is_gone(cast: Cast) -> None:
    concern = cast.concern(state="triaged")
    other = cast.concern("另一件事：井盖。", token="other")
    before = list(SearchDocument.objects.order_by("record_type", "record_id").values_list("record_type", "terms"))
    SearchDocument.objects.filter(record_id=concern.pk, record_type=Concern.label()).delete()
    SearchDocument.objects.filter(record_id=other.pk, record_type=Concern.label()).update(terms=" 旧词 ", state="")
    ghost = {"assembly": cast.city, "title": "鬼影", "terms": " 鬼影 \n鬼\n影"}
    SearchDocument.objects.create(record_type=Concern.label(), record_id=other.pk + 1000, **ghost)
    SearchDocument.objects.create(record_type="gone.kind", record_id=1, **ghost)
    assert Concern in [kind.model for kind in search.incomplete()]
    steps: list[tuple[int, int]] = []
    done = search.rebuild(lambda n, whole: steps.append((n, whole)))
    assert steps[-1] == (done, done)
    after = list(SearchDocument.objects.order_by("record_type", "record_id").values_list("record_type", "terms"))
    assert [row for row in after if row[0] == Concern.label()] == [row for row in before if row[0] == Concern.label()]
    assert not search.incomplete()
    office = cast.actor("office")
    assert [hit.record_id for hit in search.find(office, "路灯", standing="triaged")] == [concern.pk]
    assert not search.find(office, "旧词")
    assert not SearchDocument.objects.filter(title="鬼影").exists()
    assert search.rebuild() == done
    assert SearchDocument.objects.count() == len(after)


def test_the_command_says_how_many(cast: Cast, capsys: pytest.CaptureFixture) -> None:
    cast.concern()
    count = sum(kind.rows().count() for kind in search.kinds())
    rebuild_command.callback()  # type: ignore[misc]
    assert f"{count} 条记录" in capsys.readouterr().out


def test_a_speakers_own_name_and_number_in_the_text_are_neither_kept_nor_shown(cast: Cast) -> None:
    """Also a number that no pattern knows for one, since it is the one left in its field."""
    said = "我叫欧阳测试，住八马路，电话 4 2 6-1 2 3 4，路灯坏了半个月。"
    told = {"speaker_name": "欧阳测试", "speaker_phone": "0469-4261234", "consent": "on"}
    concern = cast.concern(said.replace("4 2 6", "0469 4 2 6"), "referred", **told)
    document = SearchDocument.objects.get(record_type=Concern.label(), record_id=concern.pk)
    for kept in (document.title, document.body, document.terms):
        assert "欧阳" not in kept
        assert "4261234" not in kept.replace(" ", "").replace("-", "")
    for who in ("office", "body", "leader"):
        assert len(search.find(cast.actor(who), "欧阳测试")) == 0
        (hit,) = search.find(cast.actor(who), "路灯")
        shown = "".join(piece.text for piece in [*hit.title, *hit.passage])
        assert "＊＊" in shown
        assert "欧阳" not in shown


def test_somebody_elses_name_in_the_text_is_found(cast: Cast) -> None:
    cast.concern("找欧阳测试反映过，路灯还是没修。", speaker_name="李志强", consent="on")
    assert len(search.find(cast.actor("office"), "欧阳测试")) == 1
