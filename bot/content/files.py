"""Small helpers around files: names as people see them, and writes that are whole or not there."""

import os
import tempfile
from pathlib import Path


def shown_name(path: Path, root: Path) -> str:
    """Return `path` relative to the folder that holds `root`, with forward slashes.

    The name is the same on every machine, so that templates and reports do not change with the checkout.
    """
    base = root.resolve().parent
    resolved = path.resolve()
    return resolved.relative_to(base).as_posix() if resolved.is_relative_to(base) else path.as_posix()


def write_whole(path: Path, data: bytes) -> bool:
    """Write `data` so that a reader sees the old file or the new one, never a half; return False if nothing changed."""
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return True
