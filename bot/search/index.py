"""The trained search, as it lies in a folder: load it once, then ask it for topics."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.errors import ConfigError
from bot.model import Hits
from bot.search.confidence import Bars, Mixture, decided
from bot.search.grams import read
from bot.search.sentences import NONE, Head, Sentences
from bot.search.voices import Floats, Voices

FORMAT = 4
_HEAD = "head.npz"
_FACTS = "index.json"


class Encoder(Protocol):
    """Turn texts into vectors of length 1."""

    def encode(self, texts: list[str], /) -> Floats:
        """Return the vectors [texts, dimensions]."""


@dataclass(frozen=True)
class Second:
    """A second opinion: a sentence model with its head."""

    model: Encoder
    head: Head

    def judge(self, text: str) -> Floats:
        """Return a score for every label."""
        return self.head.judge(self.model.encode([text])[0])


@dataclass(frozen=True)
class Index:
    """Everything that finds topics. `embedding` is the name of the sentence model of `second`, NONE without one."""

    labels: tuple[str, ...]
    embedding: str
    voices: Voices
    second: Second | None
    mixture: Mixture
    bars: Bars

    def search(self, text: str, _language: str) -> Hits:
        """Return up to five topics and what their confidence allows; nothing for a text without words.

        The words tell the language well enough: people write in others than the one they chose, and mix them.
        """
        message = read(text)
        if not message.words:
            return Hits()
        opinions = [self.voices.judge(message), *([self.second.judge(text)] if self.second else [])]
        return decided(self.mixture.probabilities(opinions), self.labels, self.bars)

    def save(self, folder: Path, *, figures: Mapping[str, Any]) -> None:
        """Write all but the sentence model into a folder; `figures` are kept for people to read."""
        self.voices.save(folder)
        if self.second is not None:
            np.savez(folder / _HEAD, weights=self.second.head.weights, bias=self.second.head.bias)
        facts = {
            "format": FORMAT,
            "labels": self.labels,
            "embedding": self.embedding,
            "mixture": self.mixture.weights,
            "bars": asdict(self.bars),
            "figures": figures,
        }
        (folder / _FACTS).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Index":
        """Read a folder that was trained.

        Raise ConfigError when there is none, or one of another version, or its sentence model cannot be loaded.
        """
        facts = _facts(folder)
        return cls(
            labels=tuple(facts["labels"]),
            embedding=facts["embedding"],
            voices=Voices.load(folder),
            second=_second(folder, facts["embedding"]),
            mixture=Mixture(tuple(facts["mixture"])),
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


def _second(folder: Path, name: str) -> Second | None:
    if name == NONE:
        return None
    with np.load(folder / _HEAD, allow_pickle=False) as stored:
        head = Head(stored["weights"], stored["bias"])
    return Second(Sentences(name), head)
