"""Change the language of the conversation."""

from actions.effect import Asked, EffectAction, Payload


class SetLanguage(EffectAction):
    """Set the language that was named; without a name, let the person choose."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_set_language"

    def effect(self, turn: Asked) -> Payload:
        """Return `set_language` with its locale code, or `choose_language`."""
        language = turn.details.get("language")
        return {"effect": "set_language", "language": language} if language else {"effect": "choose_language"}
