"""Let search and the classifier agree on one intent, inside Rasa's pipeline and after the classifier."""

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.folding import tokens
from components.turn import Heard, choose_intent, facts, known_from


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SearchHits(GraphComponent):
    """Replace the intent and entities of a message by what `turn` decides."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SearchHits":
        """Return the component; it has nothing to load."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Decide each message; one without metadata (a test of the classifier alone) stays as it is."""
        for message in messages:
            if message.get("metadata") is not None:
                _decide(message)
        return messages


def _decide(message: Message) -> None:
    intent = message.get(INTENT) or {}
    heard = Heard(
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        words=len(tokens(message.get(TEXT) or "")),
        details={found["entity"]: found["value"] for found in message.get(ENTITIES, [])},
    )
    known = known_from(message.get("metadata"))
    name = choose_intent(heard, known)
    message.set(INTENT, {"name": name, "confidence": heard.confidence}, add_to_output=True)
    message.set("intent_ranking", [], add_to_output=True)
    message.set(ENTITIES, facts(name, heard, known), add_to_output=True)
