"""Note the country a person says they are in."""

from actions.effect import Asked, EffectAction, Payload


class SetCountry(EffectAction):
    """Set the country that was named; without a name, show the numbers, where Kite asks for the country."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_set_country"

    def effect(self, turn: Asked) -> Payload:
        """Return `set_country` with its ISO code in lower case, or `numbers` of no country."""
        country = turn.details.get("country")
        return {"effect": "set_country" if country else "numbers", "country": country}
