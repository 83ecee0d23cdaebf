"""What goes into the journal names nobody: reasons and notes are blotted first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.rooms.contact.conftest import CONSENT, Circle
from tongxin.kernel import door
from tongxin.kernel.models import JournalEntry
from tongxin.people.models import CommitteeSector, Sector

pytestmark = pytest.mark.django_db


def test_the_journal_holds_neither_name_nor_number(circle: Circle, cast: Cast) -> None:
    person = circle.enrol("欧阳测试", phone="13800007788")
    link = person.links.get()
    data = {"link": link.pk, "to": circle.member().pk, "reason": "欧阳测试换了单位，13800007788"}
    door.perform(person, "hand_over", cast.actor("office"), data)
    moved = circle.enrol("孙晓梅")
    data = {"link": moved.links.get().pk, "reason": "孙晓梅随欧阳测试走了"}  # also somebody else of the member's people
    door.perform(moved, "unlink", cast.actor("member"), data)
    contact = circle.record(circle.enrol("李志强"), summary="李志强来访")
    door.perform(contact, "void", cast.actor("member"), {"reason": "其实没见到李志强"})
    told = str(list(JournalEntry.objects.values_list("facts", flat=True)))
    for private in ("欧阳测试", "13800007788", "李志强", "孙晓梅"):
        assert private not in told
    assert "刘畅" in told


def test_a_reason_names_nobody_else_whom_member_or_committee_know(circle: Circle, cast: Cast) -> None:
    """People of a colleague, and of another sector of the same committee; and whatever number, whosever it is."""
    colleague = circle.member()
    circle.enrol("孙晓梅", by="office", member=colleague.pk, phone="13946901159")
    near = Sector.objects.create(assembly=cast.city, code="n1", name="近邻界", position=8)
    held = CommitteeSector.objects.get(sector=cast.sector)
    CommitteeSector.objects.create(assembly=cast.city, committee=held.committee, sector=near, from_on=held.from_on)
    neighbour = circle.member("吴越", sector=near)
    respelled = circle.enrol("诸葛测试", by="office", member=neighbour.pk, sector=near.pk)
    renamed = {"name": "诸葛试验", "sector": near.pk, "place": "学府社区", **CONSENT}
    door.perform(respelled, "correct", cast.actor("office"), renamed)
    person = circle.enrol("李志强", phone="13946901158")
    said = "与孙晓梅（139 4690 1159）换了对象，诸葛测试和诸葛试验都知道，问13800001234"
    door.perform(person, "unlink", cast.actor("member"), {"link": person.links.get().pk, "reason": said})
    wanted = "与＊＊（＊＊）换了对象，＊＊和＊＊都知道，问****"
    entry = JournalEntry.objects.get(record_id=person.pk, record_type=person.label(), verb="unlink")
    assert entry.facts["note"] == wanted
    assert person.links.get().ended_for == wanted


def test_handing_over_looks_at_the_people_of_both_members(circle: Circle, cast: Cast) -> None:
    far = circle.member("吴越", sector=cast.other_sector)
    circle.enrol("孙晓梅", by="office", member=far.pk, sector=cast.other_sector.pk)
    person = circle.enrol("李志强")
    told = {"link": person.links.get().pk, "to": far.pk, "reason": "孙晓梅介绍的"}
    door.perform(person, "hand_over", cast.actor("office"), told)
    entry = JournalEntry.objects.get(record_id=person.pk, record_type=person.label(), verb="hand_over")
    assert entry.facts["note"] == "＊＊介绍的"


def test_people_are_read_once_for_a_whole_transfer(circle: Circle, cast: Cast) -> None:
    """A reason is looked through for each person handed over; those to be looked for are read once."""
    to, by = circle.member(), cast.actor("office")
    people = [circle.enrol(name) for name in ("赵磊", "钱多", "孙晓梅")]
    with CaptureQueriesContext(connection) as asked:
        for person in people:
            told = {"link": person.links.get().pk, "to": to.pk, "reason": "赵磊和钱多、孙晓梅都熟"}
            door.perform(person, "hand_over", by, told)
    wide = [query for query in asked if "people_committeesector" in query["sql"] and "earlier_names" in query["sql"]]
    assert len(wide) == 1
    notes = JournalEntry.objects.filter(verb="hand_over").values_list("facts__note", flat=True)
    assert set(notes) == {"＊＊和＊＊、＊＊都熟"}
