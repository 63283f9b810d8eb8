"""The bot's commands and descriptions, in every language that is offered: what a person sees before the first word."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bot.channels.fit import SENTENCE_END
from bot.content.catalogue import Catalogue
from bot.content.errors import NotAvailable, UnknownTopic
from bot.model import Tier

DESCRIPTION, SHORT = 512, 120
"""Characters that Telegram allows."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Profile:
    """What the bot shows of itself in a language: `commands` are names without the slash and their words."""

    commands: Mapping[str, str]
    description: str
    short: str


COMMANDS = {
    "menu": "button.menu",
    "person": "button.person",
    "numbers": "button.numbers",
    "language": "button.language",
    "age": "button.age",
    "stop": "button.stop",
}
"""Commands and the phrases that tell what they do."""
DELETE = "help.delete_my_data"
"""The topic whose label tells what /delete does."""


def profiles(catalogue: Catalogue) -> dict[str, Profile]:
    """Return the profile in every language that is offered."""
    return {locale: _profile(catalogue, locale) for locale in catalogue.locales}


def _profile(catalogue: Catalogue, locale: str) -> Profile:
    commands = {name: catalogue.phrase(phrase, locale=locale) for name, phrase in COMMANDS.items()}
    with contextlib.suppress(NotAvailable, UnknownTopic):
        commands["delete"] = catalogue.label(DELETE, locale)
    greeting = catalogue.phrase("chat.greeting", locale=locale, tier=Tier.ADULT)
    return Profile(commands, sentences(greeting, DESCRIPTION), sentences(greeting, SHORT))


def sentences(text: str, limit: int) -> str:
    """Return as many whole sentences of a text as fit, "" where not even the first does."""
    kept = ""
    for sentence in SENTENCE_END.split(text):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > limit:
            break
        kept = longer
    return kept


async def publish(bot: Bot, profiles: Mapping[str, Profile], default: str) -> int:
    """Tell Telegram the profile in each language, and the default for all others; return how many calls failed.

    A bot that cannot say what it is still answers: nothing is raised.
    """
    failed = 0
    for language, profile in _with_default(profiles, default):
        calls = (
            bot.set_my_commands(list(profile.commands.items()), language_code=language),
            bot.set_my_description(profile.description, language_code=language),
            bot.set_my_short_description(profile.short, language_code=language),
        )
        for call in calls:
            try:
                await call
            except TelegramError as error:
                failed += 1
                log.warning("profile_not_set", locale=language or "default", error=type(error).__name__)
    return failed


def _with_default(profiles: Mapping[str, Profile], default: str) -> Iterator[tuple[str | None, Profile]]:
    if default in profiles:
        yield None, profiles[default]
    yield from profiles.items()
