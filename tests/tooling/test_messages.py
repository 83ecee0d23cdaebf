"""scripts/messages.py finds what is untranslated, broken, unused or said in two ways."""

from pathlib import Path

import polib
import pytest

from scripts import messages

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
A = _("Say it")
B = _("{count} parts of %(name)s")
C = ngettext("%(n)s day", "%(n)s days", 3)
D = _("%(n)s day")
E = pgettext("door", "Open")
"""
PAGE = """{% if x %}
   <p>{% translate "It's said" %}</p>{% endif %}
 {% blocktranslate trimmed with a=b %}Hello
    {{ a }}{% endblocktranslate %}
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A product with two apps; `one` has code and a page."""
    for app in ("one", "two"):
        (tmp_path / app / "templates").mkdir(parents=True)
        (tmp_path / app / "apps.py").touch()
    (tmp_path / "one/words.py").write_text(CODE)
    (tmp_path / "one/templates/page.html").write_text(PAGE)
    monkeypatch.setattr(messages, "SOURCE", tmp_path)
    return tmp_path


def translate(source: Path, app: str, **words: str) -> None:
    """Write a catalogue: the whole update, then each id that contains a keyword's text gets its translation."""
    path = source / app / messages.CATALOGUE
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        text = next((said for part, said in words.items() if part in entry.msgid), "说")
        if entry.msgid_plural:
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
    catalogue.save()


def test_update_collects_each_id_once_and_sorted(source):
    messages.update()
    entries = polib.pofile(str(source / "one" / messages.CATALOGUE))
    assert [entry.msgid for entry in entries] == [
        "%(n)s day",
        "Hello %(a)s",
        "It's said",
        "Say it",
        "{count} parts of %(name)s",
        "Open",
    ]
    before = (source / "one" / messages.CATALOGUE).read_bytes()
    messages.update()
    assert (source / "one" / messages.CATALOGUE).read_bytes() == before


def test_untranslated_ids_are_named_with_their_file(source):
    messages.update()
    assert "one/templates/page.html: “It's said” has no Chinese" in messages.faults()


def test_complete_catalogue_has_no_faults(source):
    messages.update()
    translate(source, "one", day="%(n)s 天", Hello="%(a)s，您好", parts="%(name)s 的 {count} 部分")
    assert messages.faults() == []


def test_lost_and_strange_placeholders_are_found(source):
    messages.update()
    translate(source, "one", day="%(n)s 天", Hello="您好", parts="%(name)s 的 {count} 部分 {more}")
    lost, strange = messages.faults()
    assert "lost a" in lost
    assert "does not know more" in strange


def test_unused_and_twofold_translations_are_found(source):
    messages.update()
    translate(source, "one", day="%(n)s 天", Hello="%(a)s，您好", parts="%(name)s 的 {count} 部分")
    other = polib.POFile()
    other.append(polib.POEntry(msgid="Say it", msgstr="讲"))
    other.append(polib.POEntry(msgid="Gone", msgstr="没了"))
    other.append(polib.POEntry(msgid="From elsewhere", msgstr="别处", tcomment="library"))
    path = source / "two" / messages.CATALOGUE
    path.parent.mkdir(parents=True)
    other.save(str(path))
    twofold, unused = sorted(messages.faults(), key=lambda fault: "used nowhere" in fault)
    assert "translated in two ways" in twofold
    assert unused == "two: “Gone” is used nowhere"
    messages.update()
    assert "From elsewhere" in path.read_text()
    assert "Gone" not in path.read_text()


def test_compiled_catalogue_holds_the_translation(source):
    messages.update()
    translate(source, "one", day="%(n)s 天")
    messages.compile_all()
    compiled = polib.mofile(str((source / "one" / messages.CATALOGUE).with_suffix(".mo")))
    assert compiled.find("%(n)s day").msgstr_plural == {0: "%(n)s 天"}
