"""Read messages as words, and guess their language."""

from bot.language.guessing import LOCALES, guess, guess_from_lists, load
from bot.language.reading import Token, normalise, read

__all__ = ["LOCALES", "Token", "guess", "guess_from_lists", "load", "normalise", "read"]
