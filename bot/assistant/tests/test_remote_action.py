"""What the action server is sent, and what becomes of its failures."""

import json
from typing import Any, Dict

import pytest
from rasa.core.actions import action
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import ClientResponseError

from components import remote_action
from components.remote_action import LeanRemoteAction

SECRET = "my uncle is called Idris"
AGE = [{"entity": "age", "value": 9}]


class Endpoint:
    """An action server that answers, or fails, as it is told."""

    url = "http://actions"

    def __init__(self, reply: Any) -> None:
        self.kwargs: Dict[str, Any] = {}
        self.reply, self.sent = reply, ""

    async def request(self, **request: Any) -> Any:
        self.sent = json.dumps(request["json"])
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


class Channel:
    """Enough of an output channel."""

    def name(self) -> str:
        return "kite"


async def run(reply: Any) -> Any:
    said = UserUttered(SECRET, {"name": "set_age"}, AGE, metadata={"topic": "x"})
    tracker = DialogueStateTracker.from_events("c1", [UserUttered("before " + SECRET), said])
    endpoint = Endpoint(reply)
    events = await LeanRemoteAction("action_set_tier", endpoint).run(Channel(), None, tracker, Domain.empty())
    return events, endpoint.sent


async def test_the_server_is_sent_intent_and_details_only() -> None:
    """No text, no earlier message and no domain leave the assistant."""
    payload = {"effect": "set_tier", "tier": "young"}
    events, sent = await run({"events": [], "responses": [{"custom": payload}]})
    assert events[0].data["custom"] == payload
    assert "Idris" not in sent
    assert json.loads(sent)["tracker"]["latest_message"] == {"intent": {"name": "set_age"}, "entities": AGE, "text": ""}
    assert json.loads(sent)["domain"] == {}


@pytest.mark.parametrize(
    "reply",
    [
        ClientResponseError(500, "oops", SECRET),
        ClientResponseError(400, "no", "{}"),
        {"events": "none"},
        None,
        ValueError(SECRET),
    ],
)
async def test_a_failure_names_the_action_and_nothing_that_was_sent(reply: Any) -> None:
    """Neither the message nor the chain of causes carries what the server answered."""
    with pytest.raises(RasaException, match="action_set_tier failed") as caught:
        await run(reply)
    assert "Idris" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_rasa_uses_the_lean_call_once_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every custom action of the domain goes through it."""
    monkeypatch.setattr(action, "RemoteAction", action.RemoteAction)
    remote_action.install()
    domain = Domain.from_dict({"actions": ["action_set_tier"]})
    assert isinstance(action.action_for_name_or_text("action_set_tier", domain, None), LeanRemoteAction)
