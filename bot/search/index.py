"""The trained search, as it lies in a folder: load it once, then ask it for topics."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import ConfigError
from bot.model import Hits
from bot.search.confidence import Bars, Mixture, decided, of_one
from bot.search.grams import read
from bot.search.neighbours import Neighbours
from bot.search.ngrams import Ngrams
from bot.search.vectors import Vectors, load_vectors

FORMAT = 3
MODEL = "model"
_NGRAMS = "ngrams.npz"
_NEIGHBOURS = "neighbours.npz"
_MIXTURE = "mixture.npz"
_FACTS = "index.json"


@dataclass(frozen=True)
class Index:
    """Everything that finds topics. `embedding` is the name of the embedding model, OWN for Kite's own."""

    labels: tuple[str, ...]
    embedding: str
    ngrams: Ngrams
    vectors: Vectors
    neighbours: Neighbours
    mixture: Mixture
    bars: Bars

    def search(self, text: str, _language: str) -> Hits:
        """Return up to five topics and what their confidence allows; nothing for a text without words.

        The words tell the language well enough: people write in others than the one they chose, and mix them.
        """
        message = read(text)
        if not message.pieces:
            return Hits()
        vector = self.vectors.one(text, message.pieces)
        features = of_one(self.ngrams, self.neighbours.scores(vector), message)
        return decided(self.mixture.probabilities(features), self.labels, self.bars)

    def save(self, folder: Path, *, figures: Mapping[str, Any]) -> None:
        """Write all but the embedding model into a folder; `figures` are kept for people to read."""
        self.ngrams.save(folder / _NGRAMS)
        self.neighbours.save(folder / _NEIGHBOURS)
        np.savez_compressed(folder / _MIXTURE, weights=self.mixture.weights, bias=self.mixture.bias)
        facts = {
            "format": FORMAT,
            "labels": self.labels,
            "embedding": self.embedding,
            "bars": asdict(self.bars),
            "figures": figures,
        }
        (folder / _FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Index":
        """Read a folder that was trained.

        Raise ConfigError when there is none, or one of another version, or its embedding model cannot be loaded.
        """
        facts = _facts(folder)
        with np.load(folder / _MIXTURE, allow_pickle=False) as stored:
            mixture = Mixture(stored["weights"], stored["bias"])
        return cls(
            labels=tuple(facts["labels"]),
            embedding=facts["embedding"],
            ngrams=Ngrams.load(folder / _NGRAMS),
            vectors=load_vectors(folder / MODEL, facts["embedding"]),
            neighbours=Neighbours.load(folder / _NEIGHBOURS),
            mixture=mixture,
            bars=Bars(**facts["bars"]),
        )


def _facts(folder: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        facts = {}
    if facts.get("format") != FORMAT:
        raise ConfigError(f"{folder} holds no trained search of this version: run `kite train search`.")
    return facts
