"""Say it more simply: one age tier down."""

from actions.effect import Asked, EffectAction, Payload
from bot.model import Tier

SIMPLER = {Tier.ADULT: Tier.TEEN, Tier.TEEN: Tier.MIDDLE, Tier.MIDDLE: Tier.YOUNG}


class Simpler(EffectAction):
    """Set the next younger tier; the youngest is said once more."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_simpler"

    def effect(self, turn: Asked) -> Payload:
        """Return `set_tier` with the younger tier, or `again`."""
        younger = SIMPLER.get(Tier(turn.details.get("tier", Tier.MIDDLE)))
        return {"again": True} if younger is None else {"effect": "set_tier", "tier": younger.value}
