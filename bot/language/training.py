"""Train the language model on Kite's own example lines and the word lists; seconds, no randomness."""

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.language import ngrams
from bot.language.disguise import shorten
from bot.language.folding import script
from bot.language.guessing import LOCALES, words_of

_LISTED = 4.0
"""How often a listed word counts as seen, so that languages without example lines hold their own."""


def train(content_dir: Path, out_path: Path) -> ngrams.Languages:
    """Learn from `questions/<language>/*.txt` and `safety/examples/<language>.txt`; write the model to `out_path`."""
    model = fit(example_lines(content_dir))
    ngrams.save(model, out_path)
    return model


def fit(lines: Mapping[str, Iterable[str]]) -> ngrams.Languages:
    """Learn from lines by locale and the word lists."""
    counts: dict[str, Counter[str]] = {
        name: Counter(dict.fromkeys(words, _LISTED)) for name, words in ngrams.listed_words().items()
    }
    for locale, texts in lines.items():
        for text in texts:
            _count(counts, locale, text)
    return ngrams.fit({name: sorted(words.items()) for name, words in counts.items()})


def _count(counts: dict[str, Counter[str]], locale: str, text: str) -> None:
    """Count the words of a line for its class; a line that mixes scripts counts only its own script."""
    words = words_of(text)
    latin = [word for word in words if script(word[0]) == "latin"]
    own = [word for word in words if script(word[0]) not in ("", "latin")]
    latin_class = f"{locale}-latn" if f"{locale}-latn" in counts else locale
    if own:
        counts.setdefault(locale, Counter()).update(map(shorten, own))
    elif latin:
        counts.setdefault(latin_class, Counter()).update(map(shorten, latin))


def example_lines(content_dir: Path) -> dict[str, list[str]]:
    """Return the example lines of the content folder by locale, without headers and comments."""
    files = {locale: sorted((content_dir / "questions" / locale).glob("*.txt")) for locale in LOCALES}
    for locale in LOCALES:
        files[locale] += sorted((content_dir / "safety" / "examples").glob(f"{locale}.txt"))
    return {locale: [line for path in paths for line in _lines(path)] for locale, paths in files.items() if paths}


def _lines(path: Path) -> list[str]:
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and line[0] not in "#["]
