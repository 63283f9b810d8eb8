"""Read a YAML file as plain values that still know their lines.

Scalars follow YAML 1.2 (`on:` and `no` are words, not booleans) and dates stay text: the schema reads them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import yaml

from bot.content.findings import Finding

Step = str | int
Plain = str | int | bool | list["Plain"] | dict[str, "Plain"] | None
_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_WORDS: Mapping[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_DEEPEST = 24


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value was read: its file, and the line of each path inside it, relative to `prefix`."""

    file: str = ""
    lines: Mapping[tuple[Step, ...], int] = field(default_factory=dict, repr=False)
    prefix: tuple[Step, ...] = ()

    def line(self, *path: Step) -> int:
        """Return the line of `path`, or of its nearest parent that has one; 1 if none has."""
        full = (*self.prefix, *path)
        known = (self.lines[full[:end]] for end in range(len(full), -1, -1) if full[:end] in self.lines)
        return next(known, 1)

    def below(self, *path: Step) -> "Origin":
        """Return the origin of the value at `path`."""
        return Origin(self.file, self.lines, (*self.prefix, *path))


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file: its plain value, where it came from, and what was wrong with it as YAML."""

    value: Plain
    origin: Origin
    findings: tuple[Finding, ...] = ()


def read_yaml(path: Path, name: str) -> Document:
    """Read one file; `name` is how findings call it. Broken YAML gives a document with findings and no value."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (OSError, UnicodeDecodeError) as error:
        return _broken(name, 1, str(error), "save the file as UTF-8 text")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        return _broken(name, mark.line + 1 if mark else 1, problem, "mend the YAML around this line")
    except yaml.YAMLError as error:
        return _broken(name, 1, " ".join(str(error).split()), "mend the YAML")
    walk = _Walk(name)
    try:
        value = walk.plain(node, ()) if node is not None else None
    except RecursionError:
        return _broken(name, 1, "is nested too deep", "do not let an anchor hold itself")
    return Document(value, Origin(name, MappingProxyType(walk.lines)), tuple(walk.findings))


def _broken(name: str, line: int, problem: str, remedy: str) -> Document:
    finding = Finding(check="yaml", file=name, line=line, place="", problem=problem, remedy=remedy)
    return Document(None, Origin(name), (finding,))


class _Walk:
    """Turn nodes into plain values, noting lines and doubled keys on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[tuple[Step, ...], int] = {}
        self.findings: list[Finding] = []

    def plain(self, node: yaml.Node, path: tuple[Step, ...]) -> Plain:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if len(path) > _DEEPEST:
            raise RecursionError
        if isinstance(node, yaml.MappingNode):
            return {key: self.plain(child, (*path, key)) for key, child in self._pairs(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*path, index)) for index, child in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return _scalar(str(node.value), plain=node.style in (None, ""))

    def _pairs(self, node: yaml.MappingNode, path: tuple[Step, ...]) -> Iterator[tuple[str, yaml.Node]]:
        seen: set[str] = set()
        for key_node, child in node.value:
            key = str(key_node.value)
            if key in seen:
                self._doubled(key_node, path, key)
            seen.add(key)
            self.lines[(*path, key)] = key_node.start_mark.line + 1
            yield key, child

    def _doubled(self, node: yaml.Node, path: tuple[Step, ...], key: str) -> None:
        finding = Finding(
            check="yaml", file=self.name, line=node.start_mark.line + 1, place=".".join(map(str, path)),
            problem=f"the key {key!r} is there twice", remedy="keep one of them",
        )  # fmt: skip
        self.findings.append(finding)


def _scalar(text: str, *, plain: bool) -> Plain:
    if plain and text in _WORDS:
        return _WORDS[text]
    return int(text) if plain and _INTEGER.fullmatch(text) else text
