"""Template, PO files and compiled files: canonical bytes, nothing lost, nothing made up."""

import os
import shutil
import subprocess
from pathlib import Path

import polib
import pytest

from bot.content import commands
from bot.content.extract import REUSED_COMMENT
from bot.content.loader import load_content
from bot.content.locales import LOCALES
from bot.content.mo import compiled, read_mo
from bot.content.po import DRAFT_COMMENT, mo_path, open_po, po_path, read_translations, set_draft, set_fuzzy
from bot.content.texts import texts_of
from tests.unit.content.trees import GERMANY, GUARDIAN, PHRASES, Tree, arabic, french

GOLDEN = Path(__file__).parent / "golden"


def golden(name: str, data: bytes) -> None:
    """Compare with the file of this name; `KITE_GOLDEN=1` writes it anew, to be read before it is committed."""
    path = GOLDEN / name
    if os.environ.get("KITE_GOLDEN"):
        path.write_bytes(data)
    assert data.decode() == path.read_text(encoding="utf-8")


def small(tree: Tree) -> Tree:
    """Leave one topic, three phrases and one number in the tree."""
    shutil.rmtree(tree.content / "topics/family")
    shutil.rmtree(tree.content / "topics/people")
    tree.change(GERMANY, "countries/de.yaml", lambda de: de["numbers"].pop())
    tree.change(PHRASES, "phrases/chat.yaml", lambda all_: all_["phrases"].pop(2))
    return tree


def test_every_text_has_one_place(tree: Tree) -> None:
    """Places are unique, stable names; walks have titles and labels for their steps."""
    texts = texts_of(load_content(tree.content))
    places = [text.place for text in texts]
    assert len(set(places)) == len(places)
    assert {
        "people.guardian/title", "people.guardian/label", "people.guardian/young/what", "family.steps/teen/tell/title",
        "family.steps/teen/tell/label", "family.steps/teen/tell/do", "chat.greeting/adult", "chat.pulled",
        "country.de/emergency/label", "country.de/emergency/hours", "country.de/helpline/label",
        "people.guardian/young/check", "people.guardian/young/check/guardian",
        "people.guardian/young/check/guardian/feedback", "family.steps/middle/check/nobody",
    } <= set(places)  # fmt: skip
    assert "country.de/helpline/hours" not in places
    assert all(text.line > 1 or text.file.endswith("chat.yaml") for text in texts)


def test_the_template_has_exactly_these_bytes(tree: Tree) -> None:
    """Notes, flags and order of the template are part of what translators rely on."""
    small(tree).run(commands.extract)
    golden("content.pot", (tree.translations / "content.pot").read_bytes())


def test_a_new_locale_has_exactly_these_bytes(tree: Tree) -> None:
    """A fresh PO file has the header of its language and every text, empty."""
    small(tree).run(commands.update, locales=["ar"])
    golden("new.po", po_path(tree.translations, "ar").read_bytes())


def test_an_updated_locale_has_exactly_these_bytes(tree: Tree) -> None:
    """A changed sentence turns fuzzy with the sentence it was made for; a text that left stays as obsolete."""
    small(tree).translate("fr", french)
    tree.edit_po("fr", f"# {DRAFT_COMMENT}\n", "")
    tree.edit_po("fr", "#, fuzzy, ", "#, ")
    tree.change(PHRASES, "phrases/chat.yaml", lambda all_: all_.update(phrases=[
        {"id": "chat.pulled", "critical": True, "text": "Please talk to a person."}, {"id": "chat.new", "text": "New."},
    ]))  # fmt: skip
    tree.run(commands.update)
    golden("updated.po", po_path(tree.translations, "fr").read_bytes())


def test_the_same_content_gives_the_same_bytes(tree: Tree) -> None:
    """Neither a time nor the order of reading gets into a file."""
    tree.run(commands.extract)
    tree.translate("ar", arabic)
    first = tree.po("ar")
    for command in (commands.extract, commands.update):
        assert "unchanged" in tree.run(command)[1]
    assert tree.po("ar") == first
    assert "Date" not in first


def test_a_change_back_is_no_change(tree: Tree) -> None:
    """When the old sentence returns, its translation is no longer outdated."""
    tree.translate("fr", french)
    before = tree.po("fr")
    tree.topic({**GUARDIAN, "title": "Who is a guardian?"})
    tree.run(commands.update)
    assert '#| msgid "What is a guardian?"' in tree.po("fr")
    tree.topic({**GUARDIAN, "title": "Who is a guardian again?"})
    tree.run(commands.update)
    assert '#| msgid "What is a guardian?"' in tree.po("fr")
    tree.topic(GUARDIAN)
    tree.run(commands.update)
    assert tree.po("fr") == before


def test_a_mended_translation_is_no_longer_outdated(tree: Tree) -> None:
    """A translator who clears the flag has read the new sentence, even if a tool leaves the old one behind."""
    tree.translate("fr", french)
    tree.topic({**GUARDIAN, "title": "Who is a guardian?"})
    tree.run(commands.update)
    path = po_path(tree.translations, "fr")
    po = open_po(path)
    entry = po.find("Who is a guardian?")
    set_fuzzy(entry, on=False)
    path.write_text(str(po), encoding="utf-8")
    tree.run(commands.update)
    assert read_translations(tree.translations, "fr").entries["people.guardian/title"].previous == ""
    assert "#| msgid" not in tree.po("fr")


def test_a_text_that_comes_back_finds_its_translation(tree: Tree) -> None:
    """Obsolete entries are kept and used again."""
    tree.translate("fr", french)
    before = tree.po("fr")
    tree.change(PHRASES, "phrases/chat.yaml", lambda all_: all_["phrases"].pop())
    tree.run(commands.update)
    assert '#~ msgctxt "button.next"' in tree.po("fr")
    tree.yaml("phrases/chat.yaml", PHRASES)
    tree.run(commands.update)
    assert tree.po("fr") == before


def test_the_same_words_of_another_country_are_filled_in_as_a_draft(tree: Tree) -> None:
    """A translator says "Emergency" once for all countries; each place still needs its approval."""
    tree.translate("fr", french)
    tree.approve("fr", "country.de/emergency/label")
    tree.yaml("countries/at.yaml", {**GERMANY, "iso": "at", "name": "Austria"})
    tree.run(commands.update)
    entry = open_po(po_path(tree.translations, "fr")).find("Emergency")
    assert (entry.msgctxt, entry.msgstr, entry.fuzzy) == ("country.at/emergency/label", "Emergency (fr)", True)
    assert entry.tcomment == REUSED_COMMENT


def test_what_tools_and_people_put_into_a_file_is_kept(tree: Tree) -> None:
    """Comments, the names in the header and hand-written head lines survive an update."""
    tree.translate("fr", french)
    tree.edit_po("fr", "# What Kite says, in French.", "# Our French.")
    tree.edit_po(
        "fr",
        '"Language: fr\\n"',
        '"Language: fr\\n"\n"Last-Translator: Ana <a@example.org>\\n"\n"X-Poedit-Bookmarks: 1\\n"',
    )
    tree.edit_po("fr", '"MIME-Version: 1.0\\n"\n', '"POT-Creation-Date: 2026-11-21 10:00+0000\\n"\n')
    tree.edit_po("fr", "#. Instead of a wrong text.", "# Said to children.\n#. Instead of a wrong text.")
    tree.run(commands.update)
    text = tree.po("fr")
    assert "# Our French.\n" in text
    assert '"Last-Translator: Ana <a@example.org>\\n"\n"Language: fr\\n"' in text
    assert text.index("X-Poedit-Bookmarks") > text.index("Plural-Forms")
    assert "POT-Creation-Date" not in text
    assert "# Said to children." in text


def test_a_draft_is_marked_once() -> None:
    """Drafting again changes the words, not the marks."""
    entry = polib.POEntry(msgid="Next", flags=["max-length:20"], tcomment="Ours.")
    set_draft(entry, "Suivant")
    set_draft(entry, "Continuer")
    assert (entry.msgstr, entry.flags) == ("Continuer", ["fuzzy", "max-length:20"])
    assert entry.tcomment == f"Ours.\n{DRAFT_COMMENT}"


def test_drafts_are_compiled_and_gaps_stay_gaps(tree: Tree) -> None:
    """The compiled file has every translation, drafts too, and never the English in place of a missing one."""
    tree.translate("fr", french, places="help.")
    tree.compile("fr")
    found = read_mo(mo_path(tree.translations, "fr"))
    assert found["help.emergency/teen/call"] == ("Call 112.", "Call 112. (fr)")
    assert all(place == "" or place.startswith("help.") for place in found)


def test_plurals_are_never_compiled(tree: Tree) -> None:
    """Compilers fill the gaps of plurals with English; ours leaves them out."""
    tree.translate("fr", french)
    tree.edit_po(
        "fr", 'msgid "Next"\nmsgstr "Next (fr)"', 'msgid "Next"\nmsgid_plural "N"\nmsgstr[0] "a"\nmsgstr[1] ""'
    )
    assert b"button.next" not in compiled(read_translations(tree.translations, "fr"))


def test_obsolete_entries_and_missing_files_give_nothing(tree: Tree) -> None:
    """What left the content is not read; a file that vanished is a finding."""
    tree.translate("fr", french)
    tree.change(PHRASES, "phrases/chat.yaml", lambda all_: all_["phrases"].pop())
    tree.run(commands.update)
    assert "button.next" not in read_translations(tree.translations, "fr").entries
    missing = read_translations(tree.translations, "ar")
    assert [finding.problem for finding in missing.findings] == ["there is no content.po"]


def test_a_missing_or_broken_compiled_file(tree: Tree, tmp_path: Path) -> None:
    """No file is no translation; a file of something else is an error."""
    assert read_mo(tmp_path / "none.mo") == {}
    for data in (b"nothing at all", b"\xde\x12\x04\x95\xff\xff", b""):
        (tmp_path / "bad.mo").write_bytes(data)
        with pytest.raises(ValueError, match=r"bad\.mo is not a compiled translation"):
            read_mo(tmp_path / "bad.mo")


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="GNU gettext is not installed")
def test_gettext_accepts_every_locale(tree: Tree, tmp_path: Path) -> None:
    """Our PO files and plural forms are what GNU gettext calls valid."""
    for locale in LOCALES.keys() - {"en"}:
        tree.run(commands.update, locales=[locale])
        tree.translate(locale, french if LOCALES[locale].script == "Latn" else arabic)
        command = ["msgfmt", "--check", "-o", str(tmp_path / "x.mo"), str(po_path(tree.translations, locale))]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
