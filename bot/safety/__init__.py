"""The safety screen: does a message tell of harm, which, and how urgent is it?"""

from bot.safety.screen import Screen

__all__ = ["Screen"]
