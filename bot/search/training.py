"""Train the search (`bot.search.train` is the command line).

1. Read example questions, topics and translations.
2. Train both models on all questions, and twice without a half of them, which they then judge.
3. Fit the mixture on those judgements, choose the bars that keep to the limits, measure.
4. Write the index.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from bot.search import fitting, measuring, trials
from bot.search.confidence import Bars, features
from bot.search.examples import read_corpus
from bot.search.index import MODEL, Index
from bot.search.ngrams import Floats
from bot.search.trials import Material
from bot.search.vectors import OWN, OwnVectors

Tell = Callable[[str], None]
Figures = dict[str, dict[str, dict[str, float]]]


def train(content: Path, translations: Path, out: Path, *, model: str = OWN, tell: Tell = print) -> None:
    """Train the search into the folder `out`, which changes only once everything is done.

    Raise ContentError for questions that are wrong or too few, ConfigError for a model that cannot be loaded.
    """
    corpus = read_corpus(content, translations)
    material = trials.prepare(corpus)
    tell(f"{len(corpus.questions)} questions, {len(corpus.passages)} passages, {len(corpus.pairs)} translated pairs")
    ngrams, vectors = trials.try_ngrams(material), trials.try_vectors(material, model)
    words = np.array([message.words for message in material.messages], dtype=np.float32)
    rows = features(ngrams.scores, vectors.scores, ngrams.known, words)
    bars, figures = calibrate(material, rows)
    for line in table(figures):
        tell(line)
    index = Index(
        labels=material.labels,
        embedding=trials.resolved(model),
        ngrams=ngrams.model,
        vectors=vectors.vectors,
        neighbours=vectors.neighbours,
        mixture=fitting.fit_mixture(rows, material.truth),
        bars=bars,
    )
    write(index, out, figures)


def calibrate(material: Material, rows: Floats) -> tuple[Bars, Figures]:
    """Return the bars of the hybrid; and the figures of each model alone and of the hybrid, by language."""
    count = len(material.labels)
    views = {"ngrams": rows[:, :count], "embeddings": rows[:, count : 2 * count], "hybrid": rows}
    found = {name: _trial(material, view) for name, view in views.items()}
    bars = {name: measuring.choose_bars(trial) for name, trial in found.items()}
    return bars["hybrid"], {name: measuring.by_language(trial, bars[name]) for name, trial in found.items()}


def _trial(material: Material, view: Floats) -> measuring.Trial:
    """Return the probabilities of every question by a mixture that was fitted without it."""
    probabilities = np.empty((len(view), len(material.labels)), dtype=np.float32)
    for rest, held in material.splits():
        probabilities[held] = fitting.fit_mixture(view[rest], material.truth[rest]).probabilities(view[held])
    questions = material.corpus.questions
    truth = np.array([question.topic for question in questions])
    languages = np.array([question.language for question in questions])
    return measuring.Trial(probabilities, truth, languages, material.labels)


def table(figures: Figures) -> Iterator[str]:
    """Yield the figures as lines to read, in percent."""
    names = list(next(iter(figures["hybrid"].values())))
    yield f"{'':<20}" + "".join(f"{name:>11}" for name in names)
    for model, languages in figures.items():
        for language, row in languages.items():
            shares = "".join(f"{row[name] * 100:>10.1f}%" for name in names[1:])
            yield f"{model + ' ' + language:<20}{int(row[names[0]]):>11}{shares}"


def write(index: Index, out: Path, figures: Mapping[str, object]) -> None:
    """Write the index beside `out` and put it in its place in one go."""
    fresh, old = out.with_name(out.name + ".new"), out.with_name(out.name + ".old")
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    fresh.mkdir(parents=True)
    if isinstance(index.vectors, OwnVectors):
        from bot.search.embedding import save  # noqa: PLC0415 (takes 20 s: only for Kite's own model)

        save(index.vectors, fresh / MODEL)
    index.save(fresh, figures=figures)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
