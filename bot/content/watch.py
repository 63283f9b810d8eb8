"""Keep the newest good catalogue in a running process.

`refresh()` looks at times and sizes of files only, so it can be called every second or two; it is plain blocking code
and belongs into a thread of an asyncio process. A broken file never takes words away: the old catalogue stays, less
what was pulled.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.content.approvals import approvals_path
from bot.content.catalogue import Catalogue
from bot.content.errors import ContentError
from bot.content.loader import read_pulled
from bot.content.locales import SOURCE
from bot.content.po import locales_in, mo_path, po_path
from bot.model import Clock

Signature = tuple[tuple[str, int, int, int], ...]
_FOLDERS = ("topics", "phrases", "countries")
_FILES = ("glossary.yaml", "pulled.yaml", "order.yaml", "exceptions.yaml")


class LiveCatalogue:
    """Hold the current catalogue; `current` may be read from any thread and is swapped in one step.

    The first load raises ContentError. `on_error` is called once for each broken state of the files, `error` is the
    present one or None.
    """

    def __init__(
        self,
        content_dir: Path,
        translations_dir: Path,
        *,
        show_drafts: bool,
        clock: Clock,
        on_error: Callable[[ContentError], None] | None = None,
    ) -> None:
        self._dirs = (content_dir, translations_dir)
        self._show_drafts = show_drafts
        self._clock = clock
        self._on_error = on_error
        self._seen = self._state()
        self.error: ContentError | None = None
        self.current = self._load()

    def refresh(self) -> bool:
        """Load again if a file or the day has changed; return True if `current` is a new catalogue now."""
        state = self._state()
        if state == self._seen:
            return False
        self._seen = state
        try:
            self.current = self._still_speaking(self._load())
        except ContentError as error:
            self._keep(error)
            return False
        self.error = None
        return True

    def _keep(self, error: ContentError) -> None:
        """Keep the old catalogue, but let no broken file stop a pull."""
        pulled, _ = read_pulled(self._dirs[0])
        self.current = self.current.pulling(frozenset(pull.place for pull in pulled))
        self.error = error
        if self._on_error is not None:
            self._on_error(error)

    def _still_speaking(self, fresh: Catalogue) -> Catalogue:
        """Return the new catalogue; raise ContentError when it would leave Kite without any language."""
        if self.current.locales and not fresh.locales:
            raise ContentError(["no language is live any more: approve the critical texts that changed"])
        return fresh

    def _load(self) -> Catalogue:
        return Catalogue.load(*self._dirs, show_drafts=self._show_drafts, today=self._clock().date())

    def _state(self) -> tuple[object, Signature]:
        return self._clock().date(), tuple(sorted(_stats(*self._dirs)))


def _stats(content_dir: Path, translations_dir: Path) -> Iterator[tuple[str, int, int, int]]:
    for folder in _FOLDERS:
        yield from _below(content_dir / folder)
    single = [content_dir / name for name in _FILES]
    for locale in {SOURCE, *locales_in(translations_dir)}:
        single += [reach(translations_dir, locale) for reach in (po_path, mo_path, approvals_path)]
    for path in single:
        try:
            yield _stat(str(path), path.stat())
        except FileNotFoundError:
            continue


def _below(folder: Path) -> Iterator[tuple[str, int, int, int]]:
    """Yield the state of each YAML file below a folder; one that vanishes meanwhile is simply not there."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    yield from _below(Path(entry.path))
                elif entry.name.endswith(".yaml"):
                    yield _stat(entry.path, entry.stat())
    except FileNotFoundError:
        return


def _stat(name: str, found: os.stat_result) -> tuple[str, int, int, int]:
    return name, found.st_mtime_ns, found.st_size, found.st_ino
