"""How the assistant and the action server are trained, checked and started: command lines and environments only."""

import sys
from pathlib import Path

from bot.config import Settings

MODEL_NAME = "kite"


def assistant_folder(root: Path) -> Path:
    """Return the folder of the Rasa project."""
    return root / "bot" / "assistant"


def assistant_python(root: Path) -> Path:
    """Return the interpreter of the assistant's own environment."""
    return assistant_folder(root) / ".venv" / "bin" / "python"


def model_folder(settings: Settings) -> Path:
    """Return where the assistant's trained model lies."""
    return settings.model_dir / "assistant"


def _rasa(root: Path, *arguments: str | Path) -> list[str]:
    return [str(assistant_python(root)), "-m", "rasa", *map(str, arguments)]


def train_command(root: Path, models: Path | None = None) -> list[str]:
    """Return the command that trains the assistant into `models` (var/models/assistant under `root` by default)."""
    folder, out = assistant_folder(root), models or root / "var" / "models" / "assistant"
    sources = ("--config", folder / "config.yml", "--domain", folder / "domain", "--data", folder / "data")
    options = ("--skip-validation", "--fixed-model-name", MODEL_NAME)  # `validate_command` is a check of its own
    return _rasa(root, "train", *sources, "--out", out.absolute(), *options)


def validate_command(root: Path) -> list[str]:
    """Return the command that checks the assistant's data and fails on any warning."""
    folder = assistant_folder(root)
    sources = ("--config", folder / "config.yml", "--domain", folder / "domain", "--data", folder / "data")
    return _rasa(root, "data", "validate", "--fail-on-warnings", *sources)


def run_command(root: Path, port: int, models: Path | None = None) -> list[str]:
    """Return the command that serves the assistant on loopback; its action server is named by `environment`."""
    folder, out = assistant_folder(root), models or root / "var" / "models" / "assistant"
    model = (out / f"{MODEL_NAME}.tar.gz").absolute()
    places = ("--endpoints", folder / "endpoints.yml", "--credentials", folder / "credentials.yml")
    return _rasa(root, "run", "--interface", "127.0.0.1", "--port", str(port), "--model", model, *places)


def actions_command(port: int) -> list[str]:
    """Return the command that serves the actions on loopback, from Kite's own environment."""
    return [sys.executable, "-m", "bot.dialogue.action_server", str(port)]


def environment(settings: Settings, root: Path | None = None) -> dict[str, str]:
    """Return what the assistant's process needs in its environment, for training and for serving."""
    folder = root or Path.cwd()
    cache = (settings.data_dir / "cache").absolute()
    return {
        "PYTHONPATH": f"{assistant_folder(folder)}:{folder}",
        "PYTHONDONTWRITEBYTECODE": "",  # without bytecode the start takes three times as long
        "PYTHONWARNINGS": "ignore",
        "KITE_ACTIONS_PORT": str(settings.actions_port),
        "KITE_REDIS_URL": settings.redis_url,
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(cache / "rasa"),
        "MPLCONFIGDIR": str(cache / "matplotlib"),
        "LOG_LEVEL": settings.log_level.upper() if settings.log_level != "debug" else "INFO",  # debug logs texts
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "SANIC_WORKERS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
