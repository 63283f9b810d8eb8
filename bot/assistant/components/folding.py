"""The words of a message as all of Kite reads them: one folding for patterns, search and the assistant.

`bot.language` runs on Kite's Python and on the assistant's older one; a test here holds it to that.
"""

from typing import List

from bot.language.reading import normalise


def tokens(text: str) -> List[str]:
    """Return the folded words and emoji of `text`; none when there is nothing in it."""
    return normalise(text).split()
