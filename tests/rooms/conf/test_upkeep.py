"""Backup and restore, the health check and the proof of the journal, on the database the run uses."""

import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from tongxin.conf import archive, server, upkeep
from tongxin.hear.stations.models import Station
from tongxin.kernel import door, journal, search, triggers
from tongxin.kernel.actor import Actor, Grant
from tongxin.kernel.files import DOCUMENTS, StoredFile, accept
from tongxin.kernel.models import JournalEntry, JournalSeal, TaskRun
from tongxin.people import policy
from tongxin.people.models import Assembly, Committee, Person, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office() -> Actor:
    home = Assembly.objects.create(code="2305", name="双鸭山市政协", level="city")
    user = User.objects.create(username="office", name="韩静")
    by = Actor("user", user.name, home, user, frozenset({Grant("office")}))
    for n in range(5):
        door.establish(Committee(assembly=home, code=f"c{n}", name=f"第{n}专委会"), by, policy.manage)
    Person.objects.create(assembly=home, name="王一", phone="+8613812345678")
    journal.seal(home.pk)
    return by


def run(command: Any, *arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(each) for each in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def state() -> dict[str, list[Any]]:
    return {
        "assemblies": list(Assembly.objects.order_by("pk").values_list("pk", "code", "name")),
        "committees": list(Committee.objects.order_by("pk").values_list("pk", "name", "version")),
        "persons": [(p.pk, p.name, p.phone) for p in Person.objects.order_by("pk")],
        "journal": list(JournalEntry.objects.order_by("pk").values_list("pk", "at", "facts")),
        "seals": list(JournalSeal.objects.order_by("pk").values_list("position", "digest")),
        "files": list(StoredFile.objects.values_list("key", "sha256")),
    }


def test_round_trip(office: Actor, tmp_path: Path) -> None:
    stored = accept(ContentFile("会议纪要".encode(), name="纪要.txt"), assembly=office.assembly, kinds=DOCUMENTS)
    before, file = state(), tmp_path / "all.tongxin"
    code, said = run(upkeep.backup, file)
    assert code == 0
    assert file.stat().st_mode & 0o077 == 0
    assert "密钥不在里面" in said
    Committee.objects.all().update(name="改过了")
    default_storage.delete(stored.path)
    Assembly.objects.create(code="23", name="后来的", level="province")
    assert state() != before

    code, said = run(upkeep.restore, file)
    assert code == 1
    assert "--yes" in said
    assert Assembly.objects.filter(code="23").exists()

    assert run(upkeep.restore, file, "--yes")[0] == 0
    assert state() == before
    with default_storage.open(stored.path) as back:
        assert back.read().decode() == "会议纪要"
    assert not journal.verify(office.assembly_id).broken
    door.establish(Committee(assembly=office.assembly, code="new", name="新的"), office, policy.manage)
    with pytest.raises(Exception, match="append-only"):
        JournalEntry.objects.update(verb="x")


def test_what_an_older_backup_brings_back_is_found(office: Actor, tmp_path: Path) -> None:
    past_the_door = {"state": "active", "opened_on": timezone.localdate(), "functions": []}
    Station.objects.create(assembly=office.assembly, code="A1", name="八马路联络站", **past_the_door)
    file = tmp_path / "older"  # of a time when stations were not yet in the index
    run(upkeep.backup, file)
    code, said = run(upkeep.restore, file, "--yes")
    assert (code, "正在重建搜索索引" in said) == (0, True)
    assert len(search.find(office, "八马路")) == 1


def test_a_backup_never_overwrites_a_file(office: Actor, tmp_path: Path) -> None:
    file = tmp_path / "there"
    file.write_text("mine")
    assert run(upkeep.backup, file)[0] == 1
    assert file.read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["there"]


def test_a_missing_file_is_named(office: Actor, tmp_path: Path) -> None:
    stored = accept(ContentFile(b"text", name="a.txt"), assembly=office.assembly, kinds=DOCUMENTS)
    default_storage.delete(stored.path)
    code, said = run(upkeep.backup, tmp_path / "b")
    assert code == 0
    assert stored.path in said


def _rewritten(file: Path, change: Any) -> Path:
    """A copy of a backup with its members changed by `change(name, data)`; None drops one."""
    copy = file.with_suffix(".changed")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return copy


def _told(**changes: Any) -> Any:
    return lambda name, data: json.dumps({**json.loads(data), **changes}).encode() if name == archive.MANIFEST else data


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda name, data: data if name == archive.MANIFEST else data + b" ", "与清单不符"),
        (lambda name, data: None if name.startswith(("database", "tables/kernel_j")) else data, "不一致"),
        (lambda name, data: None if name == archive.MANIFEST else data, "没有写完"),
        (_told(format=99), "格式"),
        (_told(engine="oracle"), "oracle"),
        (_told(migrations=["kernel.9999_future"]), "表结构"),
        (_told(key="another"), "密钥"),
    ],
)
def test_what_is_not_whole_or_does_not_fit_changes_nothing(
    office: Actor, tmp_path: Path, change: Any, sentence: str
) -> None:
    file = tmp_path / "b"
    run(upkeep.backup, file)
    before = state()
    code, said = run(upkeep.restore, _rewritten(file, change), "--yes")
    assert code == 1
    assert sentence in said
    assert state() == before


def test_no_backup_at_all(office: Actor, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("hello")
    code, said = run(upkeep.restore, file, "--yes")
    assert code == 1
    assert "不是同心的备份文件" in said


def test_keys_travel_only_when_asked(office: Actor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TONGXIN_FIELD_KEYS", raising=False)
    file = tmp_path / "with-keys"
    run(upkeep.backup, file, "--with-keys")
    with zipfile.ZipFile(file) as package:
        assert package.read(archive.KEYS).decode() == ",".join(settings.FIELD_KEYS)
    place, ours = settings.DATA_DIR / "fields.key", ",".join(settings.FIELD_KEYS)
    monkeypatch.setattr(settings, "FIELD_KEYS", ["another"])
    try:
        assert run(upkeep.restore, file, "--yes")[0] == 0
        assert place.read_text() == ours
        assert place.stat().st_mode & 0o077 == 0
    finally:
        place.write_text(ours)


def test_verify_names_the_first_entry_that_was_changed(office: Actor) -> None:
    code, said = run(upkeep.journal, "verify")
    assert code == 0
    assert journal.verify(office.assembly_id).head in said
    entry = JournalEntry.objects.order_by("pk")[2]
    triggers.remove(connection)
    try:
        JournalEntry.objects.filter(pk=entry.pk).update(actor_name="别人")
    finally:
        triggers.install(connection)
    code, said = run(upkeep.journal, "verify")
    assert code == 1
    assert str(entry.pk) in said
    assert "前 2 条完好" in said


def _cut(assembly: int, keep: int) -> None:
    """Somebody with the database in hand takes away the end of the chain, seals and entries."""
    triggers.remove(connection)
    try:
        seals = JournalSeal.objects.filter(assembly_id=assembly, position__gt=keep)
        entries = list(seals.values_list("entry_id", flat=True))
        seals.delete()
        JournalEntry.objects.filter(pk__in=entries).delete()
    finally:
        triggers.install(connection)


def _copied(said: str) -> str:
    """The head as it is printed to be copied down."""
    return re.search(r"\d+:[0-9a-f]{64}", said)[0]


def test_a_tail_that_was_cut_off_is_seen_by_the_head_copied_down(office: Actor) -> None:
    copied = _copied(run(upkeep.journal, "verify")[1])
    assert run(upkeep.journal, "verify", "--expect", copied)[0] == 0
    door.establish(Committee(assembly=office.assembly, code="later", name="后来的"), office, policy.manage)
    journal.seal(office.assembly_id)
    code, said = run(
        upkeep.journal, "verify", "--expect", copied, "--expect", _copied(run(upkeep.journal, "verify")[1])
    )
    assert (code, said.count("链头一致")) == (0, 2), "the older head is still there when more was written"
    _cut(office.assembly_id, 3)
    code, said = run(upkeep.journal, "verify")
    assert (code, "3 条日志环环相扣" in said) == (0, True), "the chain alone does not tell"
    code, said = run(upkeep.journal, "verify", "--expect", copied)
    assert code == 1
    assert "现在最长只到第 3 条" in said
    for _more in range(4):
        door.establish(Committee(assembly=office.assembly, code=f"n{_more}", name="新的"), office, policy.manage)
    journal.seal(office.assembly_id)
    code, said = run(upkeep.journal, "verify", "--expect", copied, "--assembly", "2305")
    assert code == 1, "filled up again, the chain is long enough and is another one"
    assert "不一致" in said


def test_a_copied_head_behind_a_break_is_not_taken_for_met(office: Actor) -> None:
    copied = _copied(run(upkeep.journal, "verify")[1])
    triggers.remove(connection)
    try:
        JournalEntry.objects.filter(pk=JournalEntry.objects.order_by("pk")[2].pk).update(actor_name="别人")
    finally:
        triggers.install(connection)
    code, said = run(upkeep.journal, "verify", "--expect", copied)
    assert code == 1
    assert "前 2 条完好" in said
    assert "链在它之前就断了" in said


def test_a_head_that_no_chain_has_is_not_found_in_another_assembly(office: Actor) -> None:
    position, _colon, head = _copied(run(upkeep.journal, "verify")[1]).partition(":")
    other = Assembly.objects.create(code="2306", name="邻市政协", level="city")
    for n in range(int(position)):
        there = Actor("user", "x", other, office.user, frozenset({Grant("office")}))
        door.establish(Committee(assembly=other, code=f"c{n}", name=f"第{n}专委会"), there, policy.manage)
    journal.seal(other.pk)
    assert run(upkeep.journal, "verify", "--expect", f"{position}:{head}")[0] == 0
    assert run(upkeep.journal, "verify", "--expect", f"{position}:{head}", "--assembly", "2306")[0] == 1


@pytest.mark.parametrize("wrong", ["", "5", "x:y", "0:" + "a" * 64, "5:" + "a" * 63, "5:" + "g" * 64])
def test_a_head_miscopied_is_refused_in_words(office: Actor, wrong: str) -> None:
    code, said = run(upkeep.journal, "verify", "--expect", wrong)
    assert code == 1
    assert "看不懂" in said
    assert "环环相扣" not in said


def test_no_such_assembly(office: Actor) -> None:
    code, said = run(upkeep.journal, "verify", "--assembly", "9999")
    assert code == 1
    assert "9999" in said


def test_check_is_well_and_tells_what_is_not(office: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    TaskRun.objects.create(name="x", last=timezone.now())
    code, said = run(upkeep.check)
    assert code == 0, said
    assert said.count(upkeep.GOOD) == 9
    TaskRun.objects.update(last=timezone.now() - timedelta(hours=1))
    code, said = run(upkeep.check)
    assert code == 1
    assert "tongxin worker" in said
    monkeypatch.setattr(archive, "unapplied", lambda: ["one"])
    code, said = run(upkeep.check)
    assert code == 1
    assert "tongxin prepare" in said


def test_check_finds_a_key_that_others_can_read(office: Actor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "fields.key").write_text("x")
    (tmp_path / "fields.key").chmod(0o644)
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    code, said = run(upkeep.check)
    assert code == 1
    assert "chmod 600" in said


def test_records_that_cannot_be_found_are_told_of_and_found_after_a_rebuild(office: Actor) -> None:
    TaskRun.objects.create(name="x", last=timezone.now())
    past_the_door = {"state": "active", "opened_on": timezone.localdate(), "functions": []}
    Station.objects.create(assembly=office.assembly, code="A1", name="八马路联络站", **past_the_door)
    code, said = run(upkeep.check)
    assert code == 1
    assert "tongxin search rebuild" in said
    assert not search.find(office, "八马路")
    code, said = run(upkeep.search, "rebuild")
    assert (code, "1 条记录" in said) == (0, True)
    assert run(upkeep.check)[0] == 0
    assert len(search.find(office, "八马路")) == 1


def test_preparing_fills_an_index_that_an_update_emptied(office: Actor, capsys: pytest.CaptureFixture) -> None:
    past_the_door = {"state": "active", "opened_on": timezone.localdate(), "functions": []}
    Station.objects.create(assembly=office.assembly, code="A1", name="八马路联络站", **past_the_door)
    server.complete_search()
    assert "搜索索引" in capsys.readouterr().out
    assert len(search.find(office, "八马路")) == 1
    server.complete_search()
    assert capsys.readouterr().out == ""


def test_erase_expired_says_how_many(office: Actor) -> None:
    code, said = run(upkeep.personal, "erase-expired")
    assert code == 0
    assert "没有到期" in said
