"""Messages as patterns see them: folded words that know their place."""

import pytest

from bot.language import normalise, read
from bot.language.folding import script

FOLDED = [
    ("Don't TOUCH me!!", "dont touch me", "case, apostrophes and punctuation"),
    ("L’éducateur m'a frappé", "leducateur ma frappe", "accents and the curly apostrophe"),
    ("peut-être", "peut etre", "a hyphen is a blank"),
    ("أنا مؤمن، شىء وكتاب", "انا مومن شيء وكتاب", "alef forms, hamza seats and alef maqsura"),
    ("مَدرَسَةٌ كبيــرة", "مدرسه كبيره", "diacritics, tatweel, teh marbuta"),
    ("می‌زند کتاب‌ها", "مي زند كتاب ها", "Persian letters, and a half space is a blank"),
    ("۱۲ ١٢", "12 12", "Persian and Arabic digits"),
    ("ﻻ ﷲ", "لا الله", "presentation forms"),
    ("ｈｅｌｐ", "help", "full-width letters"),
    ("hel\u200bp \u202eme\u202c", "help me", "zero-width and bidirectional marks"),
    ("h\u200ce", "he", "a half space inside a Latin word is no blank"),
    ("nooooo", "noo", "letters drawn out"),
    ("hеllо", "hello", "Cyrillic letters in a Latin word"),
    ("βad", "bad", "Greek letters in a Latin word"),
    ("дoма", "дома", "a Latin letter in a Cyrillic word"),
    ("жabc", "жabc", "letters of two scripts that look like nothing else"),
    ("h i t s  m e", "hits me", "letters spaced out, words wider apart"),
    ("a  b  c", "abc", "letters spaced out evenly and widely"),
    ("d.i.e", "die", "letters with dots between"),
    ("i am ok", "i am ok", "two single letters are words"),
    ("😭👍🏽 ok", "😭 👍 ok", "emoji stay, skin tones go"),
    ("", "", "nothing"),
    ("?!…", "", "punctuation alone"),
]


@pytest.mark.parametrize(("text", "folded", "why"), FOLDED, ids=[why for *_, why in FOLDED])
def test_text_is_folded(text: str, folded: str, why: str) -> None:
    """Each kind of spelling comes out as patterns write it, and stays so."""
    assert normalise(text) == folded
    assert normalise(folded) == folded


@pytest.mark.parametrize(
    ("masked", "word"),
    [
        ("h1t", "hit"), ("k!ll", "kill"), ("ki1l", "kill"), ("$ex", "sex"), ("s3x", "sex"), ("su1c1de", "suicide"),
        ("r4ped", "raped"), ("h3lp", "help"), ("p0lice", "police"), ("b3at", "beat"), ("c0mme", "comme"),
    ],
)  # fmt: skip
def test_a_disguised_word_is_seen(masked: str, word: str) -> None:
    """Digits and signs for letters hide nothing."""
    assert normalise(masked) == word


@pytest.mark.parametrize(
    "word", ["3am", "ma3ak", "7aram", "s3iba", "9albi", "b4", "gr8", "h2o", "2morrow", "mp3", "covid19", "12", "b3dein"]
)
def test_digits_that_are_letters_stay(word: str) -> None:
    """Latin-letter Arabic and plain numbers are not destroyed."""
    assert normalise(word) == word


@pytest.mark.parametrize(
    ("one", "other"),
    [("ሓጸይ", "ሃፀይ"), ("ዓዲ", "ኣዲ"), ("ኸይዱ", "ከይዱ"), ("ቐትሎም", "ቀትሎም"), ("ሠላም", "ሰላም"), ("ኀይሊ", "ሓይሊ")],
)
def test_geez_letters_that_writers_exchange_are_one(one: str, other: str) -> None:
    """Tigrinya is written with either letter of a pair."""
    assert normalise(one) == normalise(other)
    assert normalise(normalise(one)) == normalise(one)


def test_signs_that_are_no_letters_part_words() -> None:
    """An address or a missing blank does not glue words together."""
    assert normalise("ali@example.org") == "ali example org"
    assert normalise("stop!please") == "stop please"
    assert [token.stop for token in read("stop!please")] == [False, True]


def test_words_know_their_place() -> None:
    """A word covers exactly its characters in the original, disguise and all."""
    text = "He  h1ts me. Every d a y"
    places = [text[token.start : token.end] for token in read(text)]
    assert places == ["He", "h1ts", "me", "Every", "d a y"]


def test_sentences_and_questions_are_marked() -> None:
    """Where a sentence ends and where it asks is known to the word."""
    tokens = read("Why? he came... and left\nok 3.5 fine. Now")
    assert [token.text for token in tokens if token.stop] == ["he", "ok", "now"]
    assert [token.text for token in tokens if token.asked] == ["why"]


def test_drawn_out_words_have_a_second_spelling() -> None:
    """Both "hiit" and "hit" are tried for "hiiiit"; a word spelled out too."""
    assert [(token.text, token.other) for token in read("hiiiit soon")] == [("hiit", "hit"), ("soon", "")]
    assert read("h i i i t")[0].other == "hit"


def test_scripts() -> None:
    """Letters know their script, other characters have none."""
    assert [script(char) for char in "aЖαسኣ1 😀ṭ"] == [
        "latin", "cyrillic", "greek", "arabic", "ethiopic", "", "", "", "latin",
    ]  # fmt: skip
