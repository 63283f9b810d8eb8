"""Train both models, and let each judge the questions that were held out of its training."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.content.findings import Finding
from bot.errors import ContentError
from bot.search import fitting
from bot.search.examples import Corpus
from bot.search.grams import Read, read
from bot.search.head import Head
from bot.search.ngrams import Floats, Ngrams
from bot.search.vectors import OWN, SentenceVectors, Vectors

FOLDS = 4
Chosen = NDArray[np.int64]
Encode = Callable[[Chosen], tuple[Vectors, Floats]]
"""Return a model that may have learned from the chosen questions, and its vectors of all questions."""


@dataclass(frozen=True)
class Material:
    """The questions, read and numbered; `fold` says which quarter holds each out."""

    corpus: Corpus
    labels: tuple[str, ...]
    truth: fitting.Labels
    fold: Chosen
    messages: tuple[Read, ...]


@dataclass(frozen=True)
class NgramTrial:
    """The model trained on all questions; and of each, by a model without it, its probabilities and `known`."""

    model: Ngrams
    probabilities: Floats
    known: Floats


@dataclass(frozen=True)
class VectorTrial:
    """The models trained on all questions; and of each, by models without it, its probabilities and `nearest`."""

    vectors: Vectors
    head: Head
    probabilities: Floats
    nearest: Floats


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


def try_ngrams(pieces: Sequence[Sequence[str]], truth: fitting.Labels, fold: Chosen) -> NgramTrial:
    """Return how the linear model does."""
    counts = fitting.counted(pieces)
    probabilities = np.empty((len(truth), int(truth.max()) + 1), dtype=np.float32)
    known = np.empty(len(truth), dtype=np.float32)
    for number in range(FOLDS):
        rest, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        model = fitting.fit_ngrams(counts[rest], truth[rest])
        for at in held.tolist():
            probabilities[at], known[at] = model.judge(pieces[at])
    return NgramTrial(fitting.fit_ngrams(counts, truth), probabilities, known)


def try_vectors(material: Material, model: str) -> VectorTrial:
    """Return how the embedding model of that name does.

    Raise ConfigError when it cannot be loaded.
    """
    encode = _own(material) if model == OWN else _other(material.corpus, model)
    truth, fold = material.truth, material.fold
    probabilities = np.empty((len(truth), len(material.labels)), dtype=np.float32)
    nearest = np.empty(len(truth), dtype=np.float32)
    for number in range(FOLDS):
        rest, held = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        _, encoded = encode(rest)
        head = fitting.fit_head(encoded[rest], truth[rest])
        for at in held:
            judged = head.judge(encoded[at])
            probabilities[at], nearest[at] = judged.probabilities, judged.nearest
    vectors, encoded = encode(np.arange(len(truth)))
    return VectorTrial(vectors, fitting.fit_head(encoded, truth), probabilities, nearest)


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
