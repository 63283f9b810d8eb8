"""Call the action server with what an action needs and no more.

Rasa's own call sends the whole conversation and the domain, checks the schema of the reply's schema on every call
(three quarters of the time of such a turn), waits five minutes, and on an error logs what the server sent back.
"""

from typing import Any, Dict, List, Text

from jsonschema import Draft7Validator
from rasa.core.actions import action
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.exceptions import RasaException

_REPLY = Draft7Validator(RemoteAction.action_response_format_spec())


class LeanRemoteAction(RemoteAction):
    """Send the intent and the details of the latest message; never its text, earlier messages or the domain."""

    def _action_call_format(self, tracker: Any, domain: Any) -> Dict[Text, Any]:
        latest = tracker.latest_message
        message = {"intent": {"name": latest.intent_name}, "entities": latest.entities, "text": ""}
        state = {"sender_id": tracker.sender_id, "latest_message": message, "slots": {}, "events": []}
        return {"next_action": self._name, "sender_id": tracker.sender_id, "tracker": state, "domain": {}}

    def _validate_action_result(self, result: Dict[Text, Any]) -> bool:
        if not _REPLY.is_valid(result):
            raise RasaException("the action server's reply is not of the agreed form")
        return True

    async def run(self, *args: Any, **kwargs: Any) -> List[Event]:
        """Return the action's events; raise RasaException with the kind of the failure and nothing that was sent."""
        try:
            events: List[Event] = await super().run(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 -- the cause carries the request, so only its kind goes on
            raise RasaException(f"{self.name()} failed: {type(error).__name__}") from None
        return events


def install() -> None:
    """Make Rasa use the lean call for every custom action."""
    action.RemoteAction = LeanRemoteAction
