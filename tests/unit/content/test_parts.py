"""The small parts: directions, locales, names of files, whole writes, findings."""

import ast
import os
import sys
import unicodedata
from pathlib import Path

import pytest
from babel import Locale as Cldr
from babel.messages.plurals import get_plural

import bot.content
from bot.content.bidi import FSI, PDI, isolate, isolate_value, without_isolates
from bot.content.checks import CHECKS
from bot.content.cli import app
from bot.content.files import shown_name, write_whole
from bot.content.findings import Finding
from bot.content.locales import LOCALES, country_languages, country_name
from bot.content.placeholders import fill, placeholders, same_placeholders, stray_braces
from bot.content.po import DRAFT_COMMENT

SCRIPTS = {"Latn": "LATIN", "Arab": "ARABIC", "Cyrl": "CYRILLIC", "Ethi": "ETHIOPIC"}


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [
        ("اتصل بالرقم 112.", ["112"]),
        ("رقم +49 30 123-456 و 116 111", ["+49 30 123-456", "116 111"]),
        ("من 10 إلى 13 سنة، ۱۱۲", ["10", "13", "۱۱۲"]),
        ("5. 6", ["5", "6"]),
        ("انظر https://a.example/x?y=1. ثم", ["https://a.example/x?y=1"]),
        ("www.example.org، info@example.org", ["www.example.org", "info@example.org"]),
        ("*140# و 50%", ["*140#", "50%"]),
        ("(112)", ["112"]),
        ("{number1} و 7", ["7"]),
        ("بلا رقم", []),
    ],
)
def test_numbers_and_links_are_isolated(text: str, wrapped: list[str]) -> None:
    """Each number, phone number, address and link is wrapped as a whole, and nothing else."""
    result = isolate(text)
    assert [part.split(PDI)[0] for part in result.split(FSI)[1:]] == wrapped
    assert without_isolates(result) == text


def test_what_a_translator_has_isolated_stays() -> None:
    """Text is wrapped once."""
    assert isolate(f"رقم {FSI}112{PDI}") == f"رقم {FSI}112{PDI}"


def test_a_value_is_isolated_as_a_whole() -> None:
    """A value cannot turn the line it is put into; several lines are wrapped piece by piece."""
    assert isolate_value("Who is \u202ewho") == f"{FSI}Who is who{PDI}"
    assert isolate_value(f"{FSI}112{PDI}") == f"{FSI}112{PDI}"
    assert isolate_value("") == ""
    assert isolate_value("أ: 1\nب: 2") == f"أ: {FSI}1{PDI}\nب: {FSI}2{PDI}"


def test_placeholders_are_plain_names() -> None:
    """Formats, attributes and stray braces are no placeholders; braces in values are not read."""
    assert placeholders("{a} {a} {b_1}") == {"a": 2, "b_1": 1}
    assert [stray_braces(text) for text in ("{a}", "{a", "{A}", "{a.b}", "{a!r}", "{}", "{{a}}")] == [False] + [
        True
    ] * 6
    assert same_placeholders("{a} x", "y {a}")
    assert not same_placeholders("{a}", "{a} {a}")
    assert fill("{a}-{b}", {"a": "{b}", "b": "1"}) == "{b}-1"


@pytest.mark.parametrize("code", LOCALES)
def test_every_locale_is_what_cldr_says(code: str) -> None:
    """Directions and the number of plural forms agree with CLDR, and the name is in the locale's script."""
    locale = LOCALES[code]
    assert locale.direction == Cldr.parse(code).text_direction
    assert locale.plural.startswith(f"nplurals={_plurals(code)};")
    letters = [char for char in locale.name if char.isalpha()]
    assert all(unicodedata.name(char).startswith(SCRIPTS[locale.script]) for char in letters)
    assert not set(locale.foreign) & set(locale.name)


def _plurals(code: str) -> int:
    """Return Babel's number; where it differs, GNU gettext's, which Weblate and Poedit follow."""
    return {"fa": 2, "tr": 2}.get(code, get_plural(code).num_plurals)


def test_there_are_twelve_locales_and_english_is_first() -> None:
    """The order is the order of the list of languages."""
    assert len(LOCALES) == 12
    assert list(LOCALES)[:4] == ["en", "ar", "fa", "fr"]


def test_countries_have_languages_and_names() -> None:
    """CLDR knows them; what it does not know is empty, not an error."""
    assert country_languages("be")[:2] == ("nl", "fr")
    assert country_languages("zz") == ()
    assert country_name("de", "ar") == "ألمانيا"
    assert country_name("de", "xx-nothing") is None
    assert country_name("qq", "fr") is None


def test_a_file_is_named_from_the_project(tmp_path: Path) -> None:
    """Names do not depend on the machine; what lies elsewhere keeps its own."""
    assert shown_name(tmp_path / "content/topics/a.yaml", tmp_path / "content") == "content/topics/a.yaml"
    assert shown_name(Path("/elsewhere/a.yaml"), tmp_path / "content") == "/elsewhere/a.yaml"


def test_a_write_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed write leaves the old file and no scraps; the same bytes are not written again."""
    path = tmp_path / "a/b.txt"
    assert write_whole(path, b"one")
    assert not write_whole(path, b"one")
    assert path.stat().st_mode & 0o777 == 0o644

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fchmod", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(path.parent.iterdir()) == [path]


def test_a_finding_is_one_line() -> None:
    """File, line, check, place, problem and remedy."""
    finding = Finding(check="length", file="a.yaml", line=3, place="x", problem="is long", remedy="cut it")
    assert str(finding) == "a.yaml:3: [length] x: is long -> cut it"


def test_the_guides_name_every_check_command_and_locale() -> None:
    """What an editor or a translator can meet is in their guide."""
    docs = Path(bot.content.__file__).parents[2] / "docs"
    editors = (docs / "content.md").read_text(encoding="utf-8")
    translators = (docs / "translating.md").read_text(encoding="utf-8")
    assert [check.id for check in CHECKS if f"`{check.id}`" not in editors] == []
    named = {command.name or command.callback.__name__ for command in app.registered_commands}  # type: ignore[union-attr]
    assert [name for name in named - {"sources"} if f"kite content {name}" not in editors + translators] == []
    assert [code for code in LOCALES if f"({code}" not in translators] == []
    assert DRAFT_COMMENT in translators


def test_the_core_of_the_content_is_pure() -> None:
    """No web framework, channel library or torch; the terminal only where commands are."""
    terminal = {"rich", "typer"}
    allowed = {"babel", "bot", "polib", "pydantic", "pydantic_core", "yaml"}
    for path in Path(bot.content.__file__).parent.rglob("*.py"):
        for name in _imports(path):
            if name in terminal:
                assert path.name in {"cli.py", "commands.py", "tables.py"}
            else:
                assert name in allowed or name in sys.stdlib_module_names, (path.name, name)


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    found |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in found}
