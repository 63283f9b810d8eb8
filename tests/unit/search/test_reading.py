"""What the search reads of a message: pieces of its words, and of their consonants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.skeleton import skeleton
from bot.search.grams import LONGEST, read


def grams(text: str) -> list[str]:
    return [piece for unit in read(text).units for piece in unit]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ترحيل", "tar7il"),  # deportation
        ("شمل", "shaml"),  # unity
        ("محامي", "mo7ami"),  # lawyer
        ("حقوق", "hoquq"),  # rights
        ("بازگشت", "bazgasht"),  # return
        ("quoi", "koi"),
        ("ici", "isi"),
        ("guardiannn", "gardian"),
    ],
)
def test_spellings_of_one_word_have_one_skeleton(one: str, other: str) -> None:
    """A word in Arabic letters, in Latin letters or drawn out keeps its consonants."""
    assert skeleton(one) == skeleton(other) != ""


def test_a_word_of_vowels_has_no_skeleton() -> None:
    """Where there is no consonant nothing is left."""
    assert skeleton("oui") == ""
    assert skeleton("او") == ""


def test_related_words_share_pieces() -> None:
    """Endings and spelling change few of the pieces."""
    assert set(grams("tuteur")) & set(grams("ma tutrice"))
    assert set(grams("Guardian?")) == set(grams("guardian"))


def test_words_side_by_side_are_a_piece() -> None:
    """ "Send back" is more than "send" and "back"."""
    assert "&send_back" in grams("they send back me")
    assert "&send_back" not in grams("back they send")


def test_beginning_and_length_are_pieces() -> None:
    """How a message begins, and how long it is, tell a greeting from a question."""
    assert {"^who", "^who_is", "#4"} <= set(grams("who is my guardian"))
    assert "#8" in grams("one two three four five six seven eight nine")


@pytest.mark.parametrize("text", ["", "   ", "?!…", "\n"])
def test_a_text_without_words_has_no_pieces(text: str) -> None:
    """Nothing said is nothing to search for."""
    assert read(text).units == ()
    assert read(text).words == 0


@given(st.text(max_size=200))
def test_no_piece_holds_a_blank(text: str) -> None:
    """Pieces can be joined by blanks and taken apart again, whatever was typed."""
    pieces = grams(text)
    assert " ".join(pieces).split() == pieces


def test_an_endless_message_is_read_in_part() -> None:
    """What a message costs is bounded."""
    assert grams("guardian " * 1000) == grams(("guardian " * 1000)[:LONGEST])
