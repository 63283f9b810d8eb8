"""Guess the language of a chat message: by script, then by letters only one language has, then by a small model."""

import re
from collections import Counter
from functools import lru_cache
from pathlib import Path

from bot.language import ngrams
from bot.language.disguise import shorten
from bot.language.folding import script

LOCALES = ("en", "fr", "es", "ar", "fa", "ps", "ur", "tr", "uk", "ru", "so", "ti")
_NOISE = re.compile(r"https?://\S+|\S+@\S+|[@#]\S+")
_WORD = re.compile(r"[^\W_]+(?:['’ʼ\u200c][^\W_]+)*")
_CLASSES = {
    "latin": (
        "en", "fr", "es", "tr", "so", "ar-latn", "fa-latn", "ur-latn", "ps-latn", "ru-latn", "uk-latn", "ti-latn",
        "de", "it", "nl", "pt", "ku",
    ),
    "arabic": ("ar", "fa", "ps", "ur", "ckb"),
    "cyrillic": ("uk", "ru"),
    "ethiopic": ("ti", "am"),
}  # fmt: skip
_ONLY = {
    "ps": frozenset("ټډړږښځڅڼېۍ"),
    "ur": frozenset("ٹڈڑںےھۓ"),
    "ckb": frozenset("ێۆڵڕ"),
    "uk": frozenset("іїєґ"),
    "ru": frozenset("ыэъё"),
}
_NOT_ARABIC = frozenset("پچژگی")
_LETTER_BONUS = 0.6
_NOT_ARABIC_MALUS = 0.35
_MARGIN = 0.03
_MARGIN_SHORT = 1.5
"""A short message must be clearer: this much more, divided by the number of its letters."""
_OTHER_SCRIPTS = frozenset("ђјљњћџғқңүұһө")


class _Model:
    """The model in use: the one `kite train` made, else one learnt from the word lists at first use."""

    trained: ngrams.Languages | None = None

    @classmethod
    def current(cls) -> ngrams.Languages:
        return cls.trained or _from_lists()


@lru_cache(maxsize=1)
def _from_lists() -> ngrams.Languages:
    return ngrams.fit({name: [(word, 1.0) for word in words] for name, words in ngrams.listed_words().items()})


def load(path: Path | None) -> str | None:
    """Use the trained model at `path` from now on; None goes back to the word lists.

    Return why the model cannot be used, and go on with the word lists, or None when all is well.
    """
    _Model.trained = None
    if path is None:
        return None
    try:
        _Model.trained = ngrams.read_model(path)
    except (OSError, ValueError) as error:
        return f"The language model is not used: {error}"
    return None


def guess(text: str) -> str | None:
    """Return the locale a message is written in, or None when unsure; Latin-letter Arabic is "ar", Finglish "fa"."""
    return _guess(text, _Model.current())


def guess_from_lists(text: str) -> str | None:
    """Return what `guess` would without a trained model: the same on every machine and at any time."""
    return _guess(text, _from_lists())


def _guess(text: str, model: ngrams.Languages) -> str | None:
    words = [shorten(word) for word in words_of(text)]
    scripts = Counter(kind for word in words for char in word if (kind := script(char)))
    if not scripts:
        return None
    main = _main_script(scripts)
    classes = _CLASSES.get(main)
    mine = [word for word in words if any(script(char) == main for char in word)]
    return None if classes is None else _best(mine, classes, model)


def words_of(text: str) -> list[str]:
    """Return the words of a message in lower case as they are spelled, without links, addresses and numbers."""
    words = _WORD.findall(_NOISE.sub(" ", text.lower()))
    return [word for word in words if any(char.isalpha() for char in word)]


def _main_script(scripts: Counter[str]) -> str:
    """Return the script most letters have; names and loan words in Latin letters do not outvote another script."""
    latin = scripts.get("latin", 0)
    other, letters = max(((name, count) for name, count in scripts.items() if name != "latin"), default=("", 0),
                         key=lambda item: item[1])  # fmt: skip
    return other if other and letters * 3 >= latin else "latin"


def _best(words: list[str], classes: tuple[str, ...], model: ngrams.Languages) -> str | None:
    scores = model.scores(words, classes)
    letters = {char for word in words for char in word}
    if letters & _OTHER_SCRIPTS and "ru" in scores:
        return None
    for name, own in _ONLY.items():
        if name in scores and letters & own:
            scores[name] += _LETTER_BONUS
    if "ar" in scores and letters & _NOT_ARABIC:
        scores["ar"] -= _NOT_ARABIC_MALUS
    return _decide(scores, letters=sum(map(len, words)))


def _decide(scores: dict[str, float], *, letters: int) -> str | None:
    by_locale: dict[str, float] = {}
    for name, score in scores.items():
        locale = name.removesuffix("-latn")
        by_locale[locale] = max(score, by_locale.get(locale, score))
    ranked = sorted(by_locale, key=lambda name: -by_locale[name])
    best = ranked[0]
    if best not in LOCALES:
        return None
    if len(ranked) > 1 and by_locale[best] - by_locale[ranked[1]] < _MARGIN + _MARGIN_SHORT / letters:
        return None
    return best
