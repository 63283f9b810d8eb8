"""Replies that are ready: written by editors for each age, sent in the child's language, read in English beside it."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.content.catalogue import Catalogue
from bot.content.errors import NotAvailable, UnknownPhrase
from bot.content.locales import SOURCE
from bot.model import Conversation

READY = (
    "desk.hello",
    "desk.safe_to_write",
    "desk.not_your_fault",
    "desk.one_question",
    "desk.call_emergency",
    "desk.who_is_told",
    "desk.looking_for_help",
    "desk.back_later",
    "desk.goodbye",
)


@dataclass(frozen=True)
class Ready:
    """One ready reply: `meaning` in English for who sends it, `text` for the child; "" where it is not available."""

    id: str
    meaning: str
    text: str


def texts(content: Callable[[], Catalogue] | None, person: Conversation) -> tuple[Ready, ...]:
    """Return the ready replies for a person; one that is not translated or approved has no text."""
    if content is None:
        return ()
    catalogue = content()
    found = (
        Ready(one, _text(catalogue, one, SOURCE, person), _text(catalogue, one, person.language, person))
        for one in READY
    )
    return tuple(one for one in found if one.meaning or one.text)


def _text(catalogue: Catalogue, phrase: str, locale: str, person: Conversation) -> str:
    try:
        return catalogue.phrase(phrase, locale=locale, tier=person.tier)
    except (NotAvailable, UnknownPhrase):
        return ""
