"""Training the search for real, on a tiny corpus: slow, because it imports torch."""

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
from bot.search import train as command
from bot.search import training, trials, vectors
from bot.search.client import SearchClient
from bot.search.examples import Corpus, Example, read_corpus
from bot.search.grams import grams
from bot.search.index import MODEL, Index
from tests.unit.content.trees import Tree
from tests.unit.search.corpora import QUESTIONS, write_tree

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
    assert set(facts["figures"]) == {"ngrams", "embeddings", "hybrid"}
    assert set(facts["figures"]["hybrid"]) == {"en", "fr", "all"}


def test_nothing_is_pickled(trained: Path) -> None:
    """What is loaded can hold no code."""
    kinds = {path.suffix for path in trained.rglob("*") if path.is_file()}
    assert kinds <= {".npz", ".json", ".safetensors", ".md"}


def test_own_model_is_read_as_sentence_transformers_reads_it(trained: Path) -> None:
    """The quick reading without torch and the library's give the same vectors."""
    from sentence_transformers import SentenceTransformer

    texts = ["who is my guardian", "numéro d'urgence", "something quite different 123"]
    library = SentenceTransformer(str(trained / MODEL), device="cpu")
    theirs = library.encode([" ".join(grams(text)) for text in texts], normalize_embeddings=True)
    ours = np.stack([vectors.OwnVectors.load(trained / MODEL).one(text, grams(text)) for text in texts])
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_texts_of_a_topic_lie_nearer_than_others(trained: Path) -> None:
    """The model was trained: a question is nearer to one of its own topic than to one of another."""
    own = vectors.OwnVectors.load(trained / MODEL)
    one, same, other = (own.one("", grams(text)) for text in ("my guardian", "what is a guardian", "emergency phone"))
    assert one @ same > one @ other


def test_another_model_takes_the_place_of_our_own(
    tree: Tree, other_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By path or name, with everything calibrated anew; the environment names it too."""
    monkeypatch.setenv("KITE_EMBEDDING_MODEL", str(other_model))
    out = tmp_path / "search"
    line = ["--content", str(tree.content), "--translations", str(tree.translations), "--out", str(out)]
    assert command.main(line) == 0
    index = Index.load(out)
    assert index.embedding == str(other_model.resolve())
    assert index.neighbours.vectors.shape[1] == 24
    assert not (out / MODEL).exists()
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
    assert any(line.startswith("hybrid all") for line in told)
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


def test_without_translations_and_topics_questions_are_enough() -> None:
    """A new project has example questions before it has anything else."""
    sets = [
        (topic, language, text) for topic, some in QUESTIONS.items() for language in some for text in some[language]
    ]
    lines = [Example(text, topic, language) for topic, language, text in sets]
    corpus = Corpus(tuple(lines))
    tried = trials.try_vectors(trials.prepare(corpus), vectors.OWN)
    assert tried.scores.shape == (len(lines), len(corpus.labels))
    assert np.abs(tried.scores).max() <= 1 + 1e-5


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
