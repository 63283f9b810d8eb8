"""A tiny content tree for every test of the content."""

from pathlib import Path

import pytest

from tests.unit.content.trees import Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Return a fresh, well-formed tree."""
    return Tree(tmp_path)
