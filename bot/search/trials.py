"""Train both models, and let each judge the questions that were held out of its training."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.content.findings import Finding
from bot.errors import ContentError
from bot.search import fitting
from bot.search.examples import Corpus
from bot.search.grams import Read, read
from bot.search.neighbours import Neighbours, of_examples
from bot.search.ngrams import Floats, Ngrams
from bot.search.vectors import OWN, SentenceVectors, Vectors

FOLDS = 2
Chosen = NDArray[np.int64]
Encode = Callable[[Chosen], tuple[Vectors, Floats]]
"""Return a model that may have learned from the chosen questions, and its vectors of all questions."""


@dataclass(frozen=True)
class Material:
    """The questions, read and numbered; `fold` says in which round each is held out."""

    corpus: Corpus
    labels: tuple[str, ...]
    truth: fitting.Labels
    fold: Chosen
    messages: tuple[Read, ...]

    def splits(self) -> Iterator[tuple[Chosen, Chosen]]:
        """Yield, for every round, the places of the questions to train on and of those held out."""
        for number in range(FOLDS):
            yield np.flatnonzero(self.fold != number), np.flatnonzero(self.fold == number)


@dataclass(frozen=True)
class NgramTrial:
    """The model trained on all questions; and of each, by a model without it, its scores and `known`."""

    model: Ngrams
    scores: Floats
    known: Floats


@dataclass(frozen=True)
class VectorTrial:
    """The model trained on all questions, and their vectors; and of each, by a model without it, its scores."""

    vectors: Vectors
    neighbours: Neighbours
    scores: Floats


def prepare(corpus: Corpus) -> Material:
    """Read and number the questions.

    Raise ContentError when a topic has too few of them.
    """
    counts = Counter(question.topic for question in corpus.questions)
    few = [label for label in corpus.labels if counts[label] < FOLDS]
    if few:
        raise ContentError(list(map(_too_few, few)))
    truth = np.array([corpus.labels.index(question.topic) for question in corpus.questions])
    messages = tuple(read(question.text) for question in corpus.questions)
    return Material(corpus, corpus.labels, truth, _folds(corpus), messages)


def _too_few(topic: str) -> Finding:
    problem = f"has fewer than {FOLDS} example questions in all languages together"
    remedy = "write at least thirty in each language"
    return Finding(check="questions", file="questions", line=1, place=topic, problem=problem, remedy=remedy)


def _folds(corpus: Corpus) -> Chosen:
    """Return which fold each question is held out in: topics and languages are spread evenly over them."""
    shuffled = np.random.default_rng(0).permutation(len(corpus.questions)).tolist()
    order = sorted(shuffled, key=lambda at: (corpus.questions[at].topic, corpus.questions[at].language))
    fold = np.empty(len(order), dtype=np.int64)
    fold[order] = np.arange(len(order)) % FOLDS
    return fold


def try_ngrams(material: Material) -> NgramTrial:
    """Return how the linear model does."""
    truth, pieces = material.truth, [message.pieces for message in material.messages]
    counts = fitting.counted(pieces)
    scores = np.empty((len(truth), len(material.labels)), dtype=np.float32)
    known = np.empty(len(truth), dtype=np.float32)
    for rest, held in material.splits():
        model = fitting.fit_ngrams(counts[rest], truth[rest])
        for at in held.tolist():
            scores[at], known[at] = model.judge(pieces[at])
    return NgramTrial(fitting.fit_ngrams(counts, truth), scores, known)


def try_vectors(material: Material, model: str) -> VectorTrial:
    """Return how the embedding model of that name does.

    Raise ConfigError when it cannot be loaded.
    """
    encode = _own(material) if model == OWN else _other(material.corpus, model)
    truth = material.truth
    scores = np.empty((len(truth), len(material.labels)), dtype=np.float32)
    for rest, held in material.splits():
        _, encoded = encode(rest)
        neighbours = of_examples(encoded[rest], truth[rest])
        scores[held] = neighbours.all_scores(encoded[held])
    vectors, encoded = encode(np.arange(len(truth)))
    return VectorTrial(vectors, of_examples(encoded, truth), scores)


def _own(material: Material) -> Encode:
    from bot.search import embedding  # noqa: PLC0415 (takes 20 s: only for Kite's own model)

    begun = embedding.begin(material.corpus)

    def encode(chosen: Chosen) -> tuple[Vectors, Floats]:
        vectors = embedding.finish(begun, chosen)
        pairs = zip(material.corpus.questions, material.messages, strict=True)
        return vectors, np.stack([vectors.one(question.text, message.pieces) for question, message in pairs])

    return encode


def _other(corpus: Corpus, model: str) -> Encode:
    vectors = SentenceVectors(model)
    encoded = vectors.encode([question.text for question in corpus.questions])
    return lambda _: (vectors, encoded)


def resolved(model: str) -> str:
    """Return a model's name as the index keeps it: a path in full, so that it is found from any folder."""
    return str(Path(model).resolve()) if model != OWN and Path(model).exists() else model
