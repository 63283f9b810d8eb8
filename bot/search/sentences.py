"""Any sentence-transformers model by name or path (KITE_EMBEDDING_MODEL), as a second opinion beside Kite's own.

Importing the library takes 20 s and 400 MB: only a process that was told to use such a model does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import ConfigError
from bot.search.grams import LONGEST
from bot.search.voices import Floats

NONE = ""
"""The name of no model: Kite's own alone."""


class Sentences:
    """A sentence-transformers model on this machine.

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

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return the vectors of texts [texts, dimensions], each of length 1."""
        short = [text[:LONGEST] for text in texts]
        found = self._model.encode(short, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(found, dtype=np.float32)


@dataclass(frozen=True)
class Head:
    """Judge sentence vectors: `weights` [dimensions, labels], `bias` [labels]."""

    weights: Floats
    bias: Floats

    def judge(self, vectors: Floats) -> Floats:
        """Return scores [..., labels] for vectors [..., dimensions]."""
        return np.asarray(vectors @ self.weights + self.bias, dtype=np.float32)


def resolved(name: str) -> str:
    """Return a model's name as the index keeps it: a path in full, so that it is found from any folder."""
    return str(Path(name).resolve()) if name != NONE and Path(name).exists() else name
