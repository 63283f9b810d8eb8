"""The safety screen: whether a message tells of harm, of which, and how urgent it is."""

from bot.safety.screen import Screen

__all__ = ["Screen"]
