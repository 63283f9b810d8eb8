"""Write and read the compiled translations: the file the worker serves from.

Unlike Babel and msgfmt this writes drafts too (their state is known from PO and approvals), never writes a source text
in place of a missing translation, and is whole or not there.
"""

import struct
from collections.abc import Mapping
from pathlib import Path

import polib

from bot.content.files import write_whole
from bot.content.po import Translations, mo_path


def compiled(translations: Translations) -> bytes:
    """Return the MO file of a locale: every entry that has a translation, drafts included, plurals left out."""
    po = polib.POFile()
    po.metadata = {
        "Project-Id-Version": "Kite",
        "Language": translations.locale,
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    for entry in translations.entries.values():
        if entry.text and not entry.plural:
            po.append(polib.POEntry(msgctxt=entry.place, msgid=entry.source, msgstr=entry.text))
    data: bytes = po.to_binary()
    return data


def write_mo(translations_dir: Path, translations: Translations) -> bool:
    """Write the compiled file beside the PO file; return False if it was the same already."""
    return write_whole(mo_path(translations_dir, translations.locale), compiled(translations))


def read_mo(path: Path) -> Mapping[str, tuple[str, str]]:
    """Return source and translation by place; {} if the file is missing.

    Raise ValueError if it is not a compiled file.
    """
    if not path.is_file():
        return {}
    try:
        return {entry.msgctxt or "": (entry.msgid, entry.msgstr) for entry in polib.mofile(str(path))}
    except (OSError, ValueError, struct.error) as error:
        raise ValueError(f"{path.name} is not a compiled translation") from error
