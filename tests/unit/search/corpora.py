"""A tiny corpus about three topics in two languages, and an index made of it in a second."""

from pathlib import Path

from bot.search import fitting, trials
from bot.search.confidence import Bars
from bot.search.examples import Corpus, Example
from bot.search.index import Index
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


def tiny_corpus() -> Corpus:
    """Return the questions alone, as a new project has them before it has anything else."""
    return Corpus(
        tuple(
            Example(text, topic, language)
            for topic, lines in QUESTIONS.items()
            for language, some in lines.items()
            for text in some
        )
    )


def tiny_index() -> Index:
    """Return an index over the tiny corpus."""
    material = trials.prepare(tiny_corpus())
    trial = trials.try_voices(material)
    return Index(
        labels=material.labels,
        embedding="",
        voices=trial.model,
        second=None,
        mixture=fitting.fit_mixture([trial.scores], material.truth),
        bars=Bars(answer=0.6, offer=0.5),
    )
