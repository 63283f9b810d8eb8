"""Train, and let each model judge the questions that were held out of its training."""

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from bot.content.findings import Finding
from bot.errors import ContentError
from bot.search import fitting, voices
from bot.search.examples import Corpus
from bot.search.grams import read
from bot.search.lessons import Ids, Lessons, read_lessons
from bot.search.sentences import Head, Sentences
from bot.search.teaching import Voice, teach
from bot.search.voices import Floats, Voices

FOLDS = 4
VOICES = 2
"""Voices that leave out the same fold."""


@dataclass(frozen=True)
class Material:
    """The questions, read and numbered; `fold` says in which round each is held out."""

    corpus: Corpus
    labels: tuple[str, ...]
    truth: Ids
    fold: Ids
    lessons: Lessons

    def split(self, number: int) -> tuple[Ids, Ids]:
        """Return the places of the questions to train on in a round, and of those held out."""
        return np.flatnonzero(self.fold != number), np.flatnonzero(self.fold == number)

    def splits(self) -> Iterator[tuple[Ids, Ids]]:
        """Yield the split of every round."""
        return map(self.split, range(FOLDS))


@dataclass(frozen=True)
class Trial:
    """A model, and its scores [questions, labels] of each question by the parts of it that had not seen it."""

    model: Voices
    scores: Floats


@dataclass(frozen=True)
class SentenceTrial:
    """A sentence model with a head that was fitted to all questions, and scores by heads without each question."""

    model: Sentences
    head: Head
    scores: Floats


def prepare(corpus: Corpus) -> Material:
    """Read and number the questions.

    Raise ContentError when a topic has too few of them.
    """
    labels = corpus.labels
    counts = Counter(question.topic for question in corpus.questions)
    few = [label for label in labels if counts[label] < FOLDS]
    if few:
        raise ContentError(list(map(_too_few, few)))
    number = {label: at for at, label in enumerate(labels)}
    truth = np.array([number[question.topic] for question in corpus.questions])
    lessons = read_lessons([read(question.text) for question in corpus.questions])
    return Material(corpus, labels, truth, _folds(corpus), lessons)


def _too_few(topic: str) -> Finding:
    problem = f"has fewer than {FOLDS} example questions in all languages together"
    remedy = "write at least thirty in each language"
    return Finding(check="questions", file="questions", line=1, place=topic, problem=problem, remedy=remedy)


def _folds(corpus: Corpus) -> Ids:
    """Return which fold each question is held out in: topics and languages are spread evenly over them."""
    shuffled = np.random.default_rng(0).permutation(len(corpus.questions)).tolist()
    order = sorted(shuffled, key=lambda at: (corpus.questions[at].topic, corpus.questions[at].language))
    fold = np.empty(len(order), dtype=np.int64)
    fold[order] = np.arange(len(order)) % FOLDS
    return fold


def try_voices(material: Material) -> Trial:
    """Return Kite's own model: all voices together, each of which left out one fold."""

    def one(seed: int) -> Voice:
        rest, _ = material.split(seed % FOLDS)
        return teach(material.lessons, rest, material.truth[rest], len(material.labels), seed=seed)

    with ThreadPoolExecutor(os.cpu_count()) as threads:  # numpy and scipy let go of the interpreter while they compute
        taught = list(threads.map(one, range(FOLDS * VOICES)))
    scores = np.empty((len(material.truth), len(material.labels)), dtype=np.float32)
    for number, (_, held) in enumerate(material.splits()):
        scores[held] = np.mean([voice.judge(material.lessons, held) for voice in taught[number::FOLDS]], axis=0)
    return Trial(_together(taught, material.lessons.rows), scores)


def _together(taught: list[Voice], rows: dict[str, int]) -> Voices:
    table, spread = voices.shrunk(np.concatenate([voice.table for voice in taught], axis=1))
    heads, bias = (np.stack([getattr(voice, part) for voice in taught]) for part in ("head", "bias"))
    return Voices(rows, table, spread, heads, bias)


def try_sentences(material: Material, name: str) -> SentenceTrial:
    """Return how the sentence model of that name does.

    Raise ConfigError when it cannot be loaded.
    """
    model = Sentences(name)
    vectors = model.encode([question.text for question in material.corpus.questions])
    truth, count = material.truth, len(material.labels)
    scores = np.empty((len(truth), count), dtype=np.float32)
    for rest, held in material.splits():
        scores[held] = fitting.fit_head(vectors[rest], truth[rest], count).judge(vectors[held])
    return SentenceTrial(model, fitting.fit_head(vectors, truth, count), scores)
