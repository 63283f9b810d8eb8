"""How the assistant's processes are started."""

import sys
from pathlib import Path

import pytest

from bot.config import Settings
from bot.dialogue import process
from bot.dialogue.action_server import failed

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, assistant_port=6005, actions_port=6055, redis_url="redis://cache/0")


def test_training_and_checking_name_files_that_exist(settings: Settings) -> None:
    """Every path of the project in a command line is there."""
    for line in (process.train_command(ROOT), process.validate_command(ROOT), process.run_command(ROOT, 6005)):
        paths = [Path(part) for part in line if part.startswith(str(ROOT / "bot"))]
        assert len(paths) >= 3
        assert all(path.exists() for path in paths if ".venv" not in path.parts)


def test_the_model_is_written_where_it_is_read(settings: Settings) -> None:
    """Training into a folder and serving from it agree on the model's name."""
    folder = process.model_folder(settings)
    train, run = process.train_command(ROOT, folder), process.run_command(ROOT, 6005, folder)
    assert train[train.index("--out") + 1] == str(folder)
    name = train[train.index("--fixed-model-name") + 1]
    assert run[run.index("--model") + 1] == str(folder / f"{name}.tar.gz")


def test_only_loopback_is_served(settings: Settings) -> None:
    """Neither the assistant nor its HTTP API is reachable from outside."""
    line = process.run_command(ROOT, 6005)
    assert line[line.index("--interface") + 1] == "127.0.0.1"
    assert "--enable-api" not in line
    assert "--cors" not in line


def test_the_environment_passes_on_settings_and_hushes_rasa(settings: Settings) -> None:
    """Ports and Redis come from the settings; telemetry and debug logs (which hold texts) stay off."""
    environment = process.environment(settings.model_copy(update={"log_level": "debug"}), ROOT)
    assert environment["KITE_ACTIONS_PORT"] == "6055"
    assert environment["KITE_REDIS_URL"] == "redis://cache/0"
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"
    assert environment["LOG_LEVEL"] == "INFO"
    assert environment["PYTHONPATH"].split(":") == [str(ROOT / "bot" / "assistant"), str(ROOT)]


def test_the_actions_are_served_from_kites_own_environment() -> None:
    """The action server runs on this Python, the assistant on its own."""
    assert process.actions_command(6055) == [sys.executable, "-m", "bot.dialogue.action_server", "6055"]
    assert process.assistant_python(ROOT) != Path(sys.executable)


def test_a_failing_action_is_told_by_its_kind() -> None:
    """The request, tracker and all, is not sent back."""
    response = failed(None, ValueError("my uncle is called Idris"))  # type: ignore[arg-type]
    assert response.status == 500
    assert response.body == b'{"error":"ValueError"}'
