"""Train Kite's own sentence-transformers model, in two parts.

`begin` brings what topics say near their topic, and translations near each other: it needs no question. `finish` brings
questions near their topic; what was begun is kept, so that other questions can finish it too.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer, models, pre_tokenizers
from torch.nn import functional

from bot.search.examples import Corpus
from bot.search.grams import grams
from bot.search.vectors import OwnVectors

DIMENSIONS = 128
VOCABULARY = 16_000
EPOCHS = 3
RATE = 0.02
SCALE = 20.0
DROPPED = 0.3
"""The share of pieces left out at random, so that no single one decides."""
LONGEST_PASSAGE = 250
"""Characters of what a topic says that are read."""
MOST_PIECES = 120
"""Of a long text, this many pieces at random are a step's view of it."""
UNKNOWN = "[UNK]"
Ids = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """How many of each make up a step."""

    questions: int
    passages: int
    pairs: int


BEGINNING = Batch(questions=0, passages=64, pairs=128)
FINISH = Batch(questions=224, passages=32, pairs=48)


@dataclass(frozen=True, kw_only=True)
class Lessons:
    """A corpus as rows of the table `rows`: texts with the numbers of their topics, and both sides of each pair."""

    rows: dict[str, int]
    questions: list[Ids]
    question_topics: Ids
    passages: list[Ids]
    passage_topics: Ids
    pairs: list[tuple[Ids, Ids]]


@dataclass(frozen=True)
class Begun:
    """A table that knows passages and translations, to be finished with questions."""

    lessons: Lessons
    table: torch.Tensor


def read_lessons(corpus: Corpus) -> Lessons:
    """Return a corpus as numbers."""
    cut = lru_cache(maxsize=None)(lambda text: grams(text[:LONGEST_PASSAGE]))  # an English sentence has translations
    pairs = [(cut(one), cut(other)) for one, other in corpus.pairs]
    passages = [cut(passage.text) for passage in corpus.passages]
    questions = [grams(question.text) for question in corpus.questions]
    rows = _vocabulary([*questions, *passages, *(side for pair in pairs for side in pair)])
    labels = corpus.labels
    return Lessons(
        rows=rows,
        questions=[_ids(text, rows) for text in questions],
        question_topics=np.array([labels.index(question.topic) for question in corpus.questions]),
        passages=[_ids(text, rows) for text in passages],
        passage_topics=np.array([labels.index(passage.topic) for passage in corpus.passages], dtype=np.int64),
        pairs=[(_ids(one, rows), _ids(other, rows)) for one, other in pairs],
    )


def begin(corpus: Corpus, *, seed: int = 0) -> Begun:
    """Return a table trained on what needs no questions; the same corpus and seed give the same table."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)  # the work is small: more threads wait for each other
    lessons = read_lessons(corpus)
    table = torch.empty(len(lessons.rows), DIMENSIONS)
    torch.nn.init.normal_(table, std=0.1)
    steps = EPOCHS * max(len(lessons.pairs), len(lessons.passages)) // BEGINNING.pairs
    return Begun(lessons, _Trainer(lessons, table, BEGINNING, seed=seed).run(steps))


def finish(begun: Begun, chosen: Ids, *, seed: int = 0) -> OwnVectors:
    """Return the model trained on the chosen questions (their places in the corpus)."""
    trainer = _Trainer(begun.lessons, begun.table, FINISH, seed=seed, chosen=chosen)
    table = trainer.run(max(1, EPOCHS * len(chosen) // FINISH.questions))
    table[0] = 0.0  # what is unknown says nothing
    return OwnVectors(begun.lessons.rows, table.numpy())


def save(vectors: OwnVectors, folder: Path) -> None:
    """Save the model as sentence-transformers does; loaded by it, it reads pieces with blanks between them."""
    module = StaticEmbedding(_tokenizer(dict(vectors.rows)), embedding_weights=vectors.table)
    SentenceTransformer(modules=[module], device="cpu").save(str(folder), create_model_card=False)


def _vocabulary(texts: Iterable[Sequence[str]]) -> dict[str, int]:
    """Return a row for each of the pieces that most texts have."""
    counts = Counter(piece for pieces in texts for piece in sorted(set(pieces)))
    return {UNKNOWN: 0} | {piece: at for at, (piece, _) in enumerate(counts.most_common(VOCABULARY), start=1)}


def _tokenizer(rows: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.WordLevel(rows, unk_token=UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return tokenizer


class _Trainer:
    """Contrast a batch of texts by topic, and a batch of pairs by which belongs to which."""

    def __init__(
        self, lessons: Lessons, table: torch.Tensor, batch: Batch, *, seed: int, chosen: Ids | None = None
    ) -> None:
        self.lessons = lessons
        self.batch = batch
        self.random = np.random.default_rng(seed)
        self.chosen = np.empty(0, dtype=np.int64) if chosen is None else chosen
        self.bag = torch.nn.EmbeddingBag.from_pretrained(table.clone(), freeze=False, mode="mean")

    def run(self, steps: int) -> torch.Tensor:
        """Train and return the table; the rate falls to nothing."""
        optimiser = torch.optim.Adam(self.bag.parameters(), lr=RATE)
        for step in range(steps):
            optimiser.param_groups[0]["lr"] = RATE * (1 - step / steps)
            loss = self._by_topic() + (self._by_pair() if self.lessons.pairs else 0)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        return self.bag.weight.detach()

    def _by_topic(self) -> torch.Tensor:
        """Return the supervised contrastive loss: each text against all others, those of its topic being right."""
        lessons = self.lessons
        questions = self.chosen[self._draw(len(self.chosen), self.batch.questions)]
        passages = self._draw(len(lessons.passages), self.batch.passages)
        texts = [lessons.questions[at] for at in questions] + [lessons.passages[at] for at in passages]
        topics = np.concatenate([lessons.question_topics[questions], lessons.passage_topics[passages]])
        if not texts:
            return self.bag.weight.sum() * 0
        vectors, labels = self._encode(texts), torch.from_numpy(topics)
        itself = torch.eye(len(texts), dtype=torch.bool)
        likeness = (SCALE * vectors @ vectors.T).masked_fill(itself, -1e9)
        same = (labels[:, None] == labels[None]) & ~itself
        logs = likeness - likeness.logsumexp(1, keepdim=True)
        loss: torch.Tensor = (-(logs * same).sum(1) / same.sum(1).clamp(min=1)).mean()
        return loss

    def _by_pair(self) -> torch.Tensor:
        """Return the ranking loss: each text against all translations, its own being right, and the reverse."""
        chosen = self._draw(len(self.lessons.pairs), self.batch.pairs)
        first = self._encode([self.lessons.pairs[at][0] for at in chosen])
        second = self._encode([self.lessons.pairs[at][1] for at in chosen])
        likeness = SCALE * first @ second.T
        right = torch.arange(len(chosen))
        return (functional.cross_entropy(likeness, right) + functional.cross_entropy(likeness.T, right)) / 2

    def _draw(self, count: int, most: int) -> Ids:
        return self.random.choice(count, min(count, most), replace=False) if count else np.empty(0, dtype=np.int64)

    def _encode(self, texts: Sequence[Ids]) -> torch.Tensor:
        kept = [self._some(ids) for ids in texts]
        starts = np.cumsum([0, *(len(ids) for ids in kept[:-1])])
        return functional.normalize(self.bag(torch.from_numpy(np.concatenate(kept)), torch.from_numpy(starts)), dim=1)

    def _some(self, ids: Ids) -> Ids:
        if len(ids) > MOST_PIECES:
            ids = ids[self.random.integers(0, len(ids), MOST_PIECES)]
        some = ids[self.random.random(len(ids)) > DROPPED]
        return some if len(some) else ids


def _ids(pieces: Sequence[str], rows: dict[str, int]) -> Ids:
    known = [rows[piece] for piece in pieces if piece in rows]
    return np.array(known or [0], dtype=np.int64)
