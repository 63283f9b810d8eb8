"""Turn messages into vectors with a sentence-transformers model.

Kite's own model is a `StaticEmbedding` over the pieces of `grams`: a vector is the mean of a table's rows. It is saved
by sentence-transformers and read here without it, because importing that takes 20 s and 400 MB and this takes neither;
a test holds both readings equal. Any other model is loaded by sentence-transformers itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bot.errors import ConfigError
from bot.search.grams import LONGEST

Floats = NDArray[np.float32]
OWN = ""
"""The name of Kite's own model."""


class Vectors(Protocol):
    """Turn a text into a vector of length 1."""

    def one(self, text: str, pieces: Sequence[str]) -> Floats:
        """Return the vector of a text that is cut into `pieces`; of one with nothing known in it, perhaps zeros."""


@dataclass(frozen=True)
class OwnVectors:
    """Kite's own model: the row of every piece in `table` [pieces, dimensions]."""

    rows: Mapping[str, int]
    table: Floats

    def one(self, _text: str, pieces: Sequence[str]) -> Floats:
        """Return the direction of the mean of the pieces' rows."""
        known = [row for row in map(self.rows.get, pieces) if row is not None]
        total = self.table[known].sum(axis=0, dtype=np.float32) if known else np.zeros(self.table.shape[1], np.float32)
        return np.asarray(total / (float(np.linalg.norm(total)) or 1.0), dtype=np.float32)

    @classmethod
    def load(cls, folder: Path) -> "OwnVectors":
        """Read the folder that sentence-transformers saved."""
        from safetensors.numpy import load_file  # noqa: PLC0415 (only for Kite's own model)

        tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
        table = load_file(folder / "model.safetensors")["embedding.weight"]
        return cls(tokenizer["model"]["vocab"], table)


class SentenceVectors:
    """Any sentence-transformers model, by name or path.

    Raise ConfigError when it cannot be loaded.
    """

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 (takes 20 s and 400 MB)

        try:
            self._model: Any = SentenceTransformer(name, device="cpu")
        except Exception as error:  # the library raises whatever its parts raise
            raise ConfigError(
                f"The embedding model {name!r} cannot be loaded ({type(error).__name__}): give KITE_EMBEDDING_MODEL "
                "the name or path of a sentence-transformers model that is on this machine, or leave it empty."
            ) from error

    def one(self, text: str, _pieces: Sequence[str]) -> Floats:
        """Return the vector of a text."""
        vector: Floats = self.encode([text])[0]
        return vector

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of several texts [texts, dimensions]."""
        short = [text[:LONGEST] for text in texts]
        found = self._model.encode(short, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(found, dtype=np.float32)


def load_vectors(folder: Path, name: str) -> Vectors:
    """Return the model of an index: Kite's own from `folder` for the name OWN, else the one of that name.

    Raise ConfigError when another model cannot be loaded.
    """
    return OwnVectors.load(folder) if name == OWN else SentenceVectors(name)
