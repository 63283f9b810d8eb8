"""Every check finds its mistake, stays silent on a good tree, and can be switched off only where it says so."""

from collections.abc import Callable
from datetime import date

import pytest

from bot.content import commands
from bot.content.checks import CHECKS, Check
from bot.content.checks.translation import numbers_in
from bot.content.explaining import unexplained
from bot.content.findings import Finding, Level
from bot.content.loader import load_content
from bot.content.po import open_po, po_path
from bot.content.sentences import sentences
from bot.model import Tier
from tests.unit.content.trees import EMERGENCY, GERMANY, GUARDIAN, OVERLAY, WORD, Tree, arabic, french, germany

WORDS = "One two three four five six seven eight nine ten eleven twelve thirteen."


def phrase(words: str, place: str = "chat.x") -> Callable[[Tree], None]:
    """Add a phrase with these words."""
    return lambda tree: tree.yaml("phrases/x.yaml", {"phrases": [{"id": place, "text": words}]}) and None


def guardian(**changes: object) -> Callable[[Tree], None]:
    """Change the topic about guardians."""
    return lambda tree: tree.topic({**GUARDIAN, **changes}) and None


def uses(words: str) -> Callable[[Tree], None]:
    """Say these words to the youngest in the topic about guardians."""
    young = {**GUARDIAN["tiers"]["young"], "messages": [{"id": "what", "text": words}]}
    return guardian(tiers={**GUARDIAN["tiers"], "young": young})


def points(*more: dict[str, object], **first: object) -> Callable[[Tree], None]:
    """Write sources with one seed and a point that is as told."""
    listed = [{"id": "001.1", "point": "Guardians.", **first}, *more]
    return lambda tree: tree.yaml("sources.yaml", {"seeds": {"001": "A document"}, "points": listed}) and None


def translation(locale: str, words: str) -> Callable[[Tree], None]:
    """Translate one message in other words than its stand-in."""

    def edit(tree: Tree) -> None:
        tree.translate(locale, lambda source: words if source == "Call 112." else good(locale)(source))

    return edit


def good(locale: str) -> Callable[[str], str]:
    return arabic if locale in ("ar", "fa") else french


def po_edit(old: str, new: str) -> Callable[[Tree], None]:
    """Make a French file and change it by hand."""

    def edit(tree: Tree) -> None:
        tree.translate("fr", french)
        tree.edit_po("fr", old, new)

    return edit


def approved_then_changed(tree: Tree) -> None:
    tree.approve("en", "help.emergency")
    tree.topic({**EMERGENCY, "title": "Other numbers"})


def source_changed(tree: Tree) -> None:
    tree.translate("fr", french)
    tree.topic({**GUARDIAN, "title": "Who is a guardian?"})
    tree.run(commands.update)


def unknown_locale(tree: Tree) -> None:
    path = po_path(tree.translations, "xx")
    path.parent.mkdir(parents=True)
    path.write_text('msgid ""\nmsgstr "Language: xx\\n"\n', encoding="utf-8")


HARD = "Documentation regarding administrative determination procedures necessitates comprehensive examination."

BROKEN: dict[str, list[tuple[Callable[[Tree], object], str]]] = {
    "length": [
        (guardian(label="A guardian for a child"), "people.guardian/label: has 22 characters, at most 20 fit a label"),
        (phrase("x" * 501), "chat.x: has 501 characters, at most 500 fit a phrase"),
        (phrase("Go to the next step of it", "button.x"), "button.x: has 25 characters, at most 20 fit a label"),
        (translation("fr", "112 " + "x" * 300), "help.emergency/young/call: has 304 characters, at most 300 fit a message"),
    ],
    "sentence-length": [
        (phrase(WORDS), "chat.x: has a sentence of 13 words, at most 12: 'One two"),
    ],
    "grade": [
        (uses(HARD), "content/topics/people/guardian.yaml:10: [grade] people.guardian/young: is of grade"),
        (lambda tree: tree.yaml("glossary.yaml", {"glossary": [{**WORD, "define": {tier.value: HARD for tier in Tier}}]}),
         "glossary/young: is of grade"),
    ],
    "commas": [
        (phrase("One, two, three, four."), "chat.x: has 3 commas, at most 2: 'One, two, three, four.' -> make two sentences"),
    ],
    "passive": [
        (phrase("Go on. You are sent back."), "chat.x: has the passive 'are sent': 'You are sent back.' -> say who does it"),
    ],
    "plain-words": [
        (lambda tree: (tree.write("plain/young.txt", "# words\nask a\n"), phrase("Ask a bureaucrat.")(tree)),
         "chat.x: has words that are hard for that age (bureaucrat): 'Ask a bureaucrat.' -> use plainer words, or add"),
    ],
    "idioms": [
        (lambda tree: (tree.write("plain/idioms.txt", "feel blue\n"), phrase("Do you feel  blue?")(tree)),
         "chat.x: has the saying 'feel  blue': 'Do you feel  blue?' -> say what it means"),
    ],
    "blame": [
        (lambda tree: (tree.write("plain/blame.txt", "you should|could have told\n"), phrase("You could have told me.")(tree)),
         "chat.x: says 'You could have told': 'You could have told me.' -> say what can be done now"),
    ],
    "bidi-override": [
        (phrase("Hello \u202eyou."), "chat.x: has the character U+202E -> take the character out"),
        (translation("fr", "Appelez 112.\u202a"), "help.emergency/young/call: has the character U+202A"),
    ],
    "whitespace": [
        (phrase("Hello. "), "chat.x: begins or ends with a blank or a new line"),
        (phrase("Hello  you."), "chat.x: has two blanks or a tab in it"),
    ],
    "links": [
        (phrase("See https://example.org now."), "chat.x: has a link or an address: 'https:'"),
        (phrase("See example.org now."), "chat.x: has a link or an address: 'example.org'"),
        (translation("fr", "Voir www.exemple.fr 112."), "call: has a link or an address: 'www.'"),
    ],
    "script": [
        (translation("ar", "Appelez 112."), "help.emergency/young/call: is not in the script of Arabic"),
        (translation("fr", "اتصل 112."), "help.emergency/young/call: is not in the script of French"),
        (translation("fa", "با ۱۱۲ تماس بگيريد."), "has letters Dari and Persian does not use: ي (U+064A)"),
    ],
    "placeholder": [
        (phrase("Hello {Name}."), "chat.x: has a brace that is no placeholder -> write {name} in phrases only"),
        (guardian(title="What is {it}?"), "people.guardian/title: has a placeholder that nothing fills"),
    ],
    "same-placeholders": [
        (po_edit('msgstr "{group}: choose a question. (fr)"', 'msgstr "{groupe} : question"'),
         "chat.menu_group: has the placeholders groupe, not group -> keep each {name}"),
        (po_edit('msgstr "{group}: choose a question. (fr)"', 'msgstr "{group : question"'),
         "chat.menu_group: has a brace that is no placeholder"),
    ],
    "same-numbers": [
        (translation("fr", "Appelez 113."), "help.emergency/young/call: has the numbers 113, not 112 -> copy the numbers"),
        (translation("fr", "Appelez."), "help.emergency/young/call: has the numbers none, not 112"),
    ],
    "same-as-source": [
        (translation("fr", "Call 112."), "help.emergency/young/call: is the same as the English text"),
    ],
    "plural": [
        (po_edit('msgid "Next"\nmsgstr "Next (fr)"', 'msgid "Next"\nmsgid_plural "Nexts"\nmsgstr[0] ""\nmsgstr[1] ""'),
         "button.next: is a plural entry -> delete the entry"),
    ],
    "untranslated": [
        (lambda tree: tree.run(commands.update, locales=["fr"]), "people.guardian/title: is not translated"),
    ],
    "outdated": [
        (source_changed, "people.guardian/title: was translated from 'What is a guardian?' -> read the new English"),
    ],
    "button-target": [
        (guardian(tiers={**GUARDIAN["tiers"], "young": {**GUARDIAN["tiers"]["young"], "buttons": ["people.nobody"]}}),
         "people.guardian/young: has a button to 'people.nobody', which is no topic"),
        (guardian(tiers={**GUARDIAN["tiers"], "young": {**GUARDIAN["tiers"]["young"], "buttons": ["people.guardian"]}}),
         "people.guardian/young: has a button to itself"),
    ],
    "sources": [
        (guardian(sources=[]), "people.guardian: has no source -> name the seed document or the law"),
        (guardian(sources=[{"note": "heard"}]), "people.guardian: has a source without seed or law"),
    ],
    "source-points": [
        (points(), "content/sources.yaml:5: [source-points] 001.1: is neither used nor explained -> name topics under"),
        (points(used_in=["people.nobody"]), "001.1: is used in 'people.nobody', which is no topic -> name a topic"),
        (points(used_in=["help.emergency"]), "001.1: is used in help.emergency, which does not cite seed 001"),
        (points(used_in=["people.guardian"], left_out="why"), "001.1: is used and left out -> keep one of the two"),
        (points(id="002.1", left_out="why"), "002.1: is of no seed document 002 -> name the document under `seeds`"),
        (points({"id": "001.1", "point": "P.", "left_out": "why"}, left_out="why"), "001.1: is there twice"),
        (points(left_out="why"), "people.guardian: cites seed 001, but no point of it names this topic"),
    ],
    "critical": [
        (lambda tree: tree.topic({**EMERGENCY, "critical": False}), "help.emergency: is safety text, but not critical"),
        (phrase("Thank you.", "safety.x"), "safety.x: is safety text, but not critical -> write `critical: true`"),
    ],
    "same-label": [
        (guardian(label="Numbers"), "people.guardian/label: has the words of help.emergency/label: 'Numbers'"),
        (po_edit('msgstr "A guardian (fr)"', 'msgstr "Numbers (fr)"'), "people.guardian/label: has the words of"),
    ],
    "check-question": [
        (lambda tree: tree.change(GUARDIAN, "topics/people/guardian.yaml", lambda topic: topic["tiers"]["young"].pop("check")),
         "topics/people/guardian.yaml:10: [check-question] people.guardian/young: has no check question -> write one with"),
    ],
    "pulled-place": [
        (lambda tree: tree.write("pulled.yaml", "pulled: [people.nobody]\n"), "people.nobody: takes nothing out"),
        (lambda tree: tree.write("pulled.yaml", "pulled: [button.next]\n"), "button.next: cannot be taken out"),
    ],
    "expired": [
        (guardian(expires="2026-11-20"), "people.guardian: expired on 2026-11-20 -> check the law or the number"),
    ],
    "glossary-term": [
        (lambda tree: tree.yaml("glossary.yaml", {"glossary": [{**WORD, "topic": "people.nobody"}]}),
         "content/glossary.yaml:11: [glossary-term] glossary.lawyer: leads to 'people.nobody', which is no topic"),
        (lambda tree: tree.yaml("glossary.yaml", {"glossary": [WORD, {**WORD, "id": "other", "term": "Lawyers"}]}),
         "glossary.other: has the word 'Lawyers', which is one of glossary.lawyer too -> leave it to one of them"),
    ],
    "glossary-explained": [
        (lambda tree: (tree.yaml("glossary.yaml", {"glossary": [
                           {**WORD, "topic": "help.emergency", "id": name, "term": name, "also": [f"{name}s"]}
                           for name in ("lawyer", "judge", "court")]}),
                       uses("Ask your lawyer or the judge at court.")(tree)),
         "people.guardian/young: uses 'court' unexplained, and 2 other words have the buttons -> explain it in that"),
    ],
    "number-kind": [
        (lambda tree: tree.change(GERMANY, "countries/de.yaml", lambda de: de["numbers"][0].update(id="oma")),
         "country.de/oma: is of no known kind -> begin its id with emergency, police,"),
    ],
    "country-role": [
        (lambda tree: tree.change(GERMANY, "countries/de.yaml", lambda de: de.pop("host")),
         "country.de: is neither host nor origin -> write `host: true`, `origin: true`, or both"),
    ],
    "overlay-target": [
        (lambda tree: tree.yaml("countries/de.yaml", germany({**OVERLAY, "instead": "fly"})),
         "country.de/people.guardian/young/free: stands at people.guardian/young/fly, which is none -> name a message"),
        (lambda tree: tree.yaml("countries/de.yaml", germany({**OVERLAY, "topic": "people.nobody"})),
         "stands at people.nobody/young/cost, which is none"),
        (lambda tree: tree.yaml("countries/de.yaml", germany({**OVERLAY, "topic": "family.steps", "instead": "do"})),
         "stands at family.steps/young/do, which is none -> name a message of that tier; in a walk, its step too"),
    ],
    "number-age": [
        (lambda tree: tree.yaml("countries/de.yaml", germany({**OVERLAY, "checked": "2025-01-01"})),
         "country.de/people.guardian: was checked last on 2025-01-01 -> read the source"),
        (lambda tree: tree.change(GERMANY, "countries/de.yaml", lambda de: de["numbers"][0].update(checked="2025-11-20")),
         "country.de/emergency: was checked last on 2025-11-20 -> call it"),
    ],
    "po": [
        (po_edit('msgid "Next"', 'mssgid "Next"'), "[po] Syntax error in po file (line "),
        (po_edit('msgctxt "people.guardian/label"', 'msgctxt "people.guardian/title"'),
         "people.guardian/title: is there twice, first in line"),
        (lambda tree: (tree.translate("fr", french), po_path(tree.translations, "fr").write_bytes(b"\xff")), "content.po:1: [po]"),
    ],
    "po-header": [
        (po_edit('msgid ""\nmsgstr ""\n', '#, fuzzy\nmsgid ""\nmsgstr ""\n'), "has a fuzzy header, which makes compilers skip"),
        (po_edit("Language: fr", "Language: de"), "says Language: 'de', not 'fr' -> run `kite content update`"),
        (po_edit("charset=UTF-8", "charset=LATIN1"), "does not say charset=UTF-8"),
        (po_edit("plural=(n > 1)", "plural=(n != 1)"), "has other plural forms than the language"),
        (unknown_locale, "is in a folder 'xx' that is no locale of Kite"),
    ],
    "po-update": [
        (po_edit('msgid "Next"', 'msgid "Go on"'), "content.po:1: [po-update] is 1 texts behind the content"),
    ],
    "template": [
        (guardian(title="Who is a guardian?"), "translations/content.pot:1: [template] is not what the content gives"),
    ],
    "approvals": [
        (lambda tree: write_approvals(tree, "people.nobody/x: {hash: " + "a" * 64 + ", by: A, on: 2026-01-01}\n"),
         "people.nobody/x: is approved, but no text is there"),
        (lambda tree: write_approvals(tree, "people.guardian/title: {hash: 5, by: A, on: 2026-01-01}\n"),
         "translations/en/approvals.yaml:1: [approvals] people.guardian/title: is not {hash, by, on}"),
        (lambda tree: write_approvals(tree, "people.guardian/title: yes\n"), "people.guardian/title: is not {hash, by, on}"),
        (lambda tree: write_approvals(tree, "people.guardian/title: {hash: a, by: A, on: x}\n"), "is not {hash, by, on}"),
        (lambda tree: write_approvals(tree, "- 5\n"), "approvals.yaml:1: [approvals] is not a mapping of places"),
        (lambda tree: write_approvals(tree, "a: [\n"), "translations/en/approvals.yaml:2: [yaml]"),
    ],
    "approval-hash": [
        (approved_then_changed, "help.emergency/title: was approved by Rita Reviewer in other words"),
    ],
    "ignore-known": [
        (guardian(ignore=["nonsense"]), "people.guardian/title: ignores 'nonsense', which is no check that can be ignored"),
        (guardian(ignore=["length"]), "people.guardian/title: ignores 'length', which is no check that can be ignored"),
        (lambda tree: tree.write("exceptions.yaml", "exceptions: [{check: length, place: people.nobody, reason: r}]\n"),
         "content/exceptions.yaml:1: [ignore-known] people.nobody: is excused, but no text is there"),
        (lambda tree: tree.write("exceptions.yaml", "exceptions: [{check: length, place: people.guardian, reason: r}]\n"),
         "people.guardian: ignores 'length'"),
    ],
}  # fmt: skip
EXAMPLES = [(check, edit, expected) for check, broken in BROKEN.items() for edit, expected in broken]


def write_approvals(tree: Tree, text: str) -> None:
    path = tree.translations / "en/approvals.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def told(found: tuple[Finding, ...], check: str) -> list[str]:
    return [str(finding) for finding in found if finding.check == check]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_every_check_has_an_example(check: Check) -> None:
    """A check without a broken tree of its own cannot be added."""
    assert check.id in BROKEN
    assert check.__doc__


@pytest.mark.parametrize(
    ("check", "edit", "expected"), EXAMPLES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_check_finds_its_mistake(tree: Tree, check: str, edit: Callable[[Tree], object], expected: str) -> None:
    """The finding names the place, the problem and what to do."""
    tree.run(commands.extract)
    edit(tree)
    found = tree.findings()
    assert any(expected in str(finding) for finding in found), [str(finding) for finding in found]
    passed_on = {"approvals.yaml:2: [yaml]"}
    assert told(found, check) or any(part in expected for part in passed_on)
    assert all(finding.line >= 1 and finding.remedy for finding in found)


def test_a_good_tree_has_no_findings(tree: Tree) -> None:
    """A whole tree with two whole translations passes every check."""
    tree.run(commands.extract)
    tree.translate("fr", french)
    tree.translate("ar", arabic)
    assert [str(finding) for finding in tree.findings()] == []


def test_notices_do_not_fail(tree: Tree) -> None:
    """What is left to do is a notice, what is wrong is an error."""
    notices = {check.id for check in CHECKS if check.level is Level.NOTICE}
    assert notices == {
        "untranslated",
        "outdated",
        "expired",
        "number-age",
        "approval-hash",
        "country-role",
    }


@pytest.mark.parametrize(
    "edit",
    [
        lambda tree: tree.yaml("phrases/x.yaml", {"phrases": [{"id": "chat.x", "text": WORDS, "ignore": ["sentence-length"]}]}),
        lambda tree: (phrase(WORDS)(tree), tree.write("exceptions.yaml",
                      "exceptions:\n  - {check: sentence-length, place: chat.x, reason: a name of a law}\n")),
    ],
    ids=["ignore", "exceptions.yaml"],
)  # fmt: skip
def test_an_editor_excuses_a_text_by_name(tree: Tree, edit: Callable[[Tree], object]) -> None:
    """A check can be switched off for one text, in the text or in the list of named exceptions."""
    edit(tree)
    assert told(tree.findings(), "sentence-length") == []


def test_what_protects_people_cannot_be_excused(tree: Tree) -> None:
    """A length, a placeholder or an override is refused whatever an editor writes."""
    tree.topic({**GUARDIAN, "label": "A guardian for a child", "ignore": ["length"]})
    assert told(tree.findings(), "length")


def test_a_translator_excuses_an_entry(tree: Tree) -> None:
    """`kite-ignore: id` in a translator comment switches checks off for that entry alone."""
    tree.run(commands.extract)
    tree.translate("fr", lambda source: source)
    before = len(told(tree.findings(), "same-as-source"))
    path = po_path(tree.translations, "fr")
    po = open_po(path)
    po.find("Call 112.").tcomment = "kite-ignore: same-as-source, untranslated"
    path.write_text(str(po), encoding="utf-8")
    assert len(told(tree.findings(), "same-as-source")) == before - 1


def test_a_single_word_may_be_the_same_in_the_same_script(tree: Tree) -> None:
    """French may say "Menu"; Arabic may not, but for names."""
    tree.yaml("phrases/x.yaml", {"phrases": [{"id": "chat.x", "text": "Menu"}, {"id": "chat.y", "text": "Kite"}]})
    tree.translate("fr", lambda source: source)
    tree.translate("ar", lambda source: source)
    same = [finding for finding in tree.findings() if finding.check == "same-as-source"]
    assert [finding.file.split("/")[1] for finding in same if finding.place == "chat.x"] == ["ar"]
    assert [finding for finding in same if finding.place == "chat.y"] == []


def test_an_outdated_translation_is_not_checked_against_the_new_source(tree: Tree) -> None:
    """It is told as outdated once, not as wrong in every other way."""
    tree.run(commands.extract)
    tree.translate("fr", french)
    tree.topic({**EMERGENCY, "tiers": {**EMERGENCY["tiers"], "young": {
        **EMERGENCY["tiers"]["young"], "messages": [{"id": "call", "text": "Call 999."}]}}})  # fmt: skip
    tree.run(commands.update)
    assert {finding.check for finding in tree.findings()} == {"outdated", "template"}


def test_speech_after_a_colon_is_a_sentence(tree: Tree) -> None:
    """A child counts the words of what somebody says by themselves."""
    assert list(sentences("Say: I am ill. Go on! 'Now?' Yes\nand no: maybe.")) == [
        "Say:", "I am ill.", "Go on!", "'Now?", "Yes", "and no: maybe.",
    ]  # fmt: skip


def words_of(tree: Tree) -> tuple[str, ...]:
    content = load_content(tree.content)
    topic = content.topics["people.guardian"]
    return next(unexplained(content, topic, part, tier) for tier, part, _ in topic.parts() if tier is Tier.YOUNG)


@pytest.mark.parametrize(
    ("words", "explained"),
    [
        ("A lawyer knows the rules.", True),
        ("Lawyers speak for you.", True),
        ("Ask a lawyer, who knows the rules.", True),
        ("This helper is called a lawyer.", True),
        ("Ask for a lawyer (a helper with the rules).", True),
        ("Your lawyer should come. A lawyer speaks for you.", True),
        ("Your lawyer should come.", False),
        ("Ask a lawyer.", False),
        ("Ask a friend.", True),
    ],
)
def test_a_word_is_explained_by_a_sentence_about_it(tree: Tree, words: str, explained: bool) -> None:
    """What a word is or does explains it; that somebody needs one does not."""
    tree.yaml("glossary.yaml", {"glossary": [{**WORD, "topic": "help.emergency"}]})
    uses(words)(tree)
    assert (words_of(tree) == ()) is explained


def test_a_known_word_needs_no_explaining(tree: Tree) -> None:
    """Ages that know a word are listed with it."""
    tree.yaml("glossary.yaml", {"glossary": [{**WORD, "topic": "help.emergency", "known": ["young"]}]})
    uses("Ask a lawyer.")(tree)
    assert words_of(tree) == ()


def test_names_and_typed_forms_may_be_in_any_script(tree: Tree) -> None:
    """IOM is IOM in Arabic too, and people type words as they can."""
    tree.yaml("glossary.yaml", {"glossary": [{**WORD, "term": "IOM", "also": ["oim"]}]})
    tree.translate("ar", lambda source: source if source in ("IOM", "oim") else arabic(source))
    assert told(tree.findings(), "script") == []


def test_numbers_are_compared_in_any_digits() -> None:
    """Persian and Arabic digits are the same numbers."""
    assert numbers_in("۱۱۲ or ١١٦ 111") == numbers_in("112, 116 111")


def test_findings_come_in_the_order_of_files_and_lines(tree: Tree) -> None:
    """An editor walks through a file once."""
    tree.yaml("phrases/x.yaml", {"phrases": [{"id": "chat.x", "text": "b  b"}, {"id": "chat.y", "text": "a  a"}]})
    found = [finding for finding in tree.findings(today=date(2030, 1, 1)) if finding.file.startswith("content/")]
    assert found == sorted(found, key=lambda finding: (finding.file, finding.line))
