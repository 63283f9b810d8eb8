"""Train the search (`bot.search.train` is the command line).

1. Read the example questions.
2. Teach several voices, each without one fold of the questions, which it then judges; likewise a sentence model's head.
3. Calibrate on those judgements, choose the bars that keep to the limits, measure.
4. Write the index.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from bot.search import fitting, measuring, trials
from bot.search.confidence import Bars
from bot.search.examples import read_corpus
from bot.search.index import Index, Second
from bot.search.sentences import NONE, resolved
from bot.search.trials import Material
from bot.search.voices import Floats

Tell = Callable[[str], None]
Figures = dict[str, dict[str, dict[str, float]]]
OWN = "own"
SENTENCES = "sentences"
BOTH = "both"


def train(content: Path, translations: Path, out: Path, *, model: str = NONE, tell: Tell = print) -> None:
    """Train the search into the folder `out`, which changes only once everything is done.

    Raise ContentError for questions that are wrong or too few, ConfigError for a model that cannot be loaded.
    """
    corpus = read_corpus(content, translations)
    material = trials.prepare(corpus)
    tell(f"{len(corpus.questions)} questions, {len(material.labels)} labels, {len(material.lessons.rows)} pieces")
    sentences = trials.try_sentences(material, model) if model != NONE else None
    own = trials.try_voices(material)
    opinions = {OWN: own.scores} | ({SENTENCES: sentences.scores} if sentences else {})
    bars, figures = calibrate(material, opinions)
    for line in table(figures):
        tell(line)
    index = Index(
        labels=material.labels,
        embedding=resolved(model),
        voices=own.model,
        second=Second(sentences.model, sentences.head) if sentences else None,
        mixture=fitting.fit_mixture(list(opinions.values()), material.truth),
        bars=bars,
    )
    write(index, out, figures)


def calibrate(material: Material, opinions: Mapping[str, Floats]) -> tuple[Bars, Figures]:
    """Return the bars; and the figures of each opinion alone, and of both together if there are two, by language."""
    views = {name: [scores] for name, scores in opinions.items()}
    if len(opinions) > 1:
        views[BOTH] = list(opinions.values())
    found = {name: _trial(material, view) for name, view in views.items()}
    bars = {name: measuring.choose_bars(trial) for name, trial in found.items()}
    figures = {name: measuring.by_language(trial, bars[name]) for name, trial in found.items()}
    return bars[list(views)[-1]], figures


def _trial(material: Material, opinions: list[Floats]) -> measuring.Trial:
    """Return the probabilities of every question by a mixture that was fitted without it."""
    probabilities = np.empty_like(opinions[0])
    for rest, held in material.splits():
        mixture = fitting.fit_mixture([scores[rest] for scores in opinions], material.truth[rest])
        probabilities[held] = mixture.probabilities([scores[held] for scores in opinions])
    questions = material.corpus.questions
    truth = np.array([question.topic for question in questions])
    languages = np.array([question.language for question in questions])
    return measuring.Trial(probabilities, truth, languages, material.labels)


def table(figures: Figures) -> Iterator[str]:
    """Yield the figures as lines to read, in percent."""
    names = list(next(iter(figures.values()))["all"])
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
    index.save(fresh, figures=figures)
    if out.exists():
        out.rename(old)
    fresh.rename(out)
    shutil.rmtree(old, ignore_errors=True)
