"""A tiny content folder and a classifier trained on it, once for all tests of the screen."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.safety import Screen
from bot.safety.report import Report
from bot.safety.training import train
from tests.unit.safety import tiny

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write(tmp_path_factory.mktemp("content"))


@pytest.fixture(scope="session")
def trained(content: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    path = tmp_path_factory.mktemp("models") / "safety.npz"
    return path, train(content, path, extras=False)


@pytest.fixture(scope="session")
def screen(content: Path, trained: tuple[Path, Report]) -> Screen:
    return Screen.load(content_dir=content, model_path=trained[0])


@pytest.fixture(scope="session")
def patterns_alone(content: Path) -> Screen:
    return Screen.load(content_dir=content, model_path=None)


@pytest.fixture
def now() -> datetime:
    return NOW
