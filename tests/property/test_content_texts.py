"""Whatever people write: isolates change nothing but direction, and no text is lost between YAML, PO and MO."""

import re
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.content.bidi import FSI, OVERRIDES, PDI, isolate, isolate_value, without_isolates
from bot.content.extract import template, updated
from bot.content.mo import read_mo, write_mo
from bot.content.placeholders import fill, placeholders, same_placeholders
from bot.content.po import canonical, open_po, po_path, read_translations
from bot.content.state import State, standing
from bot.content.texts import Kind, Text
from tests.unit.content.trees import TODAY

CONTROLS = "\u2066\u2067\u2068\u2069" + "".join(OVERRIDES)
PLAIN = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters=CONTROLS))
MIXED = st.lists(
    st.one_of(
        PLAIN, st.sampled_from(["112", "+49 (30) 1", "116 111", "۱۱۲", "https://a.b/c", "{name}", " ", "رقم", "-"])
    )
).map("".join)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).map(str.strip).filter(bool)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
PLACES = st.from_regex(r"[a-z]{1,8}\.[a-z_]{1,8}/[a-z0-9_]{1,8}", fullmatch=True)


@given(MIXED)
def test_isolates_can_be_taken_off_again(text: str) -> None:
    """Wrapping adds FSI and PDI and nothing else."""
    assert without_isolates(isolate(text)) == text


@given(MIXED)
def test_isolating_twice_is_isolating_once(text: str) -> None:
    """What is wrapped already stays as it is."""
    assert isolate(isolate(text)) == isolate(text)


@given(MIXED)
def test_isolates_are_balanced_and_hold_every_digit(text: str) -> None:
    """Each FSI has its PDI, none lies in another, and no decimal digit outside of a placeholder is left bare."""
    result = isolate(text)
    marks = re.sub(f"[^{FSI}{PDI}]", "", result)
    assert marks == (FSI + PDI) * (len(marks) // 2)
    bare = re.sub(rf"{FSI}[^{PDI}]*{PDI}|\{{[^{{}}]*\}}", "", result)
    assert not any(unicodedata.category(char) == "Nd" for char in bare)


@given(MIXED)
def test_a_placeholder_survives(text: str) -> None:
    """Isolates never get into a {name}."""
    assert placeholders(isolate(text)) == placeholders(text)


@given(st.text())
def test_a_value_cannot_turn_a_line(value: str) -> None:
    """Whatever a value holds, it is wrapped whole or line by line, and no override is left."""
    result = isolate_value(value)
    assert not OVERRIDES & set(result)
    assert result.count(FSI) == result.count(PDI)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True), st.text(), max_size=4), PLAIN)
def test_values_are_put_in_once(values: dict[str, str], words: str) -> None:
    """Filling replaces each name by its value, and reads no value again."""
    bare = words.replace("{", "").replace("}", "")
    template_text = bare.join(f"{{{name}}}" for name in values)
    assert fill(template_text, values) == bare.join(values.values())
    assert same_placeholders(template_text, template_text)


def text(place: str, source: str) -> Text:
    return Text(
        place=place, source=source, kind=Kind.PHRASE, owner=place, group="chat", file="content/phrases/a.yaml",
        line=1, limit=500, notes=("A note.",),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(PLACES, st.tuples(LINES, st.one_of(st.just(""), LINES)), min_size=1, max_size=6))
def test_no_text_is_lost_between_content_and_worker(pairs: dict[str, tuple[str, str]]) -> None:
    """Sources and translations come out of the PO and the MO file exactly as they went in; gaps stay gaps."""
    texts = [text(place, source) for place, (source, _) in pairs.items()]
    po = updated(None, texts, "ar")
    for entry in po:
        entry.msgstr = pairs[entry.msgctxt][1]
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = po_path(folder, "ar")
        path.parent.mkdir(parents=True)
        path.write_bytes(canonical(po))
        read = read_translations(folder, "ar")
        assert read.findings == ()
        assert {place: (entry.source, entry.text) for place, entry in read.entries.items()} == pairs
        write_mo(folder, read)
        served = {place: pair for place, pair in read_mo(path.with_suffix(".mo")).items() if place}
    assert served == {place: pair for place, pair in pairs.items() if pair[1]}


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(PLACES, LINES, min_size=1, max_size=6), st.data())
def test_an_update_keeps_every_translation(sources: dict[str, str], data: st.DataObject) -> None:
    """After any change of the content each translation is still there: good, outdated or obsolete."""
    old = updated(None, [text(*pair) for pair in sources.items()], "fr")
    for entry in old:
        entry.msgstr = f"fr {entry.msgctxt}"
    kept = data.draw(st.lists(st.sampled_from(sorted(sources)), unique=True))
    changed = {place: data.draw(st.sampled_from([sources[place], "New words."])) for place in kept}
    new = updated(old, [text(*pair) for pair in changed.items()], "fr")
    assert {entry.msgctxt: entry.msgstr for entry in new} == {place: f"fr {place}" for place in sources}
    outdated = {entry.msgctxt for entry in new if entry.previous_msgid}
    assert outdated == {place for place in kept if changed[place] != sources[place]}
    assert canonical(updated(new, [text(*pair) for pair in changed.items()], "fr")) == canonical(new)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(PLACES, LINES, max_size=5))
@example({"chat.a/b": "one\u2028two\u2029three", "chat.a/c": 'a "quoted" \\n word\nand a line'})
def test_a_template_is_the_same_whatever_reads_it(sources: dict[str, str]) -> None:
    """Reading and writing the template again changes no byte."""
    data = canonical(template([text(*pair) for pair in sources.items()]))
    with TemporaryDirectory() as name:
        path = Path(name) / "content.pot"
        path.write_bytes(data)
        assert canonical(open_po(path)) == data


@given(WORDS, st.text(), st.text())
def test_only_an_exact_approval_counts(source: str, translation: str, other: str) -> None:
    """Without an approval nothing is approved, whatever the words are."""
    found = standing(text("chat.a/b", source), translation, approval=None, today=TODAY, outdated=bool(other))
    assert not found.approved
    assert found.state in (State.UNTRANSLATED, State.DRAFT, State.OUTDATED)
