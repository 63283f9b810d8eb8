"""Fitting texts and buttons to a channel: nothing is lost, nothing is cut inside a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bench.meta import PHONE_ID
from bot.channels.fit import length, numbered, shorten, split
from bot.channels.telegram.send import render as telegram
from bot.channels.whatsapp.send import render as whatsapp
from bot.model import Button, Reply, Tier
from bot.worker.voice import Voice
from tests.fakes.meta_rules import violations
from tests.fakes.telegram import utf16
from tests.kit import catalogue
from tests.unit.people import somebody

WORDS = st.text(alphabet="abcdeéابپת😀\u200c", min_size=1, max_size=12)
TEXTS = st.lists(
    st.sampled_from([". ", "\n\n", "\n", " ", "؟ "]).flatmap(lambda gap: WORDS.map(lambda word: word + gap)),
    min_size=1,
    max_size=60,
).map("".join)


@given(TEXTS, st.integers(min_value=30, max_value=200), st.sampled_from(["chars", "utf16"]))
def test_splitting_loses_nothing_and_cuts_no_word(text: str, limit: int, unit: str) -> None:
    """The pieces fit, and hold the same words in the same order."""
    pieces = split(text, limit, unit)
    assert all(length(piece, unit) <= limit for piece in pieces)
    assert " ".join(pieces).split() == text.split()


def test_a_word_longer_than_the_limit_is_cut_as_nothing_else_is_left() -> None:
    """Only then."""
    assert split("x" * 25, 10) == ("x" * 10, "x" * 10, "x" * 5)


@given(st.text(min_size=1, max_size=60), st.integers(min_value=3, max_value=24))
def test_labels_are_shortened_within_their_limit(label: str, limit: int) -> None:
    """A label that is too long ends with an ellipsis."""
    short = shorten(label, limit)
    assert len(short) <= limit
    assert short == label or short.endswith("…")


def _check_whatsapp(reply: Reply) -> int:
    parts = whatsapp(reply)
    for part in parts:
        assert violations({"messaging_product": "whatsapp", "to": PHONE_ID, **part.body}) == []
    return len(parts)


def _check_telegram(reply: Reply) -> None:
    for part in telegram(reply):
        assert 1 <= utf16(part.body["text"]) <= 4096
        assert all(len(button.payload.encode()) <= 64 for button in part.body.get("buttons", ()))


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("locale", catalogue().locales)
def test_all_content_fits_every_channel(locale: str, tier: Tier) -> None:
    """Every topic and step in every language and tier breaks no limit; what fits is one WhatsApp message."""
    voice, person = Voice(catalogue(), "de"), somebody(language=locale, tier=tier)
    for topic, value in catalogue().topics.items():
        for step in value.steps or (None,):
            for reply in voice.topic(topic, person, step=step).replies:
                fits = len(reply.text) <= (1024 if reply.buttons else 4096)
                assert _check_whatsapp(reply) == 1 or not fits
                _check_telegram(reply)
    for reply in (voice.menu(person), voice.languages(person), voice.tiers(person), voice.numbers(None, person)):
        _check_whatsapp(reply)
        _check_telegram(reply)


def test_more_choices_than_rows_become_numbered_lines() -> None:
    """Eleven choices fit no list: they are numbered in the text."""
    buttons = tuple(Button(f"b{n}", f"Choice {n}") for n in range(11))
    (part,) = whatsapp(Reply(text="Which?", buttons=buttons))
    assert part.body["text"]["body"] == numbered("Which?", buttons)


def test_what_is_kept_together_is_never_split() -> None:
    """A phone number with spaces in right-to-left text stays whole between its marks."""
    number = "\u2068+49 116 111 000 22\u2069"
    text = f"اتصل بالرقم {number} الآن. " * 12
    for limit in range(40, 120, 7):
        pieces = split(text.strip(), limit)
        assert all(piece.count("\u2068") == piece.count("\u2069") for piece in pieces)
        assert sum(piece.count(number) for piece in pieces) == 12
