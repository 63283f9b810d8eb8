"""Reading the catalogue, the pattern files and the examples: everything wrong is told at once, with its line."""

from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.model import Urgency
from bot.safety import Screen
from bot.safety.catalogue import load_concerns
from bot.safety.corpus import read_examples, read_extras, read_questions
from bot.safety.entries import load_entries
from tests.unit.safety import tiny


def test_the_catalogue_knows_codes_urgencies_and_lifts() -> None:
    """The concerns come in the order of the catalogue, with what lifts them."""
    concerns = load_concerns(tiny.CONTENT)
    assert len(concerns.codes) == 22
    assert concerns.codes[0] == "self_harm"
    assert concerns.flags == ("unsafe_to_write", "perpetrator_present", "under_10", "caregiver_writing")
    assert concerns.urgency("basic_needs") is Urgency.SOON
    assert concerns.by_code["violence"].lifted_by == {"perpetrator_present": Urgency.NOW}
    assert "safeguarding lead" in concerns.by_code["abuse_by_helper"].route


BROKEN_CATALOGUE = """flags:
  - {code: here}
concerns:
  - {code: violence, urgency: someday, lifted_by: {now: nobody}}
  - {urgency: now}
"""


def test_a_broken_catalogue_is_told_line_by_line(tmp_path: Path) -> None:
    """Each wrong field is a finding with its line."""
    (tmp_path / "safety").mkdir()
    path = tmp_path / "safety" / "concerns.yaml"
    path.write_text(BROKEN_CATALOGUE)
    with pytest.raises(ContentError) as caught:
        load_concerns(tmp_path)
    told = str(caught.value)
    assert "safety/concerns.yaml:4:" in told
    assert "'someday' is no urgency" in told
    assert "'nobody' is no flag" in told
    assert "safety/concerns.yaml:5:" in told
    path.write_text("flags: []\n")
    with pytest.raises(ContentError, match="has no list of flags"):
        load_concerns(tmp_path)


BROKEN_ENTRIES = """language: en
entries:
  - id: one
    concern: violence
    flag: under_10
    patterns: ["hit"]
  - id: one
    concern: nothing
    urgency: never
    patterns: ["hi*t", "ok"]
    unless: word
  - raises: [violence]
    patterns: []
  - just text
"""


def test_broken_entries_are_told_all_at_once(tmp_path: Path) -> None:
    """An officer sees every mistake in one go, each with file and line."""
    folder = tiny.write(tmp_path, english=BROKEN_ENTRIES)
    with pytest.raises(ContentError) as caught:
        Screen.load(content_dir=folder, model_path=None)
    told = [str(finding) for finding in caught.value.findings]
    wanted = [
        ("en.yaml:3", "exactly one of concern, flag and raises"),
        ("en.yaml:7", "is there twice"),
        ("en.yaml:8", "'nothing' is not known"),
        ("en.yaml:9", "'never' is no urgency"),
        ("en.yaml:10", "has a * inside a word"),
        ("en.yaml:11", "has no list of unless"),
        ("en.yaml:12", "has no id"),
        ("en.yaml:12", "raises nothing without an urgency"),
        ("en.yaml:13", "has no list of patterns"),
        ("en.yaml:14", "is no entry"),
    ]
    for place, problem in wanted:
        assert any(place in line and problem in line for line in told), (place, problem, told)


@pytest.mark.parametrize("text", ["entries: [", "", "language: en\n"])
def test_a_file_that_is_no_pattern_file_is_told(tmp_path: Path, text: str) -> None:
    """Broken YAML and an empty file give one finding that names the file."""
    folder = tiny.write(tmp_path, english=text)
    with pytest.raises(ContentError, match=r"safety/en\.yaml"):
        load_entries(folder, load_concerns(folder))


def test_examples_are_read_with_their_labels(content: Path) -> None:
    """A header labels the lines below it; harmless lines keep their kind."""
    examples = read_examples(content, load_concerns(content))
    first = examples[0]
    assert (first.text, first.concerns, first.urgency) == ("my father hits me", ("violence",), Urgency.TODAY)
    assert first.file == "safety/examples/en.txt"
    assert (content / first.file).read_text().splitlines()[first.line - 1] == first.text
    assert any(example.flags == ("under_10",) for example in examples)
    assert {example.kind for example in examples if example.harmless} == set(tiny.SAFE)


def test_wrong_headers_are_told(tmp_path: Path) -> None:
    """A header with an unknown word or without an urgency is a finding; its lines are not used."""
    folder = tiny.write(tmp_path)
    (folder / "safety" / "examples" / "fr.txt").write_text("[violance today]\nil me tape\n[violence]\nil me tape\n")
    with pytest.raises(ContentError) as caught:
        read_examples(folder, load_concerns(folder))
    assert "fr.txt:1:" in str(caught.value)
    assert "knows no violance" in str(caught.value)
    assert "fr.txt:3:" in str(caught.value)


def test_questions_for_help_are_no_harmless_examples(content: Path) -> None:
    """Questions about topics teach what is harmless; those that ask for help may be disclosures."""
    assert [question.text for question in read_questions(content)] == ["can i go to school", "which papers for school"]


def test_extras_teach_but_are_never_what_is_judged(content: Path) -> None:
    """Shipped messages and what entries catch and spare join in, except near copies of known examples."""
    concerns = load_concerns(content)
    entries = load_entries(content, concerns)
    extras = read_extras(entries, concerns, read_examples(content, concerns))
    texts = {extra.text for extra in extras}
    assert all(extra.extra for extra in extras)
    assert "he hits the ball over the wall" in texts
    assert "i want to die" not in texts  # an example says "i want to die tonight"
    assert len(texts) > 1000
    again = read_extras(entries, concerns, extras)
    assert texts.isdisjoint(extra.text for extra in again)
