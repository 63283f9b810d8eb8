"""Reading the tree: what is right becomes data, what is wrong is told with file, line and remedy."""

from typing import Any

import pytest

from bot.content.errors import ContentError
from bot.content.loader import load_content, read_content, read_pulled
from bot.content.schema import GROUPS, Duty
from bot.model import Tier
from tests.unit.content.trees import CHECK, GERMANY, GUARDIAN, STEPS, Tree


def lines(tree: Tree) -> list[str]:
    """Return the findings of a tree as an editor reads them."""
    return [str(finding) for finding in read_content(tree.content)[1]]


def test_a_whole_tree_becomes_frozen_data(tree: Tree) -> None:
    """Topics, phrases and countries are read with all their fields."""
    content = load_content(tree.content)
    topic = content.topics["people.guardian"]
    assert (topic.group, topic.kind, topic.steps) == ("people", "answer", ())
    assert [source.name for source in topic.sources] == ["seed 001", "CRC 20"]
    assert topic.tiers[Tier.TEEN].buttons == ("family.steps", "help.emergency")
    assert content.topics["family.steps"].steps == ("tell", "wait", "meet")
    assert content.phrases["chat.menu_group"].group == "chat"
    assert [number.number for number in content.countries["de"].numbers] == ["112", "116 111"]
    with pytest.raises(AttributeError):
        topic.title = "other"  # type: ignore[misc]


def test_every_value_knows_its_line(tree: Tree) -> None:
    """A path into a document gives the line an editor has to go to, or the nearest line above."""
    tree.write("phrases/chat.yaml", 'phrases:\n  - id: chat.a\n    text: "x"\n  - id: chat.b\n    text: "y"\n')
    phrase = load_content(tree.content).phrases["chat.b"]
    assert phrase.origin.file == "content/phrases/chat.yaml"
    assert (phrase.origin.line("text"), phrase.origin.line("nothing"), phrase.origin.line()) == (5, 4, 4)


def test_words_that_yaml_1_1_misreads_stay_words(tree: Tree) -> None:
    """`on`, `no` and dates are text; only true, false, null and plain integers are not."""
    tree.write("phrases/chat.yaml", "phrases:\n  - {id: chat.a, text: no}\n  - {id: chat.b, text: 2026-11-21}\n")
    phrases = load_content(tree.content).phrases
    assert (phrases["chat.a"].text, phrases["chat.b"].text) == ("no", "2026-11-21")


def test_optional_files_are_read(tree: Tree) -> None:
    """Pulls, exceptions, an order of the menu, a review and a reporting duty all have their place."""
    tree.write("pulled.yaml", "pulled:\n  - people.guardian\n  - {place: chat.pulled, by: A, on: 2026-01-02, why: w}\n")
    tree.write("exceptions.yaml", "exceptions:\n  - {check: length, place: chat.pulled, reason: r}\n")
    tree.write("order.yaml", "order: [people.guardian]\n")
    duty = {"text": "Staff must report.", "source": "Law 1"}
    tree.yaml("countries/de.yaml", {**GERMANY, "reporting_duty": duty})
    tree.topic({**GUARDIAN, "reviewed": {"by": "Rita", "on": "2026-11-21"}})
    content = load_content(tree.content)
    assert [pull.place for pull in content.pulled] == ["people.guardian", "chat.pulled"]
    assert content.excuses[0].reason == "r"
    assert content.countries["de"].reporting_duty == Duty(text="Staff must report.", source="Law 1")
    assert content.topics["people.guardian"].reviewed is not None


def test_the_order_names_what_comes_first(tree: Tree) -> None:
    """Groups come in the order of the menu; topics that the order does not name follow by name."""
    for name in ("alpha", "beta"):
        tree.topic({**GUARDIAN, "id": f"people.{name}"})
    tree.write("order.yaml", "- people.guardian\n")
    groups = load_content(tree.content).groups()
    assert tuple(groups) == GROUPS
    assert groups["people"] == ("people.guardian", "people.alpha", "people.beta")


def test_a_missing_folder_is_one_clear_line(tree: Tree) -> None:
    """Nothing is read from a folder that is not there."""
    with pytest.raises(ContentError, match="is not a folder -> name the folder"):
        load_content(tree.root / "nowhere")


def test_all_findings_come_at_once(tree: Tree) -> None:
    """Broken files do not hide each other, and the error carries each finding."""
    tree.write("phrases/a.yaml", "phrases:\n  - id: [\n")
    tree.write("phrases/b.yaml", "phrases:\n  - {id: chat.x, text: 5}\n")
    tree.topic({**GUARDIAN, "title": ""})
    with pytest.raises(ContentError) as caught:
        load_content(tree.content)
    assert len(caught.value.findings) == 3
    assert str(caught.value).count("\n") == 2


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a", "phrases:\n  - id: [\n", "content/phrases/a.yaml:3: [yaml] while parsing a flow node did not find"),
        ("a", "phrases:\n  - {id: chat.a, text: a, text: b}\n", "a.yaml:2: [yaml] phrases.0: the key 'text' is there twice"),
        ("a", "phrases:\n  - &a {id: *a}\n", "a.yaml:1: [yaml] is nested too deep -> do not let an anchor hold itself"),
        ("a", "phrases: \x07\n", "a.yaml:1: [yaml]"),
        ("a", "phrases:\n  - 5\n", "a.yaml:2: [schema] is not a mapping of keys to values"),
        ("a", "words: []\n", "a.yaml:1: [schema] does not hold a list under 'phrases' -> begin the file with `phrases:`"),
        ("a", "phrases:\n  - {id: chat.a}\n", "a.yaml:2: [schema] chat.a: needs either text or tiers"),
        ("a", "phrases:\n  - {id: chat.a, tiers: {young: x}}\n", "chat.a: has no tier middle -> write the text for middle"),
        ("a", "phrases:\n  - {id: chat, text: x}\n", "a.yaml:2: [schema] chat.id: 'chat' has a wrong form -> it must match"),
        ("a", "phrases:\n  - {id: chat.a, txt: x}\n", "chat.a.txt: is not a key Kite knows -> did you mean 'text'?"),
        ("a", "phrases:\n  - {id: chat.a, text: x, zzz: x}\n", "chat.a.zzz: is not a key Kite knows -> take it out"),
        ("a", "phrases:\n  - {id: chat.a, text: 112}\n", "chat.a.text: must be text, not 112 -> write words, and put numbers"),
        ("a", "phrases:\n  - {id: chat.pulled, text: x}\n", "chat.yaml:2: [schema] chat.pulled: is there twice, first in content/phrases/a.yaml:2"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_of_phrases(tree: Tree, name: str, text: str, expected: str) -> None:
    """Each mistake has its file, its line, its place and a remedy."""
    tree.write(f"phrases/{name}.yaml", text)
    assert any(expected in line for line in lines(tree)), lines(tree)


def topic(**changes: object) -> dict[str, Any]:
    return {**GUARDIAN, **changes}


def with_tier(base: dict[str, Any], **text: object) -> dict[str, Any]:
    return {**base, "tiers": {**base["tiers"], "teen": {**base["tiers"]["teen"], **text}}}


MESSAGE = {"id": "a", "text": "A."}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (topic(kind="walk"), "people.guardian.kind: 'walk' is not one of the choices -> choose 'answer' or 'steps'"),
        (topic(expires="soon"), "people.guardian.expires: 'soon' is not a date -> write it like 2026-11-21"),
        (topic(expires=0), "is not a date of this century"),
        (topic(critical="perhaps"), "people.guardian.critical: Input should be a valid boolean"),
        (topic(tiers={"kid": {}}), "tiers.kid: 'kid' is not one of the choices -> choose 'young', 'middle', 'teen' or 'adult'"),
        (topic(tiers={}), "people.guardian: has no tier adult -> write the text for adult"),
        ({key: value for key, value in GUARDIAN.items() if key != "label"}, "people.guardian.label: is missing -> add it"),
        (with_tier(GUARDIAN, messages=[]), "people.guardian/teen: has 0 messages -> write 1 to 5"),
        (with_tier(GUARDIAN, messages=[MESSAGE] * 6), "people.guardian/teen: has 6 messages -> write 1 to 5"),
        (with_tier(GUARDIAN, messages=[MESSAGE] * 2), "people.guardian/teen: 'a' is there 2 times -> give each an id"),
        (with_tier(GUARDIAN, messages=[{"id": "title", "text": "A."}]), "'title' is kept for titles and labels"),
        (with_tier(GUARDIAN, buttons=[]), "people.guardian/teen: has 0 buttons -> give 1 to 3 topics that come next"),
        (with_tier(GUARDIAN, buttons=["help.emergency"] * 2), "'help.emergency' is there 2 times"),
        (with_tier(GUARDIAN, steps=STEPS["tiers"]["teen"]["steps"]), "people.guardian/teen: is an answer with steps -> say kind: steps"),
        ({**STEPS, "id": "people.guardian", "tiers": GUARDIAN["tiers"]}, "people.guardian/teen: is a walk without steps"),
        ({**with_tier(STEPS, messages=[MESSAGE]), "id": "people.guardian"}, "people.guardian/teen: is a walk with messages or buttons of its own"),
        ({**with_tier(STEPS, steps=STEPS["tiers"]["teen"]["steps"][:2]), "id": "people.guardian"}, "people.guardian/teen: has other steps than the first tier -> use the steps of young, in this order: tell, wait, meet"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_topic(tree: Tree, document: dict[str, Any], expected: str) -> None:
    """Each mistake in a topic is told in an editor's words, with the line it is in."""
    tree.yaml("topics/people/guardian.yaml", document)
    assert any(expected in line for line in lines(tree)), lines(tree)
    assert all(line.startswith("content/topics/people/guardian.yaml:") for line in lines(tree))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"answers": CHECK["answers"][:1]}, "teen/check: has 1 answers -> write 2 or 3"),
        ({"answers": CHECK["answers"] * 2}, "teen/check: has 4 answers -> write 2 or 3"),
        ({"answers": [CHECK["answers"][0], {**CHECK["answers"][0], "id": "b", "label": "B"}]}, "has 0 right answers -> write `right: true` on exactly one"),
        ({"answers": [CHECK["answers"][0], {**CHECK["answers"][1], "label": "nobody "}]}, "has the label 'nobody ' twice -> give each answer words of"),
        ({"answers": [CHECK["answers"][0], {**CHECK["answers"][1], "id": "nobody"}]}, "teen/check/nobody: is the place of two texts -> give the answer"),
        ({"question": ""}, "check.question: is empty -> write the text"),
        ({"answers": [{"id": "a", "label": "A", "right": True}]}, "answers.0.feedback: is missing -> add it"),
        ({"answers": [{**CHECK["answers"][1], "rihgt": True}]}, "is not a key Kite knows -> did you mean 'right'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_check_question(tree: Tree, change: dict[str, Any], expected: str) -> None:
    """Two or three answers, exactly one right, each with an id and words of its own."""
    tree.topic(with_tier(GUARDIAN, check={**CHECK, **change}))
    assert any(expected in line for line in lines(tree)), lines(tree)


def test_a_message_cannot_stand_where_the_check_stands(tree: Tree) -> None:
    """A message called `check`, or an answer named like a message of a step `check`, would share a translation."""
    tree.topic(with_tier(GUARDIAN, messages=[{"id": "check", "text": "A."}], check=CHECK))
    steps = [
        {**step, "id": "check" if step["id"] == "tell" else step["id"]} for step in STEPS["tiers"]["teen"]["steps"]
    ]
    clash = {**CHECK, "answers": [{**CHECK["answers"][0], "id": "do"}, CHECK["answers"][1]]}
    tree.topic({**STEPS, "tiers": {tier: {"steps": steps, "check": clash} for tier in STEPS["tiers"]}})
    told = "\n".join(lines(tree))
    assert "people.guardian/teen/check: is the place of two texts" in told
    assert "family.steps/young/check/do: is the place of two texts" in told


def test_what_a_tier_leaves_out_is_told(tree: Tree) -> None:
    """A fact that does not suit an age is left out by name and with a reason."""
    tree.topic({**GUARDIAN, "leaves_out": [{"tier": "young", "fact": "Detention exists.", "why": "It frightens."}]})
    (left,) = load_content(tree.content).topics["people.guardian"].leaves_out
    assert (left.tier, left.fact, left.why) == (Tier.YOUNG, "Detention exists.", "It frightens.")
    tree.topic({**GUARDIAN, "leaves_out": [{"tier": "young", "fact": "Detention exists."}]})
    assert "leaves_out.0.why: is missing -> add it" in lines(tree)[0]


def test_a_step_may_have_two_buttons(tree: Tree) -> None:
    """A step has no button or two, its walk's own buttons take the rest of the room."""
    steps = [
        {**step, "buttons": ["help.emergency", "people.guardian", "x.y"]} for step in STEPS["tiers"]["teen"]["steps"]
    ]
    tree.topic(with_tier(STEPS, steps=steps))
    assert "family.steps/teen/tell: has 3 buttons -> give 0 to 2 topics that come next" in "\n".join(lines(tree))


def test_a_file_has_the_name_of_what_it_holds(tree: Tree) -> None:
    """An id that is not that of its file or folder is refused."""
    tree.yaml("topics/people/other.yaml", GUARDIAN)
    tree.yaml("countries/fr.yaml", GERMANY)
    told = "\n".join(lines(tree))
    assert (
        "people/other.yaml:1: [schema] people.guardian: does not match its file -> call the file people/guardian.yaml"
        in told
    )
    assert "countries/fr.yaml:1: [schema] country.de: does not match its file -> call the file de.yaml" in told


def test_a_country_needs_numbers_with_ids_of_their_own(tree: Tree) -> None:
    """A country without a number, and two numbers of one id, are refused."""
    tree.yaml("countries/de.yaml", {**GERMANY, "numbers": []})
    tree.yaml("countries/at.yaml", {**GERMANY, "iso": "at", "numbers": [GERMANY["numbers"][0]] * 2})
    told = "\n".join(lines(tree))
    assert "country.de: has no number -> give at least the emergency number" in told
    assert "country.at: 'emergency' is there 2 times" in told


def test_the_order_names_topics_only(tree: Tree) -> None:
    """A topic that is not there cannot be in the menu."""
    tree.write("order.yaml", "order:\n  - people.guardian\n  - people.nobody\n")
    assert lines(tree) == [
        "content/order.yaml:3: [schema] people.nobody: is not a topic -> take it out of the order or mend its name"
    ]


def test_a_file_that_is_not_utf_8_is_told(tree: Tree) -> None:
    """A file in another encoding is a finding, not a crash."""
    (tree.content / "phrases/chat.yaml").write_bytes("phrases:\n  - {id: chat.a, text: é}\n".encode("latin-1"))
    assert "save the file as UTF-8 text" in lines(tree)[0]


def test_pulls_are_read_while_other_files_are_broken(tree: Tree) -> None:
    """A pull must work at once, whatever else is wrong."""
    tree.write("topics/people/guardian.yaml", "id: [")
    tree.write("pulled.yaml", "pulled: [help.emergency]\n")
    pulled, findings = read_pulled(tree.content)
    assert [pull.place for pull in pulled] == ["help.emergency"]
    assert findings == ()


def test_an_empty_file_holds_nothing(tree: Tree) -> None:
    """An empty list of phrases or pulls is no mistake."""
    tree.write("pulled.yaml", "")
    tree.write("phrases/empty.yaml", "phrases: []\n")
    assert lines(tree) == []
