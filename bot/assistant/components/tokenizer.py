"""Give the featurizers folded words, in training and at run time alike."""

from typing import Any, Dict, List, Text

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from components.folding import tokens


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class FoldingTokenizer(Tokenizer):
    """Split a message into folded words."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        """Return the settings that Rasa's tokenizers share."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        """Return at least one token: a text without any word is the word "_"."""
        words = tokens(message.get(attribute))
        return self._convert_words_to_tokens(words, " ".join(words)) or [Token("_", 0)]
