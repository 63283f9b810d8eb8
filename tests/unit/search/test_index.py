"""Finding topics with a trained index, and the decision that confidence allows."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ConfigError
from bot.model import Decision, Hits
from bot.search import fitting, voices
from bot.search.confidence import Bars, decided
from bot.search.grams import read
from bot.search.index import Index
from bot.search.labels import OUTSIDE
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


def test_an_index_loaded_again_finds_the_same(index: Index, tmp_path: Path) -> None:
    """What is written is all there is to know; nothing of it is pickled."""
    index.save(tmp_path, figures={})
    again = Index.load(tmp_path)
    for text in ("who is my guardian", "le numéro", "hello"):
        assert again.search(text, "fr") == index.search(text, "fr")
    assert {path.suffix for path in tmp_path.iterdir()} == {".npy", ".npz", ".json", ".txt"}


@pytest.mark.parametrize("facts", [None, "{", '{"format": 0}'])
def test_a_folder_that_is_no_index_is_refused(tmp_path: Path, facts: str | None) -> None:
    """The remedy is in the message."""
    if facts is not None:
        (tmp_path / "index.json").write_text(facts)
    with pytest.raises(ConfigError, match="kite train search"):
        Index.load(tmp_path)


def test_words_never_seen_say_nothing(index: Index) -> None:
    """They move no score: what is left is how often each label is asked for."""
    nothing = index.voices.bias.mean(axis=0)
    assert index.voices.judge(read("ግዕዝ ፊደል")) != pytest.approx(nothing)  # how long it is was seen
    assert index.voices.judge(read("")) == pytest.approx(nothing)


def test_a_small_table_keeps_its_numbers() -> None:
    """Whole numbers and a spread stand for each row to within half a percent of its largest number."""
    table = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32) * np.logspace(-4, 4, 20)[:, None]
    small, spread = voices.shrunk(table.astype(np.float32))
    assert np.abs(small * spread[:, None] - table).max(axis=1) / np.abs(table).max(axis=1) == pytest.approx(
        0, abs=0.005
    )
    assert voices.shrunk(np.zeros((1, 8), dtype=np.float32))[0].tolist() == [[0] * 8]


def test_the_likelier_opinion_weighs_more() -> None:
    """Scores that tell the truth count, those of chance do not, and sure ones are believed no more than they deserve."""
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 600)
    told = np.where(random.random(600) < 0.9, truth, random.integers(0, 3, 600))
    knows = 10 * np.eye(3, dtype=np.float32)[told]
    guesses = random.normal(size=(600, 3)).astype(np.float32)
    mixture = fitting.fit_mixture([knows, guesses], truth)
    assert mixture.weights[0] > 5 * mixture.weights[1]
    assert mixture.probabilities([knows, guesses]).max(axis=1).mean() == pytest.approx(0.93, abs=0.03)


def test_the_index_needs_no_torch() -> None:
    """Kite's own model is read without what takes 20 seconds to import."""
    code = "import sys, bot.search.index, bot.search.client; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    roots = {name.split(".")[0] for name in run.stdout.split()}
    assert roots.isdisjoint({"torch", "sentence_transformers", "sklearn", "scipy", "transformers"})
