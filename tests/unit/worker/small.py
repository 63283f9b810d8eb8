"""A small content with the real phrases: what a talk says about it changes with no editor's work."""

from pathlib import Path
from shutil import copytree
from typing import Any

from bot.content.catalogue import Catalogue
from bot.worker.voice import Voice
from tests.unit.content.trees import TODAY, Tree

PHRASES = Path(__file__).parents[3] / "content" / "phrases"


def small_tree(folder: Path) -> Tree:
    """Return the tiny tree of the content tests with everything Kite says beside its topics."""
    tree = Tree(folder)
    (tree.content / "phrases" / "chat.yaml").unlink()
    copytree(PHRASES, tree.content / "phrases", dirs_exist_ok=True)
    return tree


def small_voice(tree: Tree, country: str | None = None) -> Voice:
    """Return a voice that speaks from a tree, drafts shown."""
    return Voice(Catalogue.load(tree.content, tree.translations, show_drafts=True, today=TODAY), country)


def with_buttons(topic: dict[str, Any], *buttons: str) -> dict[str, Any]:
    """Return a topic whose tiers all have these buttons."""
    tiers = {tier: {**text, "buttons": list(buttons)} for tier, text in topic["tiers"].items()}
    return {**topic, "tiers": tiers}
