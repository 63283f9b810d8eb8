"""Give the numbers to call."""

from actions.effect import Asked, EffectAction, Payload


class Numbers(EffectAction):
    """Ask for the numbers of the country that was named, or of the one the conversation knows."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_numbers"

    def effect(self, turn: Asked) -> Payload:
        """Return `numbers` with an ISO code in lower case, or None when no country was named."""
        return {"effect": "numbers", "country": turn.details.get("country")}
