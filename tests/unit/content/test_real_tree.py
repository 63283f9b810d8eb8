"""The content of this repository itself: well-formed, and shown in every tier."""

from pathlib import Path

import pytest

from bot.content import Catalogue
from bot.content.answers import NUMBER_TOPICS
from bot.content.checks import read_scope, run_checks
from bot.content.findings import Level
from bot.content.loader import load_content
from bot.content.schema import NUMBER_KINDS
from bot.model import Tier
from tests.unit.content.trees import TODAY

ROOT = Path(__file__).parents[3]
CONTENT, TRANSLATIONS = ROOT / "content", ROOT / "translations"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Return the repository's own catalogue, drafts shown."""
    return Catalogue.load(CONTENT, TRANSLATIONS, show_drafts=True, today=TODAY)


def test_the_tree_has_no_errors() -> None:
    """What `kite content check` would fail for is not in the repository."""
    found = run_checks(read_scope(load_content(CONTENT), TRANSLATIONS, today=TODAY))
    assert [str(finding) for finding in found if finding.level is Level.ERROR] == []


def test_every_topic_is_answered_in_every_tier(catalogue: Catalogue) -> None:
    """English is whole: each topic, each step and each button can be shown."""
    assert catalogue.topics
    for topic_id, topic in catalogue.topics.items():
        for tier in Tier:
            assert catalogue.available(topic_id, locale="en", tier=tier)
            for step in topic.steps or (None,):
                answer = catalogue.answer(topic_id, locale="en", tier=tier, step=step)
                assert answer.messages
                assert topic.kind == "steps" or answer.buttons


def test_every_phrase_is_said_in_every_tier(catalogue: Catalogue) -> None:
    """Each phrase can be said; what is pulled, expired or a draft has its words."""
    for phrase in catalogue.content.phrases.values():
        for tier in Tier:
            assert catalogue.is_draft(phrase.id, locale="en", tier=tier) in (True, False)
    assert {"chat.pulled", "chat.expired", "chat.draft_note"} <= catalogue.content.phrases.keys()


def test_numbers_stand_at_topics_that_exist(catalogue: Catalogue) -> None:
    """A topic that shows numbers is there, and so are their kinds."""
    assert NUMBER_TOPICS.keys() <= catalogue.topics.keys()
    assert {kind for kinds in NUMBER_TOPICS.values() for kind in kinds} <= {*NUMBER_KINDS, ""}


def test_every_check_question_can_be_asked(catalogue: Catalogue) -> None:
    """Each question of each topic has an answer behind each button, and one of them is right."""
    for topic in catalogue.topics.values():
        for tier, check, _ in topic.questions():
            asked = catalogue.check(topic.id, locale="en", tier=tier)
            assert asked is not None
            for answer, _label in asked.answers:
                assert catalogue.feedback(topic.id, answer, locale="en", tier=tier)
            assert sum(answer.right for answer in check.answers) == 1


def test_the_right_answer_is_not_always_the_first(catalogue: Catalogue) -> None:
    """A child who taps the first button each time does not learn that this is the trick."""
    checks = [check for topic in catalogue.topics.values() for _, check, _ in topic.questions()]
    first = sum(check.answers[0].right for check in checks)
    assert first < 0.6 * len(checks)


def test_every_country_has_its_emergency_number(catalogue: Catalogue) -> None:
    """A country file without a number to call helps nobody."""
    for country in catalogue.content.countries:
        assert catalogue.numbers(country)[0].number
