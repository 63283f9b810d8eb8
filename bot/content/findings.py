"""What a check found wrong, told so that an editor can mend it without asking."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: an error fails `kite content check`, a notice is work still to do."""

    ERROR = "error"
    NOTICE = "notice"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that is wrong with the content or a translation.

    `file` is relative to the folder that holds `content/` and `translations/`, `line` counts from 1, `place` is the
    msgctxt or id meant ("" for a whole file), `problem` says what is wrong and `remedy` what to do.
    """

    check: str
    file: str
    line: int
    place: str
    problem: str
    remedy: str
    level: Level = Level.ERROR

    def __str__(self) -> str:
        where = f" {self.place}:" if self.place else ""
        return f"{self.file}:{self.line}: [{self.check}]{where} {self.problem} -> {self.remedy}"


def sort_key(finding: Finding) -> tuple[str, int, str, str]:
    """Return the key that puts findings in the order an editor walks through files."""
    return (finding.file, finding.line, finding.check, finding.place)
