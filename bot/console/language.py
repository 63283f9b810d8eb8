"""The languages of the console's own interface: chosen on the device, read from `console.po`, no build step."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from aiohttp import web
from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from bot.console import keys
from bot.content.locales import LOCALES as KNOWN
from bot.content.locales import SOURCE

COOKIE = "kite_language"
OFFERED = ("en", "fr", "ar", "es")
NAMES = {code: KNOWN[code].name for code in OFFERED}
_current: ContextVar[str] = ContextVar("console_language", default="en")
_folder: ContextVar[Path] = ContextVar("console_translations", default=Path("translations"))


def offered(folder: Path) -> dict[str, str]:
    """Return code and own name of English and of the languages that have a `console.po`."""
    return {code: name for code, name in NAMES.items() if code == SOURCE or _path(folder, code).exists()}


def _path(folder: Path, locale: str) -> Path:
    return folder / locale / "LC_MESSAGES" / "console.po"


def of(request: web.Request) -> str:
    """Return the language of a request: the one chosen on this device, else the browser's, else English."""
    known, chosen = offered(request.app[keys.SETTINGS].translations_dir), request.cookies.get(COOKIE, "")
    if chosen in known:
        return chosen
    accepted = [part.split(";")[0].strip() for part in request.headers.get("Accept-Language", "").split(",")]
    return negotiate_locale([one for one in accepted if one], known, sep="-") or SOURCE


def direction(locale: str) -> str:
    """Return "rtl" or "ltr"."""
    return KNOWN[locale].direction


@contextmanager
def speaking(locale: str, folder: Path) -> Iterator[None]:
    """Let gettext answer in a language within a block."""
    tokens = _current.set(locale), _folder.set(folder)
    try:
        yield
    finally:
        _current.reset(tokens[0])
        _folder.reset(tokens[1])


@cache
def _catalogue(folder: Path, locale: str) -> NullTranslations:
    path = _path(folder, locale)
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return Translations(compiled, domain="console")


def gettext(text: str) -> str:
    """Return a text of the interface in the language of the moment."""
    return _catalogue(_folder.get(), _current.get()).gettext(text) if text else ""


def ngettext(one: str, many: str, number: int) -> str:
    """Return the form of a text that a number asks for."""
    return _catalogue(_folder.get(), _current.get()).ngettext(one, many, number)
