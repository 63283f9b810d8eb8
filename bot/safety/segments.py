"""Cut a message into the pieces that are judged one by one, so that what stands around a disclosure cannot hide it."""

from collections.abc import Sequence

from bot.language import Token
from bot.language.folding import is_emoji

Piece = tuple[int, int]
"""First word and past the last word of a piece."""

_TOGETHER = 3
_MANY = 24
_LONG = 24
_WINDOW = 16
_STEP = 6


def sentences(tokens: Sequence[Token]) -> list[Piece]:
    """Return the sentences of a message without the emoji at their ends; emoji end a sentence too."""
    starts = [at for at in range(len(tokens)) if at == 0 or _begins(tokens, at)]
    cut = (_bare(tokens, start, end) for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True))
    return [(start, end) for start, end in cut if start < end]


def _bare(tokens: Sequence[Token], start: int, end: int) -> Piece:
    while start < end and is_emoji(tokens[start].text[0]):
        start += 1
    while start < end and is_emoji(tokens[end - 1].text[0]):
        end -= 1
    return start, end


def _begins(tokens: Sequence[Token], at: int) -> bool:
    """Tell whether a sentence begins at a word that is not the first."""
    return tokens[at].stop or (is_emoji(tokens[at - 1].text[0]) and not is_emoji(tokens[at].text[0]))


def pieces(tokens: Sequence[Token]) -> list[Piece]:
    """Return the pieces to judge: sentences, up to three neighbours together, windows of long ones, the whole.

    A message of very many sentences is judged sentence by sentence.
    """
    single = sentences(tokens)
    found: dict[Piece, None] = dict.fromkeys(single)
    for at in range(len(single) if len(single) <= _MANY else 0):
        for past in range(at + 1, min(at + _TOGETHER, len(single)) + 1):
            found[single[at][0], single[past - 1][1]] = None
    for start, end in single:
        if end - start > _LONG:
            found.update(dict.fromkeys(_windows(start, end)))
    if tokens:
        found[0, len(tokens)] = None
    return list(found)


def _windows(start: int, end: int) -> list[Piece]:
    starts = [*range(start, end - _WINDOW, _STEP), end - _WINDOW]
    return [(at, at + _WINDOW) for at in starts]


def place_of(tokens: Sequence[Token], start: int, end: int) -> Piece:
    """Return the words that characters start..end of the text touch."""
    first = next(at for at, token in enumerate(tokens) if token.end > start)
    past = next((at for at, token in enumerate(tokens) if token.start >= end), len(tokens))
    return first, past


def around(tokens: Sequence[Token], first: int, past: int, *, reach: int = 14) -> Piece:
    """Return the sentence or sentences that hold the words first..past, at most `reach` words either way.

    This is where an `unless` counts: an idiom in another sentence spares nothing.
    """
    start = first
    while start > max(0, first - reach) and not _begins(tokens, start):
        start -= 1
    end = past
    while end < min(len(tokens), past + reach) and not _begins(tokens, end):
        end += 1
    return start, end
