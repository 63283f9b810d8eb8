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
from bot.search.grams import LONGEST, grams

Floats = NDArray[np.float32]
OWN = ""
"""The name of Kite's own model."""


class Vectors(Protocol):
    """Turn texts into vectors of length 1."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one row a text; a text with nothing known in it is a row of zeros, or whatever the model makes of it."""


@dataclass(frozen=True)
class OwnVectors:
    """Kite's own model: the row of every piece in `table` [pieces, dimensions]."""

    rows: Mapping[str, int]
    table: Floats

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text."""
        return unit(np.stack([self.of_pieces(grams(text)) for text in texts]))

    def of_pieces(self, pieces: Sequence[str]) -> Floats:
        """Return the vector of a text that is cut already."""
        known = [row for row in map(self.rows.get, pieces) if row is not None]
        total = self.table[known].sum(axis=0, dtype=np.float32) if known else np.zeros(self.table.shape[1], np.float32)
        return np.asarray(unit(total), dtype=np.float32)

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
                f"The embedding model {name!r} cannot be loaded ({type(error).__name__}): give KITE_EMBEDDING_MODEL the "
                "name or path of a sentence-transformers model that is on this machine, or leave it empty."
            ) from error

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return one vector a text."""
        short = [text[:LONGEST] for text in texts]
        found = self._model.encode(short, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(found, dtype=np.float32)


def load_vectors(folder: Path, name: str) -> Vectors:
    """Return the model of an index: Kite's own from `folder` for the name OWN, else the one of that name.

    Raise ConfigError when another model cannot be loaded.
    """
    return OwnVectors.load(folder) if name == OWN else SentenceVectors(name)


def unit(vectors: Floats) -> Floats:
    """Return vectors of length 1, along the last axis; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
