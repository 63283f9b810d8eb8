"""Hand the details that a message names to Rasa, as entities."""

from typing import Any, Dict, List, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from components.details import Details, find_details
from components.turn import entity
from components.vocabulary import vocabulary


def entities(details: Details) -> List[Dict[Text, Any]]:
    """Return the details as entities, those that are not named left out."""
    named = {
        "country": details.country,
        "language": details.language,
        "age": details.age,
        "grown_up": details.grown_up or None,
        "step_number": details.step,
        "whole": details.whole or None,
    }
    return [entity(name, value) for name, value in named.items() if value is not None]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class DetailExtractor(GraphComponent):
    """Add what a message names as entities."""

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "DetailExtractor":
        """Return the extractor, with the vocabulary read so that no message waits for it."""
        vocabulary()
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the entities to each message."""
        for message in messages:
            language = (message.get("metadata") or {}).get("language")
            found = find_details(message.get(TEXT) or "", language=language)
            message.set(ENTITIES, entities(found), add_to_output=True)
        return messages
