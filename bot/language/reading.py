"""Read a message as words: folded for matching, each with its place in the original text."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.language.disguise import SIGNS, same_script, shorten, single, unmask
from bot.language.folding import SPACE, ZWNJ, fold, is_emoji, script

_STOPS = frozenset(".!?؟۔…;؛:。‼⁉")
_ALWAYS_STOP = frozenset("\n\r؟۔!?‼⁉")
_QUESTIONS = frozenset("?؟⁉")
_SPELLED = 3


@dataclass(frozen=True, slots=True)
class Token:
    """One word or emoji: its folded `text`, where it stands in the original (characters), what came before it.

    `stop` says that a sentence ended before it, `wide` that two or more blanks stood there, `asked` that a question
    mark follows it. `other` is a second spelling to try ("hit" for "hiit", drawn out), or "".
    """

    text: str
    start: int
    end: int
    stop: bool = False
    wide: bool = False
    asked: bool = False
    other: str = ""


@dataclass(slots=True)
class _Raw:
    """The characters of one word while it is being read, each with its place."""

    chars: list[str]
    places: list[int]
    stop: bool
    wide: bool


def read(text: str) -> tuple[Token, ...]:
    """Return the words and emoji of a message in order."""
    words = [token for raw in _split(text) for token in _words(raw)]
    return tuple(_mark_questions(text, _join_spelled(words)))


def normalise(text: str) -> str:
    """Return the message as patterns see it: folded words with one space between; the same when done twice."""
    return SPACE.join(token.text for token in read(text))


def _split(text: str) -> Iterator[_Raw]:
    """Yield words as they stand, with signs that may be letters ("k!ll") still inside."""
    word = _Raw([], [], stop=False, wide=False)
    stop, blanks = False, 0
    for place, char in enumerate(text):
        folded = _fold_at(text, place, char)
        for part in folded:
            if part == SPACE or is_emoji(part):
                if word.chars:
                    yield word
                    word, stop, blanks = _Raw([], [], stop=False, wide=False), False, 0
                if part != SPACE:
                    yield _Raw([part], [place], stop=stop, wide=False)
                    stop, blanks = False, 0
                continue
            if not word.chars:
                word = _Raw([], [], stop=stop, wide=blanks > 1)
            word.chars.append(part)
            word.places.append(place)
        if SPACE in folded:
            blanks += char.isspace()
            stop = stop or _ends_sentence(text, place, char)
    if word.chars:
        yield word


def _fold_at(text: str, place: int, char: str) -> str:
    if char == ZWNJ:
        return SPACE if _script_near(text, place) == "arabic" else ""
    if char in SIGNS and _may_be_letter(text, place):
        return char
    return fold(char)


def _script_near(text: str, place: int) -> str:
    return script(text[place - 1]) if place else ""


def _may_be_letter(text: str, place: int) -> bool:
    """Tell whether a sign has a Latin letter or digit after it: "k!ll", "$ex", but not "stop! " or "5$"."""
    after = text[place + 1 : place + 2]
    return after in SIGNS or script(after or SPACE) == "latin" if after else False


def _ends_sentence(text: str, place: int, char: str) -> bool:
    if char in _ALWAYS_STOP:
        return True
    if char not in _STOPS:
        return False
    after = text[place + 1 : place + 2]
    before = text[place - 1 : place]
    return char != "." or ((not after or after.isspace()) and before != ".")


def _words(raw: _Raw) -> Iterator[Token]:
    """Yield the word with its disguise taken off; signs that were no letters split it."""
    word = shorten(same_script("".join(raw.chars)))
    plain = word if word.isalpha() else unmask(word) or word
    if SIGNS.isdisjoint(plain):
        drawn = same_script("".join(raw.chars))
        other = single(drawn) if plain.isalpha() and single(drawn) != drawn else ""
        yield _token(shorten(plain), raw, other)
        return
    for piece in _pieces(raw):
        yield from _words(piece)


def _token(word: str, raw: _Raw, other: str) -> Token:
    other = (unmask(other) or other) if other else ""
    return Token(word, raw.places[0], raw.places[-1] + 1, raw.stop, raw.wide, other="" if other == word else other)


def _pieces(raw: _Raw) -> Iterator[_Raw]:
    piece = _Raw([], [], raw.stop, raw.wide)
    for char, place in zip(raw.chars, raw.places, strict=True):
        if char not in SIGNS:
            piece.chars.append(char)
            piece.places.append(place)
            continue
        if piece.chars:
            yield piece
        piece = _Raw([], [], stop=char == "!", wide=False)
    if piece.chars:
        yield piece


def _join_spelled(words: list[Token]) -> list[Token]:
    """Join letters that somebody spaced out: "h i t s" and, with wider gaps between words, "h i t s  m e"."""
    out: list[Token] = []
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and _is_letter(words[end]):
            end += 1
        if end - at >= _SPELLED:
            out.extend(_join_run(words[at:end]))
        else:
            out.extend(words[at : max(end, at + 1)])
        at = max(end, at + 1)
    return out


def _is_letter(token: Token) -> bool:
    return len(token.text) == 1 and token.text.isalpha()


def _join_run(run: list[Token]) -> Iterator[Token]:
    parts: list[list[Token]] = []
    for token in run:
        if not parts or token.wide:
            parts.append([])
        parts[-1].append(token)
    if max(len(part) for part in parts) < _SPELLED - 1 or _still_spelled(parts):
        parts = [run]
    for part in parts:
        yield _joined(part)


def _still_spelled(parts: list[list[Token]]) -> bool:
    """Tell whether three single letters would still stand side by side."""
    ones = [len(part) == 1 for part in parts]
    return any(all(ones[at : at + _SPELLED]) for at in range(len(ones) - _SPELLED + 1))


def _joined(part: list[Token]) -> Token:
    if len(part) == 1:
        return part[0]
    spelled = same_script("".join(token.text for token in part))
    word, other = shorten(spelled), single(spelled)
    return replace(part[0], text=word, end=part[-1].end, other="" if other == word else other)


def _mark_questions(text: str, words: list[Token]) -> Iterator[Token]:
    ends = [token.start for token in words[1:]] + [len(text)]
    for token, until in zip(words, ends[-len(words) :] if words else (), strict=True):
        asked = any(char in _QUESTIONS for char in text[token.end : until])
        yield replace(token, asked=True) if asked else token
