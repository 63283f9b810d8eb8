"""Wishes of every language: to be left alone, to be forgotten, to know who writes."""

import pytest

from bot.channels.wishes import Wish, wish, words
from bot.content.locales import LOCALES
from bot.model import Kind
from bot.store import schema
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.kit import HURT, Kit, catalogue, make_kit


@pytest.fixture
def kit(store: Store, clock: FakeClock) -> Kit:
    return make_kit(store, clock)


def test_every_language_has_words_for_every_wish() -> None:
    """A language that Kite may offer cannot leave a wish out."""
    assert set(words()) == set(LOCALES)
    for language, wishes in words().items():
        assert set(wishes) == set(Wish), language
        assert all(wishes.values()), language


@pytest.mark.parametrize("language", LOCALES)
def test_each_wish_is_heard_in_any_case_and_with_marks(language: str) -> None:
    """Capitals, full stops and spaces change nothing."""
    for name, texts in words()[language].items():
        for text in texts:
            assert wish(text) is name
            assert wish(f"  {text.upper()}! ") is name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "he does not stop",
        "stop him please",
        "who are you to say that he hits me",
        "I delete my data tomorrow",
        "x" * 500,
    ],
)
def test_words_with_more_in_them_are_no_wish(text: str) -> None:
    """Only the whole message is a wish; everything else is read as words."""
    assert wish(text) is None


async def test_stop_is_answered_and_told_to_the_case(kit: Kit) -> None:
    """The answer is the same for everyone; where a case is open its people read that the person asks for quiet."""
    conversation = await kit.says("STOP")
    assert (await kit.last(conversation)).text.startswith("That is okay.")
    assert await kit.cases() == []
    await kit.says(HURT)
    await kit.says("stop")
    assert "contact_refused" in [row.name for row in await kit.rows(schema.case_event)]
    assert (await kit.last(conversation)).text.startswith("That is okay.")


async def test_stop_in_a_walk_ends_the_walk(kit: Kit) -> None:
    """There the word is the walk's: it goes to the dialogue as it was typed."""
    await kit.says(payload="topic:family.steps")
    await kit.says("stop")
    assert [question.text for question in kit.assistant.asked] == ["stop"]


@pytest.mark.parametrize("language", catalogue().locales)
async def test_deletion_is_asked_about_in_every_language(kit: Kit, language: str) -> None:
    """The wish opens the question before anything is deleted."""
    conversation = await kit.says(payload=f"language:{language}")
    await kit.says(words()[language][Wish.DELETE][0])
    assert (await kit.last(conversation)).buttons[0].payload == "delete:yes"


@pytest.mark.parametrize("language", catalogue().locales)
async def test_who_are_you_opens_what_kite_is(kit: Kit, language: str) -> None:
    """Nobody has to guess what writes to them."""
    conversation = await kit.says(payload=f"language:{language}")
    await kit.says(payload="tier:teen")
    await kit.says(words()[language][Wish.WHO][0])
    assert (
        "Kite" in (await kit.last(conversation)).text
        or "كايت" in (await kit.last(conversation)).text
        or "کایت" in (await kit.last(conversation)).text
    )
    assert kit.assistant.asked == []


async def test_a_wish_is_kept_as_it_was_typed(kit: Kit) -> None:
    """The words stay words: a wish to delete is screened like everything else."""
    await kit.says("delete my data")
    (row,) = await kit.rows(schema.inbox)
    assert row.kind == Kind.TEXT
