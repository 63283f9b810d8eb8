"""What the assistant's tests share; they run in the assistant's own environment (see pytest.ini)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest
from rasa.core.agent import Agent
from rasa.shared.core.domain import Domain

from components.channel import parse
from components.tracker_store import BoundedTrackerStore

PROJECT = Path(__file__).parent.parent
TRAINED = PROJECT.parent.parent / "var" / "models" / "assistant" / "kite.tar.gz"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the trained model; train one (about half a minute) where none is newer than the project."""
    sources = [path for part in ("config.yml", "data", "domain", "components") for path in files(PROJECT / part)]
    if TRAINED.exists() and TRAINED.stat().st_mtime > max(path.stat().st_mtime for path in sources):
        return TRAINED
    out = tmp_path_factory.mktemp("model")
    return train(out)


def files(part: Path) -> Iterator[Path]:
    """Yield the files below a part of the project that a model is made from."""
    yield from [part] if part.is_file() else (path for path in part.rglob("*") if path.suffix in {".yml", ".py"})


def train(out: Path) -> Path:
    """Train the project into a folder and return the model."""
    sources = ["--config", "config.yml", "--domain", "domain", "--data", "data"]
    line = [sys.executable, "-m", "rasa", "train", *sources, "--out", str(out), "--fixed-model-name", "kite"]
    environment = {**os.environ, "PYTHONPATH": f"{PROJECT}:{PROJECT.parent.parent}", "RASA_TELEMETRY_ENABLED": "false"}
    environment["RASA_CACHE_DIRECTORY"] = str(out / "cache")
    subprocess.run([*line, "--skip-validation"], cwd=PROJECT, env=environment, check=True, capture_output=True)  # noqa: S603
    return out / "kite.tar.gz"


@pytest.fixture(scope="session")
def agent(model: Path) -> Agent:
    """Return the assistant itself, without a server or actions."""
    return Agent.load(model, tracker_store=BoundedTrackerStore(Domain.empty()))


@pytest.fixture
def say(agent: Agent) -> "Say":
    """Return a way to say something to the assistant."""
    return Say(agent)


class Say:
    """Send one message after the other and see what comes back."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    async def __call__(self, text: str, *, sender: str = "someone", **metadata: object) -> "list[dict[str, object]]":
        """Return the payloads of one turn; whatever the metadata leave out is as in a quiet beginning."""
        message = parse({"sender": sender, "text": text, "metadata": {"decision": "none", "hits": [], **metadata}})
        await self.agent.handle_message(message)
        payloads: "list[dict[str, object]]" = message.output_channel.payloads
        return payloads
