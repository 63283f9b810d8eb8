"""A tiny corpus about three topics in two languages, and an index made of it in a second, without torch."""

from pathlib import Path

import numpy as np

from bot.search import fitting, grams
from bot.search.confidence import Bars, features
from bot.search.index import Index
from bot.search.neighbours import of_examples
from bot.search.vectors import OWN, OwnVectors
from tests.unit.content.trees import Tree

QUESTIONS = {
    "people.guardian": {
        "en": ["what is a guardian", "who is my guardian", "do i need a guardian", "is the guardian my friend",
               "guardian meaning please", "can i change my guardian"],
        "fr": ["c'est quoi un tuteur", "mon tuteur fait quoi", "qui est mon tuteur", "je veux changer de tuteur"],
    },
    "help.emergency": {
        "en": ["what is the emergency number", "who do i call in an emergency", "number of the police",
               "which number for an ambulance", "emergency phone", "fire brigade number"],
        "fr": ["numéro d'urgence", "appeler la police quel numéro", "numéro de l'ambulance", "urgence téléphone"],
    },
    "family.steps": {
        "en": ["how do i bring my mother here", "steps to be with my family", "what happens after we ask for my family",
               "family reunion step by step", "how long until my family comes", "first step for my family"],
        "fr": ["les étapes pour ma famille", "comment faire venir ma famille", "étape par étape la famille",
               "ma famille vient quand"],
    },
    "out_of_scope": {
        "en": ["who won the match", "what is the weather", "recipe for rice", "tell me the bitcoin price"],
        "fr": ["qui a gagné le match", "météo demain", "recette du riz", "prix du bitcoin"],
    },
    "small_talk": {
        "en": ["hello", "thanks a lot", "how are you", "bye"],
        "fr": ["salut", "merci beaucoup", "ça va", "à demain"],
    },
}  # fmt: skip


def write_tree(root: Path) -> Tree:
    """Write the corpus, with topics and a French translation, and return its tree."""
    tree = Tree(root)
    for language in ("en", "fr"):
        sections = [f"[{topic}]\n" + "\n".join(lines[language]) for topic, lines in QUESTIONS.items()]
        tree.write(f"questions/{language}/all.txt", "# Examples.\n" + "\n\n".join(sections) + "\n")
    tree.translate("fr", lambda source: f"phrase {source}")
    return tree


def tiny_index() -> Index:
    """Return an index over the tiny corpus whose embedding is a table of random rows."""
    texts = [(text, topic) for topic, lines in QUESTIONS.items() for some in lines.values() for text in some]
    labels = tuple(sorted(QUESTIONS))
    truth = np.array([labels.index(topic) for _, topic in texts])
    messages = [grams.read(text) for text, _ in texts]
    ngrams = fitting.fit_ngrams(fitting.counted([message.pieces for message in messages]), truth)
    names = sorted({piece for message in messages for piece in message.pieces})
    table = np.random.default_rng(0).normal(size=(len(names), 16)).astype(np.float32)
    vectors = OwnVectors({name: row for row, name in enumerate(names)}, table)
    encoded = np.stack([vectors.one("", message.pieces) for message in messages])
    neighbours = of_examples(encoded, truth)
    judged = [ngrams.judge(message.pieces) for message in messages]
    rows = features(
        np.stack([scores for scores, _ in judged]),
        np.stack([neighbours.scores(vector) for vector in encoded]),
        np.array([known for _, known in judged], dtype=np.float32),
        np.array([message.words for message in messages], dtype=np.float32),
    )
    return Index(
        labels=labels,
        embedding=OWN,
        ngrams=ngrams,
        vectors=vectors,
        neighbours=neighbours,
        mixture=fitting.fit_mixture(rows, truth),
        bars=Bars(answer=0.6, offer=0.5),
    )
