"""What all actions share: details in, one effect out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

Payload = dict[str, object]


@dataclass(frozen=True)
class Asked:
    """What the assistant understood: its intent and the details named in the message."""

    intent: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def asked(tracker: Tracker) -> Asked:
    """Return what the latest message asked for."""
    latest = tracker.latest_message
    details = {found["entity"]: found["value"] for found in latest.get("entities") or ()}
    return Asked(intent=(latest.get("intent") or {}).get("name") or "", details=details)


class EffectAction(Action, ABC):  # type: ignore[misc]  # rasa-sdk ships no types
    """An action that returns one payload and changes nothing itself: actions decide, the worker does."""

    @abstractmethod
    def effect(self, turn: Asked) -> Payload:
        """Return the payload of this turn."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: ARG002
        """Hand the payload to the assistant."""
        dispatcher.utter_message(json_message=self.effect(asked(tracker)))
        return []
