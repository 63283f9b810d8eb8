"""Rasa's logistic regression, kept as plain arrays.

Rasa's own keeps it with skops, whose import takes longer than the rest of the start together, and copies the whole
weight matrix for every message.
"""

from typing import Any, Dict, List, Text

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message
from scipy.special import softmax

FILE = "weights.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ArrayIntentClassifier(LogisticRegressionClassifier):
    """Give each message its likeliest intent with a probability."""

    weights: "np.ndarray[Any, np.dtype[np.float64]]"  # (features, intents)
    bias: "np.ndarray[Any, np.dtype[np.float64]]"  # (intents,)
    intents: List[Text]

    def _take(self, weights: Any, bias: Any, intents: Any) -> None:
        self.weights, self.bias, self.intents = np.ascontiguousarray(weights), bias, [str(name) for name in intents]

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the intent of each message and the ranking behind it."""
        scores = softmax(self._create_X(messages) @ self.weights + self.bias, axis=1)
        for message, row in zip(messages, scores, strict=True):
            order = np.argsort(row)[::-1][: self.config["ranking_length"]]
            ranking = [{"name": self.intents[i], "confidence": float(row[i])} for i in order]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def persist(self) -> None:
        """Write the trained weights."""
        self._take(self.clf.coef_.T, self.clf.intercept_, self.clf.classes_)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / FILE, weights=self.weights, bias=self.bias, intents=np.array(self.intents))

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ArrayIntentClassifier":
        """Return the trained classifier; raise ValueError when it was not trained."""
        classifier = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            kept = np.load(folder / FILE)
            classifier._take(kept["weights"], kept["bias"], kept["intents"])
        return classifier
