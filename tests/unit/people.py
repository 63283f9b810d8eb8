"""People for tests."""

from typing import Any

from bot.model import Channel, Conversation, Tier


def somebody(**changes: Any) -> Conversation:
    """Return a conversation of somebody, changed as told."""
    values: dict[str, Any] = {
        "id": "0" * 32,
        "channel": Channel.WEB,
        "endpoint": "web",
        "language": "en",
        "language_chosen": True,
        "tier": Tier.MIDDLE,
        "tier_chosen": True,
        "greeted": True,
    }
    return Conversation(**{**values, **changes})
