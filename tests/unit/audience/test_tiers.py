"""Age tiers."""

import pytest

from bot.audience import ages_of, is_child, tier_for_age
from bot.model import Tier


@pytest.mark.parametrize(
    ("age", "tier"),
    [
        (0, Tier.YOUNG), (5, Tier.YOUNG), (6, Tier.YOUNG), (9, Tier.YOUNG),
        (10, Tier.MIDDLE), (13, Tier.MIDDLE), (14, Tier.TEEN), (17, Tier.TEEN), (18, Tier.ADULT), (90, Tier.ADULT),
    ],
)  # fmt: skip
def test_every_age_has_its_tier(age: int, tier: Tier) -> None:
    """Ages fall into the tiers of the design; the youngest read the youngest texts."""
    assert tier_for_age(age) is tier


@pytest.mark.parametrize("age", [-1, 131, 1000])
def test_nobody_has_such_an_age(age: int) -> None:
    """An age nobody has is refused."""
    with pytest.raises(ValueError, match=str(age)):
        tier_for_age(age)


def test_tiers_share_no_age_and_leave_none_out() -> None:
    """Each age belongs to exactly one tier, and every tier says which."""
    ages = [age for tier in Tier for age in ages_of(tier)]
    assert sorted(ages) == list(range(131))
    assert [is_child(tier) for tier in Tier] == [True, True, True, False]
