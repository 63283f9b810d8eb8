"""What is different in one country: validated, translated at its own place, applied only there."""

from typing import Any

import pytest

from bot.content.catalogue import Catalogue
from bot.content.loader import load_content, read_content
from bot.content.schema import NUMBER_KINDS, URGENT_KINDS
from bot.content.texts import texts_of
from bot.model import Tier
from tests.unit.content.trees import GERMANY, OVERLAY, TODAY, Tree, arabic, germany

BASE = ("A guardian is on your side, teen.", "You pay 0 euros.")


def with_overlays(tree: Tree, *overlays: dict[str, Any]) -> Catalogue:
    tree.yaml("countries/de.yaml", germany(*overlays))
    return tree.load()


def guardian(
    catalogue: Catalogue, country: str | None = "de", tier: Tier = Tier.TEEN, locale: str = "en"
) -> tuple[str, ...]:
    return catalogue.answer("people.guardian", locale=locale, tier=tier, country=country).messages


def lines(tree: Tree) -> str:
    return "\n".join(map(str, read_content(tree.content)[1]))


def test_a_sentence_stands_instead_of_another_in_its_country_alone(tree: Tree) -> None:
    """The country the person named changes the words; without one, or in another, the topic stands as it is."""
    catalogue = with_overlays(tree, OVERLAY)
    assert guardian(catalogue) == guardian(catalogue, "DE") == (BASE[0], "In Germany you pay nothing.")
    assert guardian(catalogue, None) == guardian(catalogue, "fr") == BASE


def test_sentences_stand_after_others_in_the_order_of_the_file(tree: Tree) -> None:
    """More than one may follow a message, beside one instead of it."""
    one = {**OVERLAY, "id": "one", "text": "One."}
    first = {key: value for key, value in one.items() if key != "instead"} | {"after": "what"}
    second = {**first, "id": "two", "text": "Two."}
    assert guardian(with_overlays(tree, first, second, OVERLAY)) == (
        BASE[0], "One.", "Two.", "In Germany you pay nothing.",
    )  # fmt: skip


def test_an_overlay_is_for_the_tiers_it_names(tree: Tree) -> None:
    """One text for some tiers, or one for each."""
    catalogue = with_overlays(tree, {**OVERLAY, "tiers": ["teen"]})
    assert guardian(catalogue)[1] == "In Germany you pay nothing."
    assert guardian(catalogue, tier=Tier.YOUNG)[1] == "You pay 0 euros."
    catalogue = with_overlays(tree, {**OVERLAY, "text": {"young": "It is free.", "teen": "It costs nothing."}})
    assert (guardian(catalogue)[1], guardian(catalogue, tier=Tier.YOUNG)[1]) == ("It costs nothing.", "It is free.")
    assert guardian(catalogue, tier=Tier.ADULT)[1] == "You pay 0 euros."


def test_an_overlay_changes_a_step_of_a_walk(tree: Tree) -> None:
    """It names the step; other steps stand as they are."""
    step = {**OVERLAY, "topic": "family.steps", "step": "wait", "instead": "how", "text": "Wait for the letter."}
    catalogue = with_overlays(tree, step)
    told = [
        catalogue.answer("family.steps", locale="en", tier=Tier.TEEN, step=name, country="de").messages
        for name in ("tell", "wait")
    ]
    assert told == [("Tell an adult you trust.",), ("Wait for the letter.",)]


def test_overlays_are_translated_at_a_place_of_their_own(tree: Tree) -> None:
    """Each tier has its msgctxt, with a note where it stands; none is critical."""
    with_overlays(tree, OVERLAY)
    texts = {text.place: text for text in texts_of(load_content(tree.content)) if "/people.guardian/" in text.place}
    assert set(texts) == {f"country.de/people.guardian/{tier}/free" for tier in Tier}
    text = texts["country.de/people.guardian/adult/free"]
    assert (text.limit, text.tier, text.critical) == (500, Tier.ADULT, False)
    assert text.notes == ("Only for readers in Germany. Instead of people.guardian/adult/cost.",)
    assert text.line > 1


def test_a_topic_is_told_without_what_may_not_be_shown(tree: Tree) -> None:
    """Not translated, pulled or expired: people read the topic as it stands, in their language."""
    tree.yaml("countries/de.yaml", germany(OVERLAY))
    tree.translate("ar", arabic, places="people.")
    tree.compile("ar")
    assert guardian(tree.load(), locale="ar") == guardian(tree.load(), None, locale="ar")
    pulled = tree.load().pulling(frozenset({"country.de/people.guardian"}))
    assert guardian(pulled) == BASE
    assert guardian(with_overlays(tree, {**OVERLAY, "expires": "2026-11-20"})) == BASE


def test_a_country_may_be_host_and_origin(tree: Tree) -> None:
    """The keys are those an editor knows; provenance is not one of them."""
    tree.yaml("countries/de.yaml", {**GERMANY, "origin": True})
    country = load_content(tree.content).countries["de"]
    assert (country.is_host, country.is_origin, country.origin.file) == (True, True, "content/countries/de.yaml")
    tree.yaml("countries/de.yaml", {**GERMANY, "is_host": True})
    assert "is_host: is not a key Kite knows" in lines(tree)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"after": "what"}, "country.de/people.guardian: needs either instead or after -> name the message it stands at"),
        ({"instead": None}, "country.de/people.guardian: needs either instead or after"),
        ({"text": {"teen": "A."}, "tiers": ["teen"]}, "names its tiers twice -> leave out tiers"),
        ({"text": {}}, "country.de/people.guardian: has no text -> write one text, or one for each tier"),
        ({"topic": "guardian"}, "overlays.0.topic: 'guardian' has a wrong form"),
        ({"tiers": ["kid"]}, "overlays.0.tiers.0: 'kid' is not one of the choices"),
        ({"checked": None}, "overlays.0.checked: None is not a date"),
        ({"sorce": "x"}, "overlays.0.sorce: is not a key Kite knows -> did you mean 'source'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_overlay(tree: Tree, change: dict[str, Any], expected: str) -> None:
    """Each mistake is told with its line and a remedy."""
    tree.yaml("countries/de.yaml", germany({**OVERLAY, **change}))
    assert expected in lines(tree)


def test_overlays_do_not_share_an_id_or_a_message(tree: Tree) -> None:
    """Two of one id in one tier, or two instead of the same message, are refused."""
    tree.yaml("countries/de.yaml", germany(OVERLAY, {**OVERLAY, "after": "what", "instead": None, "tiers": ["teen"]}))
    assert "'people.guardian/teen/free' is there twice -> keep one, or give it another id" in lines(tree)
    tree.yaml("countries/de.yaml", germany(OVERLAY, {**OVERLAY, "id": "other"}))
    assert "'instead of people.guardian/young/cost' is there twice" in lines(tree)


def test_numbers_stand_where_their_kind_belongs(tree: Tree) -> None:
    """Urgent numbers begin the emergency topic; the number of an office ends the topic it is for, and no other."""
    office = {"id": "guardianship_office", "number": "030 1", "label": "Office", "source": "It", "checked": str(TODAY)}
    tree.change(GERMANY, "countries/de.yaml", lambda de: de["numbers"].append(office))
    catalogue = tree.load()
    assert guardian(catalogue) == (*BASE, "Office: 030 1")
    first, *_ = catalogue.answer("help.emergency", locale="en", tier=Tier.TEEN, country="de").messages
    assert first.splitlines() == ["Emergency: 112 (day and night)", "Helpline: 116 111"]
    assert [number.kind for number in catalogue.numbers("de")] == ["emergency", "helpline", "guardianship"]


def test_urgent_kinds_are_kinds() -> None:
    """The longest kind wins, and each is named once."""
    assert set(URGENT_KINDS) <= set(NUMBER_KINDS)
    assert len(set(NUMBER_KINDS)) == len(NUMBER_KINDS)
