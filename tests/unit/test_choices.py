"""Typed numbers stand for numbered choices, in the digits of any script."""

import pytest

from bot.channels import forms
from bot.channels.choices import chosen, number
from bot.channels.whatsapp.send import render
from bot.model import Button, Channel, Reply

BUTTONS = tuple(Button(f"b{n}", f"Choice {n}") for n in range(1, 13))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("7", 7), (" 12 ", 12), ("3.", 3), ("3)", 3), ("(3)", 3), ("#4", 4), ("٧", 7), ("١٢", 12), ("۷", 7), ("۱۰.", 10),
        ("५", 5), ("৫", 5), ("๓", 3), ("７", 7), ("7️⃣", 7), ("⑦", 7), ("፯", 7), ("፲፪", 12), ("\u200f٣", 3), ("0", 0),
    ],
)  # fmt: skip
def test_a_number_is_read_in_any_script(typed: str, read: int) -> None:
    """Latin, Arabic, Persian, Devanagari, Bengali, Thai, full-width, keycap, circled and Ethiopic digits are digits."""
    assert number(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "hello", "7 people hit me", "1234", "112 now", "½", "I am 9", "٧ سنوات", "-", "1.5"]
)
def test_what_is_more_than_a_number_stays_words(typed: str) -> None:
    """Words with a number in them are words, and are screened."""
    assert number(typed) is None


def test_only_a_number_on_the_list_is_a_choice() -> None:
    """Nought and what lies beyond the list choose nothing."""
    assert chosen("12", BUTTONS) == BUTTONS[11]
    assert chosen("0", BUTTONS) is None
    assert chosen("13", BUTTONS) is None


def test_the_choices_are_numbered_exactly_where_the_channel_shows_them_so() -> None:
    """What reads numbers agrees with what renders them."""
    for count in (1, 3, 10, 11, 12):
        reply = Reply(text="Which?", buttons=BUTTONS[:count])
        shown = "1. Choice 1" in str(render(reply)[-1].body)
        assert forms.numbers(Channel.WHATSAPP, reply) is shown
    assert not forms.numbers(Channel.TELEGRAM, Reply(text="Which?", buttons=BUTTONS))


def test_replies_of_one_answer_become_one_message_where_they_fit() -> None:
    """A note joins the answer after it; choices are never lost and never moved to other words."""
    note, answer, menu = (
        Reply(text="A note."),
        Reply(text="Answer.", buttons=BUTTONS[:2]),
        Reply(text="Menu", buttons=BUTTONS[:3]),
    )
    assert forms.combined(Channel.WHATSAPP, (note, answer, menu)) == (
        Reply(text="A note.\n\nAnswer.", buttons=BUTTONS[:2]),
        menu,
    )
    assert forms.combined(Channel.TELEGRAM, (note, answer)) == (note, answer)
    other = Reply(text="نص", language="ar", buttons=BUTTONS[:2])
    assert forms.combined(Channel.WHATSAPP, (note, other)) == (note, other)
    long = Reply(text="x " * 600)
    assert forms.combined(Channel.WHATSAPP, (long, answer)) == (long, answer)
    assert len(forms.combined(Channel.WHATSAPP, (long, long, long))) == 1
