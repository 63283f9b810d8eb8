"""`kite content …`: exit codes, one clear line for each mistake, and nothing half done."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.content import commands
from bot.content.approvals import read_approvals
from bot.content.cli import app
from bot.content.errors import ContentError
from bot.content.loader import load_content
from bot.content.po import DRAFT_COMMENT, mo_path, po_path
from bot.content.pulling import pull, restore
from tests.unit.content.trees import EMERGENCY, GUARDIAN, TODAY, Tree, arabic, french

ALL = 94
"""How many texts the tiny tree has."""

BROKEN = "content/phrases/chat.yaml:1: [schema] does not hold a list under 'phrases'"


@pytest.fixture
def broken(tree: Tree) -> Tree:
    """Return a tree whose phrases cannot be read."""
    tree.translate("fr", french)
    tree.write("phrases/chat.yaml", "words: []\n")
    return tree


def test_check_prints_every_error_and_counts_notices(tree: Tree) -> None:
    """An error is a line and the code 1; a notice is counted, and listed on demand."""
    tree.run(commands.extract)
    tree.run(commands.update, locales=["fr"])
    code, printed = tree.run(commands.check)
    assert code == 0
    assert printed.split() == [str(ALL), "notice", "untranslated"]
    code, printed = tree.run(commands.check, notices=True)
    assert "translations/fr/LC_MESSAGES/content.po:" in printed
    tree.topic({**GUARDIAN, "sources": [], "label": "A guardian for every child"})
    code, printed = tree.run(commands.check)
    assert code == 1
    assert "content/topics/people/guardian.yaml:3: [length] people.guardian/label: has 26 characters" in printed
    assert "content/topics/people/guardian.yaml:4: [sources] people.guardian: has no source" in printed


def test_check_of_a_good_tree_says_so(tree: Tree) -> None:
    """No findings is a result too."""
    tree.run(commands.extract)
    assert tree.run(commands.check) == (0, "No findings.\n")


def test_check_speaks_json(tree: Tree) -> None:
    """Other programmes get every finding with its parts."""
    tree.topic({**GUARDIAN, "sources": []})
    code, printed = tree.run(commands.check, as_json=True)
    found = json.loads(printed)
    assert code == 1
    assert {"check": "sources", "place": "people.guardian", "level": "error"}.items() <= found[0].items()


@pytest.mark.parametrize(
    ("command", "options"),
    [
        (commands.check, {}),
        (commands.extract, {}),
        (commands.update, {"locales": ["fr"]}),
        (commands.compile_locales, {"locales": ["fr"]}),
        (commands.status, {}),
        (commands.sources, {}),
        (commands.report, {"today": TODAY}),
        (commands.approve, {"locale": "fr", "by": "Rita", "places": ["people.guardian"]}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_command_refuses_a_broken_tree(broken: Tree, command: object, options: dict[str, object]) -> None:
    """Each prints the file and line, changes nothing and fails."""
    before = broken.po("fr")
    code, printed = broken.run(command, **options)  # type: ignore[arg-type]
    assert code == 1
    assert BROKEN in printed
    assert broken.po("fr") == before
    assert not mo_path(broken.translations, "fr").exists()


def test_extract_and_update_say_what_they_did(tree: Tree) -> None:
    """How many texts, how many gaps, and whether a file changed."""
    assert f"content.pot: {ALL} texts, written" in tree.run(commands.extract)[1]
    assert f"content.pot: {ALL} texts, unchanged" in tree.run(commands.extract)[1]
    assert f"content.po: {ALL} texts, {ALL} not translated, written" in tree.run(commands.update, locales=["fr"])[1]
    assert tree.run(commands.update)[1].count("unchanged") == 1


def test_update_refuses_what_it_cannot_do(tree: Tree) -> None:
    """An unknown locale, English, and a PO file nobody can read are refused in words."""
    code, printed = tree.run(commands.update, locales=["xx"])
    assert (code, printed.split(":")[0]) == (1, "Unknown locale 'xx'")
    code, printed = tree.run(commands.update, locales=["en"])
    assert (code, printed) == (1, "English is the content itself and has no PO file; choose another locale.\n")
    tree.translate("fr", french)
    po_path(tree.translations, "fr").write_text('mssgid "x"\n', encoding="utf-8")
    code, printed = tree.run(commands.update)
    assert code == 1
    assert "[po] Syntax error in po file" in printed


def test_a_locale_with_an_error_keeps_its_compiled_file(tree: Tree) -> None:
    """The failed check is printed, the other locale is compiled, and the code is 1."""
    tree.translate("fr", french)
    tree.compile("fr")
    before = mo_path(tree.translations, "fr").read_bytes()
    tree.translate("ar", arabic)
    tree.edit_po("fr", "{group}: choose a question. (fr)", "{groupe} : question")
    code, printed = tree.compile()
    assert code == 1
    assert "[same-placeholders] chat.menu_group" in printed
    assert "fr: not compiled, the compiled file is as it was" in printed
    assert f"ar: {ALL} of {ALL} texts, written" in printed
    assert mo_path(tree.translations, "fr").read_bytes() == before
    assert "unchanged" in tree.compile("ar")[1]


def test_a_fuzzy_header_is_told_and_nothing_is_skipped(tree: Tree) -> None:
    """Babel would skip the locale and say that all is well."""
    tree.translate("fr", french)
    tree.edit_po("fr", 'msgid ""\nmsgstr ""\n', '#, fuzzy\nmsgid ""\nmsgstr ""\n')
    code, printed = tree.compile("fr")
    assert code == 1
    assert "has a fuzzy header" in printed


def test_compile_behind_the_content_and_of_nothing(tree: Tree) -> None:
    """A PO file that waits for an update still compiles; a locale without one does not."""
    tree.translate("fr", french)
    tree.topic({**GUARDIAN, "id": "people.lawyer", "label": "A lawyer"})
    assert f"fr: {ALL} of {ALL + 20} texts, written" in tree.compile()[1]
    assert tree.compile("ar") == (1, "ar: there is no PO file; run `kite content update --locale ar`.\n")
    assert tree.compile("xx")[0] == 1


def test_status_is_a_table_or_json(tree: Tree) -> None:
    """People get rows and a line for each locale, programmes get JSON."""
    tree.translate("fr", french)
    code, printed = tree.run(commands.status)
    assert code == 0
    assert f"fr: not live; {ALL} draft" in printed
    told = json.loads(tree.run(commands.status, as_json=True)[1])
    assert told["live"] == {"en": False, "fr": False}
    first = told["rows"][0]
    assert set(first) == {"locale", "group", "tier", "counts"}
    assert set(first["counts"]) == {"untranslated", "draft", "approved", "outdated", "expired"}


def test_sources_are_listed(tree: Tree) -> None:
    """Each topic with its laws, its reviewer and its last day."""
    tree.topic({**GUARDIAN, "reviewed": {"by": "Rita", "on": "2026-11-20"}})
    printed = tree.run(commands.sources)[1]
    assert "seed 001, CRC 20" in printed
    assert "Rita, 2026-11-20" in printed
    assert "2027-11-21" in printed
    assert "3 topics; 0 points used, 0 left out" in printed
    told = json.loads(tree.run(commands.sources, as_json=True)[1])
    assert told["topics"]["people.guardian"][1] == {"seed": None, "law": "CRC 20", "note": ""}
    assert told["points"] == []


def test_points_that_no_topic_uses_are_listed_with_their_reason(tree: Tree) -> None:
    """An editor sees which topic uses which point, and what is left out on purpose."""
    points = [
        {"id": "001.1", "point": "A guardian for a child alone.", "used_in": ["people.guardian"]},
        {"id": "001.2", "point": "Budgets.", "left_out": "a measure for states"},
    ]
    tree.yaml("sources.yaml", {"seeds": {"001": "A document"}, "points": points})
    printed = tree.run(commands.sources)[1]
    assert next(line.split() for line in printed.splitlines() if "people.guardian" in line)[-3:] == ["001.1", "-", "-"]
    assert "001.2" in printed
    assert "a measure for states" in printed
    assert "3 topics; 1 points used, 1 left out" in printed
    told = json.loads(tree.run(commands.sources, as_json=True)[1])
    assert told["points"][1]["left_out"] == "a measure for states"
    tree.write("sources.yaml", "points:\n  - {id: one, point: x}\n")
    assert "sources.yaml:2: [schema] points.0.id: 'one' has a wrong form" in tree.run(commands.sources)[1]


def test_approve_takes_places_topics_and_patterns(tree: Tree) -> None:
    """A reviewer approves what they have read; the marks of a draft go, other comments stay."""
    tree.translate("fr", french)
    tree.edit_po("fr", f"# {DRAFT_COMMENT}\n", f"# Ours.\n# {DRAFT_COMMENT}\n")
    code, printed = tree.approve("fr", "people.guardian", "chat.pulled", "family.steps/*/label")
    assert (code, printed) == (0, "fr: 33 texts approved by Rita Reviewer\n")
    text = tree.po("fr")
    assert text.count(DRAFT_COMMENT) == text.count("#, fuzzy") == ALL - 33
    assert text.count("# Ours.") == ALL
    approvals = read_approvals(tree.translations, "fr").by_place
    assert approvals["people.guardian/title"].by == "Rita Reviewer"
    assert approvals["people.guardian/title"].on == TODAY
    assert "help.emergency/title" not in approvals


def test_english_is_approved_too(tree: Tree) -> None:
    """English has approvals but no PO file."""
    assert tree.approve("en") == (0, f"en: {ALL} texts approved by Rita Reviewer\n")
    assert not po_path(tree.translations, "en").exists()
    tree.approve("en", "chat.pulled", by="Sam")
    approvals = read_approvals(tree.translations, "en").by_place
    assert (approvals["chat.pulled"].by, approvals["button.next"].by) == ("Sam", "Rita Reviewer")


def test_nothing_is_approved_where_something_stands_against_it(tree: Tree) -> None:
    """An unknown place, a gap, an outdated or a wrong translation stop the whole approval."""
    tree.translate("fr", lambda source: "Appelez." if source == "Call 112." else french(source))
    tree.topic({**GUARDIAN, "title": "Who is a guardian?"})
    tree.run(commands.update)
    for place, expected in [
        ("people.nobody", "people.nobody: no text is called that"),
        ("people.guardian/title", "people.guardian/title: has no translation of the present English"),
        ("help.emergency/teen/call", "[same-numbers] help.emergency/teen/call: has the numbers none"),
    ]:
        code, printed = tree.approve("fr", "chat.pulled", place)
        assert code == 1
        assert expected in printed
        assert printed.endswith("Nothing was approved.\n")
    assert "has no translation" in tree.approve("ar", "chat.pulled")[1]
    assert read_approvals(tree.translations, "fr").by_place == {}


def test_an_error_in_a_translation_does_not_stop_english(tree: Tree) -> None:
    """What is wrong in French is for French."""
    tree.translate("fr", lambda source: "Appelez." if source == "Call 112." else french(source))
    assert tree.approve("en", "help.emergency")[0] == 0
    tree.topic({**EMERGENCY, "label": "The emergency numbers"})
    assert tree.approve("en", "help.emergency")[0] == 1


@pytest.mark.parametrize(("locale", "by"), [("fr", " "), ("xx", "Rita")])
def test_an_approval_needs_a_name_and_a_locale(tree: Tree, locale: str, by: str) -> None:
    """Nobody approves namelessly."""
    code, printed = tree.approve(locale, "chat.pulled", by=by)
    assert code == 1
    assert "Nothing was approved" in printed


def test_a_pull_is_one_action_and_can_be_undone(tree: Tree) -> None:
    """Who, when and why are kept; a second pull and a second restore change nothing."""
    out = tree.run(commands.pull, "people.guardian/young", by='Rita "R"', why="old law")
    assert out == (0, "people.guardian/young: taken out of every locale\n")
    assert "was out already" in tree.run(commands.pull, "people.guardian/young", by="Sam", why="")[1]
    tree.run(commands.pull, "country.de/helpline", by="Sam", why="wrong number")
    first, second = load_content(tree.content).pulled
    assert (first.place, second.place) == ("country.de/helpline", "people.guardian/young")
    assert (second.by, second.on, second.why) == ('Rita "R"', TODAY, "old law")
    assert tree.run(commands.restore, "people.guardian/young") == (0, "people.guardian/young: is back\n")
    assert tree.run(commands.restore, "people.guardian/young") == (1, "people.guardian/young: was not taken out\n")
    assert tree.run(commands.restore, "country.de/helpline")[0] == 0
    assert load_content(tree.content).pulled == ()


def test_a_pull_must_name_something(tree: Tree) -> None:
    """A slip of the pen must not look as if the wrong words were gone."""
    for place in ("people.guardain", "button.next", "chat.pulled"):
        code, printed = tree.run(commands.pull, place, by="Rita", why="x")
        assert code == 1
        assert printed.startswith(f"{place}: nothing of that name can be taken out")
    assert not (tree.content / "pulled.yaml").exists()


def test_a_broken_list_of_pulls_is_not_overwritten(tree: Tree) -> None:
    """What somebody wrote by hand is not lost."""
    tree.write("pulled.yaml", "pulled: [\n")
    for code, printed in (
        tree.run(commands.pull, "people.guardian", by="Rita", why="x"),
        tree.run(commands.restore, "people.guardian"),
    ):
        assert code == 1
        assert "content/pulled.yaml:2: [yaml]" in printed
    with pytest.raises(ContentError):
        pull(tree.content, "people.guardian", by="Rita", why="x", on=TODAY)


def test_a_pull_works_while_another_file_is_broken(broken: Tree) -> None:
    """Pull and restore need only the place they name."""
    assert pull(broken.content, "people.guardian", by="Rita", why="x", on=TODAY)
    assert restore(broken.content, "people.guardian")


def invoke(tree: Tree, *words: str) -> tuple[int, str]:
    """Type a command in the tree's folder."""
    folders = ["--content", str(tree.content)]
    if words[0] not in ("sources", "pull", "restore"):
        folders += ["--translations", str(tree.translations)]
    result = CliRunner().invoke(app, [*words, *folders])
    return result.exit_code, result.output


def test_the_whole_way_from_a_sentence_to_people(tree: Tree) -> None:
    """Each command works as it is typed, in the order an editor types them."""
    assert invoke(tree, "extract")[0] == 0
    assert invoke(tree, "update", "--locale", "fr")[0] == 0
    tree.translate("fr", french)
    assert invoke(tree, "check", "--notices") == (0, "No findings.\n")
    assert invoke(tree, "approve", "*", "--locale", "fr", "--by", "Rita")[0] == 0
    assert invoke(tree, "compile", "--locale", "fr")[0] == 0
    assert "fr: live" in invoke(tree, "status")[1]
    assert json.loads(invoke(tree, "status", "--json")[1])["live"]["fr"]
    assert "CRC 20" in invoke(tree, "sources")[1]
    assert invoke(tree, "pull", "people.guardian", "--by", "Rita", "--why", "wrong")[0] == 0
    assert invoke(tree, "restore", "people.guardian")[0] == 0
    assert invoke(tree, "restore", "people.guardian")[0] == 1


def test_every_command_shows_an_example() -> None:
    """Help is where people look first."""
    for command in app.registered_commands:
        name = command.name or command.callback.__name__  # type: ignore[union-attr]
        result = CliRunner().invoke(app, [name, "--help"])
        assert result.exit_code == 0
        assert f"Example: kite content {name}" in " ".join(result.output.split())


def test_folders_come_from_the_environment(tree: Tree, tmp_path: Path) -> None:
    """The commands look where the running Kite looks."""
    folders = {"KITE_CONTENT_DIR": str(tree.content), "KITE_TRANSLATIONS_DIR": str(tree.translations)}
    assert CliRunner().invoke(app, ["extract"], env=folders).exit_code == 0
    assert (tree.translations / "content.pot").is_file()
