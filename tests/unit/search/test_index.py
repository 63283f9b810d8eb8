"""Finding topics with a trained index, and the decision that confidence allows."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from bot.errors import ConfigError
from bot.model import Decision, Hits
from bot.search import fitting, grams
from bot.search.confidence import Bars, decided
from bot.search.index import MODEL, Index
from bot.search.labels import OUTSIDE
from bot.search.neighbours import of_examples
from bot.search.ngrams import Ngrams
from bot.search.vectors import OwnVectors
from tests.unit.search.corpora import tiny_index

ROOT = Path(__file__).parents[3]
BARS = Bars(answer=0.6, offer=0.5)
LABELS = ("family.steps", "out_of_scope", "people.guardian", "people.lawyer", "small_talk")


@pytest.fixture(scope="module")
def index() -> Index:
    return tiny_index()


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("who is my guardian?", "people.guardian"),
        ("GUARDIAN???", "people.guardian"),
        ("le tuteur c'est qui", "people.guardian"),
        ("police number", "help.emergency"),
        ("how can my family come", "family.steps"),
    ],
)
def test_the_best_hit_is_the_topic_asked_about(index: Index, text: str, topic: str) -> None:
    """Words of the examples in another order and spelling find their topic."""
    assert index.search(text, "en").hits[0].topic == topic


@pytest.mark.parametrize("text", ["", "   ", "?!"])
def test_nothing_said_finds_nothing(index: Index, text: str) -> None:
    """An empty message has no hits and no answer."""
    assert index.search(text, "en") == Hits()


@pytest.mark.parametrize("text", ["hello", "who won the match", "ግዕዝ", "😀😀", "x" * 5000])
def test_whatever_is_said_gets_a_decision(index: Index, text: str) -> None:
    """Foreign scripts, pictures and floods crash nothing, and small talk is never a hit."""
    hits = index.search(text, "zz")
    assert hits.decision in set(Decision)
    assert not {hit.topic for hit in hits.hits} & OUTSIDE
    assert all(0 <= hit.score <= 1 for hit in hits.hits)


@pytest.mark.parametrize(
    ("probabilities", "decision"),
    [
        ((0.7, 0.1, 0.1, 0.05, 0.05), Decision.ANSWER),
        ((0.5, 0.1, 0.3, 0.05, 0.05), Decision.OFFER),
        ((0.3, 0.2, 0.3, 0.1, 0.1), Decision.OFFER),
        ((0.1, 0.6, 0.1, 0.1, 0.1), Decision.NONE),
        ((0.1, 0.1, 0.1, 0.1, 0.6), Decision.NONE),
    ],
)
def test_confidence_decides(probabilities: tuple[float, ...], decision: Decision) -> None:
    """An answer needs the bar; an offer needs topics to be likelier than anything else."""
    assert decided(np.array(probabilities), LABELS, BARS).decision is decision


def test_hits_are_topics_best_first_and_no_more_than_five() -> None:
    """The assistant gets at most five, and never a section that is no topic."""
    labels = (*(f"help.t{number}" for number in range(7)), "out_of_scope")
    hits = decided(np.array([0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.72]), labels, BARS).hits
    assert [hit.topic for hit in hits] == ["help.t6", "help.t5", "help.t4", "help.t3", "help.t2"]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def saved(index: Index, folder: Path) -> Path:
    """Save an index and its own model, the latter as sentence-transformers would."""
    assert isinstance(index.vectors, OwnVectors)
    (folder / MODEL).mkdir(parents=True)
    import json

    facts = {"model": {"vocab": dict(index.vectors.rows)}}
    (folder / MODEL / "tokenizer.json").write_text(json.dumps(facts), encoding="utf-8")
    save_file({"embedding.weight": index.vectors.table}, folder / MODEL / "model.safetensors")
    index.save(folder, figures={})
    return folder


def test_an_index_loaded_again_finds_the_same(index: Index, tmp_path: Path) -> None:
    """What is written is all there is to know; nothing of it is pickled."""
    folder = saved(index, tmp_path / "index")
    again = Index.load(folder)
    for text in ("who is my guardian", "le numéro", "hello"):
        told, meant = again.search(text, "fr"), index.search(text, "fr")
        assert [hit.topic for hit in told.hits] == [hit.topic for hit in meant.hits]
        assert [hit.score for hit in told.hits] == pytest.approx([hit.score for hit in meant.hits], abs=1e-3)
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} == {".npz", ".json", ".safetensors"}


@pytest.mark.parametrize("facts", [None, "{", '{"format": 0}'])
def test_a_folder_that_is_no_index_is_refused(tmp_path: Path, facts: str | None) -> None:
    """The remedy is in the message."""
    if facts is not None:
        (tmp_path / "index.json").write_text(facts)
    with pytest.raises(ConfigError, match="kite train search"):
        Index.load(tmp_path)


def test_unknown_words_are_known_to_be_unknown() -> None:
    """The share of pieces seen in training is 1 for an example, and low for another script."""
    model = tiny_index().ngrams
    assert model.judge(grams.grams("who is my guardian"))[1] == 1.0
    assert model.judge(grams.grams("ግዕዝ ፊደል"))[1] < 0.5
    scores, known = model.judge([])
    assert known == 0.0
    assert scores.shape == (5,)


def test_two_labels_are_enough(tmp_path: Path) -> None:
    """A model of two labels has a weight for each, and survives being stored."""
    cut = [grams.grams(text) for text in ("guardian", "my guardian", "lawyer", "a lawyer")]
    model = fitting.fit_ngrams(fitting.counted(cut), np.array([0, 0, 1, 1]))
    model.save(tmp_path / "two.npz")
    scores, _ = Ngrams.load(tmp_path / "two.npz").judge(grams.grams("guardian"))
    assert scores.shape == (2,)
    assert scores[0] > scores[1]
    mixture = fitting.fit_mixture(np.eye(2, dtype=np.float32)[[0, 0, 1, 1]], np.array([0, 0, 1, 1]))
    assert mixture.probabilities(np.array([1, 0], dtype=np.float32))[0] > 0.5


def test_the_nearest_examples_of_a_label_are_its_score() -> None:
    """The mean of the ten nearest, or of all where there are fewer; the order of the examples does not matter."""
    vectors = np.array([[1, 0], [0, 1], [1, 0], [0, 1]] + [[-1, 0]] * 12, dtype=np.float32)
    labels = np.array([0, 1, 0, 0] + [2] * 2 + [1] * 10)
    scores = of_examples(vectors, labels).scores(np.array([1, 0], dtype=np.float32))
    assert scores == pytest.approx([2 / 3, -0.9, -1.0])


def test_the_index_needs_no_torch() -> None:
    """Kite's own model is read without what takes 20 seconds to import."""
    code = "import sys, bot.search.index, bot.search.client; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    roots = {name.split(".")[0] for name in run.stdout.split()}
    assert roots.isdisjoint({"torch", "sentence_transformers", "sklearn", "scipy", "transformers"})
