"""What words mean: one lexicon over all languages."""

import pytest

from bot.language.meanings import DATA, books, meanings, read_book
from bot.search.grams import read


def told(text: str) -> set[str]:
    each, phrases = meanings(text.split())
    return {tag for tags in each for tag in tags} | {tag for tag, *_ in phrases}


def test_languages_share_meanings() -> None:
    """The same thing said in several languages has pieces in common, though no letter is the same."""
    english, arabic, french = (
        {piece for unit in read(text).units for piece in unit if piece.startswith("@")}
        for text in ("where is my mother", "وين ماما", "où est ma mère")
    )
    assert {"@mother", "@where"} <= english & arabic & french


def test_meanings_side_by_side_and_together_are_pieces() -> None:
    """Two meanings say more than each alone, in order and in any order."""
    pieces = {piece for unit in read("lawyer free").units for piece in unit}
    assert {">lawyer>free", "+free+lawyer"} <= pieces
    assert ">lawyer>free" not in {piece for unit in read("free lawyer").units for piece in unit}


def test_a_message_is_read_in_its_own_language() -> None:
    """A word that two languages have means what the other words of the message say."""
    assert "sea" not in told("mi madre")
    assert "mother" in told("mi madre")


@pytest.mark.parametrize(
    ("entry", "word", "found"),
    [
        ("mama", "mama", True),
        ("mama", "mamas", False),
        ("mama*", "mamas", True),
        ("*mama*", "yamamati", True),
        ("my_mama", "my mama", True),
        ("my_mama", "mama", False),
    ],
)
def test_stars_and_joined_words(entry: str, word: str, found: bool) -> None:
    """A star stands for any letters; joined words must stand side by side."""
    book = read_book(f"# a comment: not read\nmother: {entry}\n", "xx")
    words = word.split()
    assert (bool(book.of_word(words[0])) or ("mother", 0, 1) in book.of_phrases(words)) is found


def test_what_grows_onto_the_front_is_taken_off() -> None:
    """ "and the lawyer" is one word in Arabic."""
    assert "lawyer" in books()["ar"].of_word("والمحامي")


@pytest.mark.parametrize("language", sorted(path.stem for path in DATA.glob("*.txt")))
def test_a_language_has_words_for_what_english_has(language: str) -> None:
    """Every language names the same meanings: a misspelt name would teach nothing."""
    lines = {path.stem: path.read_text(encoding="utf-8").splitlines() for path in DATA.glob("*.txt")}
    names = {
        name: {line.partition(":")[0] for line in some if line and not line.startswith("#")}
        for name, some in lines.items()
    }
    assert not names[language] - names["en"]
    assert len(names["en"] - names[language]) <= 10
