"""The folding that the assistant shares with the rest of Kite."""

import pytest

from components.folding import tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("J'ai ÉTÉ là", ["jai", "ete", "la"]),
        ("عمري ١٢ سنة", ["عمري", "12", "سنه"]),
        ("نمی‌فهمم", ["نمي", "فهمم"]),
        ("heeeelp", ["heelp"]),
        ("👍", ["👍"]),
        ("…", []),
    ],
)
def test_words_are_folded_on_this_python_too(text: str, words: "list[str]") -> None:
    """Kite's folding runs on the assistant's older Python and gives the same words."""
    assert tokens(text) == words
