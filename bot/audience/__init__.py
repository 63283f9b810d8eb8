"""Age tiers: which variant of the content a person of some age gets."""

from bot.model import Tier

__all__ = ["ADULT_FROM", "MIDDLE_FROM", "TEEN_FROM", "ages_of", "is_child", "tier_for_age"]

MIDDLE_FROM, TEEN_FROM, ADULT_FROM = 10, 14, 18
_OLDEST = 130
_AGES = {
    Tier.YOUNG: range(MIDDLE_FROM),
    Tier.MIDDLE: range(MIDDLE_FROM, TEEN_FROM),
    Tier.TEEN: range(TEEN_FROM, ADULT_FROM),
    Tier.ADULT: range(ADULT_FROM, _OLDEST + 1),
}


def tier_for_age(age: int) -> Tier:
    """Return the tier for an age in whole years; children under six get the youngest texts.

    Raise ValueError for an age nobody has.
    """
    for tier, ages in _AGES.items():
        if age in ages:
            return tier
    raise ValueError(f"{age} is not an age in years (0 to {_OLDEST}).")


def ages_of(tier: Tier) -> range:
    """Return the ages in years that a tier serves."""
    return _AGES[tier]


def is_child(tier: Tier) -> bool:
    """Tell whether a tier is for people under eighteen."""
    return tier is not Tier.ADULT
