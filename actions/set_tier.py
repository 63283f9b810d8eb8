"""Change the age tier."""

from actions.effect import Asked, EffectAction, Payload
from bot.model import Tier

FIRST_YEARS = ((18, Tier.ADULT), (14, Tier.TEEN), (10, Tier.MIDDLE), (0, Tier.YOUNG))


def tier_of(age: int) -> Tier:
    """Return the tier for an age in years; those under six read with the youngest."""
    return next(tier for first, tier in FIRST_YEARS if age >= first)


class SetTier(EffectAction):
    """Set the tier for the age that was said; without one, let the person choose."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_set_tier"

    def effect(self, turn: Asked) -> Payload:
        """Return `set_tier` with its tier, or `choose_tier`."""
        age = turn.details.get("age")
        if turn.details.get("grown_up"):
            return {"effect": "set_tier", "tier": Tier.ADULT.value}
        return {"effect": "choose_tier"} if age is None else {"effect": "set_tier", "tier": tier_of(int(age)).value}
