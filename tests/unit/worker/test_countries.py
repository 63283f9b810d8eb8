"""Asking for the country, and what its numbers and sentences change in a talk."""

from pathlib import Path

import pytest

from bot.worker import respond
from tests.unit.content.trees import GERMANY, OVERLAY, Tree, germany
from tests.unit.people import somebody
from tests.unit.worker.small import small_tree, small_voice

HOSTS = ("at", "be", "ch", "dk", "es", "fi", "fr", "gr", "it", "nl")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return small_tree(tmp_path)


def tapped(tree: Tree, payload: str, **person: object) -> list[tuple[str, str]]:
    outcome = respond.to_button(payload, small_voice(tree), somebody(draft_noted=("en",), **person))
    assert outcome is not None
    return [(button.payload, button.label) for button in outcome.replies[-1].buttons]


def test_countries_are_asked_page_by_page(tree: Tree) -> None:
    """A list of WhatsApp has ten rows: eight countries, more of them, and the way out; the last page leads to the first."""
    for iso in HOSTS:
        tree.yaml(f"countries/{iso}.yaml", {**GERMANY, "iso": iso, "name": iso})
    first = tapped(tree, "numbers")
    assert [payload for payload, _ in first[8:]] == ["countries:8", "skip"]
    second = tapped(tree, "countries:8")
    assert second[-2:] == [("countries:0", "More"), ("skip", "Skip")]
    assert len({payload for payload, _ in (*first, *second) if payload.startswith("country:")}) == len(HOSTS) + 1
    for strange in ("countries:999", "countries:x", "countries:-3"):
        assert tapped(tree, strange) == first


def test_countries_of_origin_are_not_asked_for(tree: Tree) -> None:
    """Kite asks where somebody is; where they come from is nobody's business here."""
    tree.yaml("countries/af.yaml", {**GERMANY, "iso": "af", "name": "Afghanistan", "host": False, "origin": True})
    assert [payload for payload, _ in tapped(tree, "numbers")] == ["country:de", "skip"]


def test_without_any_host_all_countries_are_asked_for(tree: Tree) -> None:
    """Files that do not say yet still help."""
    tree.yaml("countries/de.yaml", {**GERMANY, "host": False})
    assert [payload for payload, _ in tapped(tree, "numbers")] == ["country:de", "skip"]


def test_the_numbers_of_offices_are_not_emergency_numbers(tree: Tree) -> None:
    """Who asks for emergency numbers reads the urgent ones; where there are no others, all."""
    school = {"id": "school", "number": "030 2", "label": "School", "source": "It", "checked": "2026-11-21"}
    voice = small_voice(tree)
    tree.yaml("countries/de.yaml", {**GERMANY, "numbers": [*GERMANY["numbers"], school]})
    assert "030 2" not in small_voice(tree).numbers("de", somebody()).text
    tree.yaml("countries/de.yaml", {**GERMANY, "numbers": [school]})
    assert "030 2" in small_voice(tree).numbers("de", somebody()).text
    assert "112" in voice.numbers("de", somebody()).text


def test_a_country_changes_a_topic_for_who_named_it(tree: Tree) -> None:
    """The person's country, or the deployment's own where they named none."""
    tree.yaml("countries/de.yaml", germany(OVERLAY))
    here = small_voice(tree).topic("people.guardian", somebody(country="de")).replies[0].text
    assert "In Germany you pay nothing." in here
    assert "In Germany" not in small_voice(tree).topic("people.guardian", somebody()).replies[0].text
    own = small_voice(tree, country="de").topic("people.guardian", somebody()).replies[0].text
    assert "In Germany you pay nothing." in own
