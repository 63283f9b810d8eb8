"""Take a wrong sentence or number out of every locale with one action, and put it back when it is right."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from bot.content.errors import ContentError
from bot.content.files import write_whole
from bot.content.loader import read_content, read_pulled
from bot.content.schema import Pull
from bot.content.texts import BUTTON_GROUPS, PULLED_PHRASE, texts_of

_HEAD = """\
# What was taken out of every locale, written by `kite content pull`. A place is a topic, a phrase, a msgctxt, or a
# number such as country.de/helpline; people read "ask a person" instead.
"""


def pull(content_dir: Path, place: str, *, by: str, why: str, on: date) -> bool:
    """Take `place` out; return False if it was out already. A running Kite follows within seconds.

    Raise ContentError if `pulled.yaml` is broken, KeyError if `place` names nothing that can be taken out: words on
    buttons and `chat.pulled` itself hold every talk together and have to be mended instead.
    """
    pulled = _pulled(content_dir)
    if place not in _places(content_dir) or not can_be_pulled(place):
        raise KeyError(place)
    if any(before.place == place for before in pulled):
        return False
    return _write(content_dir, (*pulled, Pull(place=place, by=by, on=on, why=why)))


def restore(content_dir: Path, place: str) -> bool:
    """Put `place` back; return False if it was not out. Raise ContentError if `pulled.yaml` is broken."""
    pulled = _pulled(content_dir)
    kept = [before for before in pulled if before.place != place]
    return len(kept) < len(pulled) and _write(content_dir, kept)


def can_be_pulled(place: str) -> bool:
    """Tell whether there is something to show in place of it."""
    return place != PULLED_PHRASE and place.partition(".")[0] not in BUTTON_GROUPS


def _pulled(content_dir: Path) -> tuple[Pull, ...]:
    pulled, findings = read_pulled(content_dir)
    if findings:
        raise ContentError(findings)
    return pulled


def _places(content_dir: Path) -> frozenset[str]:
    """Return every place that can be pulled: msgctxts, and whatever they lie in."""
    content, _ = read_content(content_dir)
    parts = (text.place.split("/") for text in texts_of(content))
    return frozenset("/".join(part[:end]) for part in parts for end in range(1, len(part) + 1))


def _write(content_dir: Path, pulled: Iterable[Pull]) -> bool:
    lines = [
        f"  - {{place: {entry.place}, by: {_quoted(entry.by)}, on: {entry.on or 'null'}, why: {_quoted(entry.why)}}}\n"
        for entry in sorted(pulled, key=lambda entry: entry.place)
    ]
    body = "".join(["pulled:\n", *lines]) if lines else "pulled: []\n"
    return write_whole(content_dir / "pulled.yaml", (_HEAD + body).encode())


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)
