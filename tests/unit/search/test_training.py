"""Training the search for real, on a tiny corpus; slow where another model makes it import torch."""

import asyncio
import json
import shutil
import sys
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from aiohttp.test_utils import unused_port

from bot.errors import ConfigError, ContentError
from bot.processes import Command, start, stop
from bot.search import lessons, training, trials
from bot.search import train as command
from bot.search.client import SearchClient
from bot.search.examples import Corpus, Example, read_corpus
from bot.search.grams import read
from bot.search.index import Index
from tests.unit.content.trees import Tree
from tests.unit.search.corpora import QUESTIONS, tiny_corpus, write_tree

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),  # the first import of sentence-transformers takes half a minute
    pytest.mark.filterwarnings("default"),  # of libraries we do not write
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    return write_tree(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def trained(tree: Tree) -> Path:
    """Return an index with Kite's own model, trained by the command as a process does."""
    out = tree.root / "models" / "search"
    line = ["--content", str(tree.content), "--translations", str(tree.translations), "--out", str(out)]
    assert command.main([*line, "--model", ""]) == 0
    return out


@pytest.fixture(scope="module")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a second sentence-transformers model, of whole words."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = sorted(
        {word for topic in QUESTIONS.values() for lines in topic.values() for x in lines for word in x.split()}
    )
    tokenizer = Tokenizer(models.WordLevel({"?": 0} | {word: n for n, word in enumerate(words, 1)}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    table = np.random.default_rng(0).normal(size=(len(words) + 1, 24)).astype(np.float32)
    folder = tmp_path_factory.mktemp("other") / "words-model"
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=table)], device="cpu").save(str(folder))
    return folder


def test_what_was_trained_finds_topics(trained: Path) -> None:
    """Words of the examples lead to their topic, and the figures are kept for people to read."""
    index = Index.load(trained)
    assert index.search("who is the guardian of my brother", "en").hits[0].topic == "people.guardian"
    assert index.search("numéro de la police", "fr").hits[0].topic == "help.emergency"
    facts = json.loads((trained / "index.json").read_text())
    assert set(facts["figures"]) == {"own"}
    assert set(facts["figures"]["own"]) == {"en", "fr", "all"}


def test_nothing_is_pickled(trained: Path) -> None:
    """What is loaded can hold no code."""
    kinds = {path.suffix for path in trained.rglob("*") if path.is_file()}
    assert kinds <= {".npy", ".npz", ".json", ".txt"}


def test_a_sentence_model_gives_a_second_opinion(
    tree: Tree, other_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By path or name, calibrated together with our own; the environment names it too."""
    monkeypatch.setenv("KITE_EMBEDDING_MODEL", str(other_model))
    out = tmp_path / "search"
    line = ["--content", str(tree.content), "--translations", str(tree.translations), "--out", str(out)]
    assert command.main(line) == 0
    index = Index.load(out)
    assert index.embedding == str(other_model.resolve())
    assert index.second is not None
    assert index.second.head.weights.shape == (24, len(index.labels))
    assert len(index.mixture.weights) == 2
    figures = json.loads((out / "index.json").read_text())["figures"]
    assert set(figures) == {"own", "sentences", "both"}
    assert index.search("who is my guardian", "en").hits[0].topic == "people.guardian"


def test_a_model_that_is_not_there_is_refused(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the model and the remedy, and what was trained before stays."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "search").mkdir()
    with pytest.raises(ConfigError, match="nobody/nothing"):
        training.train(tree.content, tree.translations, tmp_path / "search", model="nobody/nothing", tell=print)
    assert [path.name for path in tmp_path.iterdir()] == ["search"]


def test_training_again_replaces_the_index_in_one_go(tree: Tree, trained: Path, tmp_path: Path) -> None:
    """No half of an old index stays, and the same corpus gives the same answers."""
    out = tmp_path / "search"
    shutil.copytree(trained, out)
    (out / "left-over.txt").write_text("old")
    told: list[str] = []
    training.train(tree.content, tree.translations, out, tell=told.append)
    assert not (out / "left-over.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["search"]
    assert any(line.startswith("own all") for line in told)
    mine, theirs = Index.load(out), Index.load(trained)
    assert (
        mine.search("who is my guardian", "en").hits[0].topic == theirs.search("who is my guardian", "en").hits[0].topic
    )


def test_a_topic_with_too_few_questions_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It could not be held out; the command says so in one line and leaves with 1."""
    tree = write_tree(tmp_path)
    tree.write("questions/en/few.txt", "[people.lawyer]\nwhat is a lawyer\n")
    line = ["--content", str(tree.content), "--translations", str(tree.translations), "--out", str(tmp_path / "out")]
    assert command.main(line) == 1
    assert "people.lawyer" in capsys.readouterr().err


def test_every_question_is_judged_by_voices_that_did_not_learn_it() -> None:
    """Judged by those that did, nearly all would be right; without its like, a question is found now and then."""
    corpus = tiny_corpus()
    material = trials.prepare(corpus)
    trial = trials.try_voices(material)
    assert trial.scores.shape == (len(corpus.questions), len(corpus.labels))
    seen = np.stack([trial.model.judge(read(question.text)) for question in corpus.questions])
    learned, judged = ((scores.argmax(axis=1) == material.truth).mean() for scores in (seen, trial.scores))
    assert learned > 0.9
    assert 0.2 < judged < learned


def test_the_same_questions_make_the_same_voices() -> None:
    """However the threads take turns."""
    one, other = (trials.try_voices(trials.prepare(tiny_corpus())) for _ in range(2))
    np.testing.assert_array_equal(one.model.table, other.model.table)
    np.testing.assert_array_equal(one.scores, other.scores)


def test_a_message_read_alone_counts_as_it_does_among_others() -> None:
    """Pieces times units are the pieces of the message; rare ones are left out."""
    texts = [question.text for question in tiny_corpus().questions]
    numbers = lessons.read_lessons([read(text) for text in texts])
    counted = (numbers.units @ numbers.pieces).toarray()
    for text, row in zip(texts, counted, strict=True):
        pieces = [piece for unit in read(text).units for piece in unit]
        assert {name: row[at] for name, at in numbers.rows.items() if row[at]} == {
            piece: pieces.count(piece) for piece in pieces if piece in numbers.rows
        }
    assert "=mother" not in numbers.rows
    assert "=guardian" in numbers.rows


def test_every_topic_and_language_is_spread_over_the_folds(tree: Tree) -> None:
    """Each round holds out some of every topic, and every question once."""
    material = trials.prepare(read_corpus(tree.content, tree.translations))
    for number in range(trials.FOLDS):
        assert set(material.truth[material.fold == number]) == set(range(len(material.labels)))


def test_too_few_questions_are_an_error_of_the_content() -> None:
    """Every topic that has too few is told at once."""
    corpus = Corpus((Example("a", "a.b", "en"), Example("b", "a.c", "en")))
    with pytest.raises(ContentError) as caught:
        trials.prepare(corpus)
    assert len(caught.value.findings) == 2


async def test_the_process_serves_what_was_trained(trained: Path, tmp_path: Path) -> None:
    """Started as the worker starts it, it answers within seconds and keeps to little memory."""
    port = unused_port()
    line = [sys.executable, "-m", "bot.search.server", "--port", str(port), "--index", str(trained)]
    process = await start(Command("search", line), tmp_path)
    try:
        async with aiohttp.ClientSession() as session:
            await asyncio.wait_for(_until_ready(session, port), 30)
            hits = await SearchClient(session, f"http://127.0.0.1:{port}").search("who is my guardian", "en")
        status = Path(f"/proc/{process.pid}/status").read_text()
    finally:
        await stop(process)
    assert hits.hits[0].topic == "people.guardian"
    resident = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
    assert resident < 200_000  # kB: torch alone would take twice that
    assert "guardian" not in (tmp_path / "search.log").read_text()


async def _until_ready(session: aiohttp.ClientSession, port: int) -> None:
    while True:
        try:
            async with session.get(f"http://127.0.0.1:{port}/health") as health:
                if health.status == 200:
                    return
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.05)
