"""Which language a message is in."""

from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from bot import language
from bot.language import LOCALES, guess, guess_from_lists, ngrams
from bot.language.training import example_lines, fit, train

LINES = [
    ("en", "my uncle hits me every day"),
    ("en", "when can my mother come"),
    ("fr", "est-ce que je peux aller à l'école"),
    ("fr", "jsui tt seul ici aidez moi"),
    ("ar", "شو لازم اعمل هلق"),
    ("ar", "واش كاين شي مدرسة هنا"),
    ("ar", "أريد أن أسأل عن المقابلة"),
    ("ar", "salam kifak wen baba"),
    ("ar", "3afak bghit nhder m3a chi wahed"),
    ("fa", "من می‌خواهم با وکیل گپ بزنم"),
    ("fa", "مه چی کنم بیادرم گم شده"),
    ("fa", "salam man mikham ba madaram harf bezanam"),
    ("es", "necesito ayuda, mi padre me pega"),
    ("tr", "annem nerede, korkuyorum"),
    ("so", "waxaan rabaa inaan la hadlo hooyo"),
    ("ps", "زه ډارېږم، زما پلار ما وهي"),
    ("ur", "مجھے ڈر لگ رہا ہے"),
    ("uk", "допоможіть мені, де моя мама"),
    ("ru", "мне страшно, где мама"),
    ("ti", "ኣደይ ኣበይ ኣላ"),
]


@pytest.fixture(autouse=True)
def _lists() -> Iterator[None]:
    """Begin and end every test with the word lists."""
    language.load(None)
    yield
    language.load(None)


@pytest.mark.parametrize(("locale", "text"), LINES, ids=[text for _, text in LINES])
def test_each_language_is_known_without_training(locale: str, text: str) -> None:
    """The word lists alone tell every locale, in its own script and in Latin letters."""
    assert guess(text) == locale


def test_every_locale_has_a_line_here() -> None:
    """No locale is left out."""
    assert {locale for locale, _ in LINES} == set(LOCALES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12345",
        "😂😂",
        "https://example.org/bonjour",
        "baba",
        "ich möchte mit jemandem sprechen",
        "ђак",
        "你好",
        "እናቴ የት ናት",
    ],
)
def test_unsure_is_said(text: str) -> None:
    """Numbers, names, links, one shared word and other languages give no guess."""
    assert guess(text) is None


def test_a_loan_word_does_not_outvote_the_script() -> None:
    """Latin words inside an Arabic message do not make it English."""
    assert guess("the movie كان عن حرب وجنود") == "ar"
    assert guess("lawyer کجا است برای اطفال") == "fa"


def test_guessing_is_fast() -> None:
    """A guess takes less than a millisecond."""
    guess("warm up")
    lines = [f"{text} {number}" for number in range(20) for _, text in LINES]
    began = perf_counter()
    for line in lines:
        guess(line)
    assert (perf_counter() - began) / len(lines) < 0.001


def content(folder: Path) -> Path:
    questions = folder / "questions" / "es"
    questions.mkdir(parents=True)
    (questions / "rights.txt").write_text("# comment\n[rights.overview]\nzarpi zarpo zarpu\nzarpi سلام\n")
    examples = folder / "safety" / "examples"
    examples.mkdir(parents=True)
    (examples / "fa.txt").write_text("[safe ordinary]\nخانه کجا است\nkhana koja ast\n")
    return folder


def test_training_learns_from_the_content(tmp_path: Path) -> None:
    """Lines of the content join the word lists; headers and comments do not."""
    lines = example_lines(content(tmp_path))
    assert lines["es"] == ["zarpi zarpo zarpu", "zarpi سلام"]
    assert guess("zarpo zarpi zarpu") != "es"
    train(tmp_path, tmp_path / "models" / "language.npz")
    assert language.load(tmp_path / "models" / "language.npz") is None
    assert guess("zarpo zarpi zarpu") == "es"
    assert guess_from_lists("zarpo zarpi zarpu") != "es"


def test_the_same_lines_give_the_same_model(tmp_path: Path) -> None:
    """Nothing is left to chance."""
    lines = {"en": ["one two", "two three"], "fa": ["yek do"]}
    first, then = fit(lines), fit(lines)
    assert first.classes == then.classes
    assert np.array_equal(first.table, then.table)


def test_a_missing_or_broken_model_is_told_and_replaced(tmp_path: Path) -> None:
    """Without a usable model the word lists do the work, and the operator is told why."""
    assert "language model is not used" in (language.load(tmp_path / "none.npz") or "")
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK\x03\x04 nothing")
    assert language.load(broken) is not None
    np.savez(tmp_path / "odd.npz", classes=np.array(["en"]), table=np.zeros((3, 1)))
    assert "shape" in (language.load(tmp_path / "odd.npz") or "")
    np.savez(tmp_path / "empty.npz", other=np.zeros(1))
    assert language.load(tmp_path / "empty.npz") is not None
    assert guess("where is my mother") == "en"


def test_a_model_scores_only_what_it_knows() -> None:
    """A class the model does not have, or a message without words, scores nothing."""
    model = ngrams.fit({"en": [("hello", 1.0)]})
    assert model.scores(["hello"], ["xx"]) == {}
    assert model.scores([], ["en"]) == {}
