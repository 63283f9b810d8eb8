"""Tiny content trees on disk, whole and well-formed until a test breaks something."""

import io
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from bot.content import commands
from bot.content.catalogue import Catalogue
from bot.content.checks import read_scope, run_checks
from bot.content.files import write_whole
from bot.content.findings import Finding
from bot.content.loader import load_content
from bot.content.po import canonical, open_po, po_path, set_draft
from bot.model import Tier

TODAY = date(2026, 11, 21)

CHECK: dict[str, Any] = {
    "question": "Who is on your side?",
    "answers": [
        {"id": "nobody", "label": "Nobody", "feedback": "Not quite. A guardian is on your side."},
        {"id": "guardian", "label": "The guardian", "right": True, "feedback": "Yes. A guardian is on your side."},
    ],
}


def with_check(tier: Tier) -> dict[str, Any]:
    """Return the check question of a tier that has one."""
    return {"check": deepcopy(CHECK)} if tier in (Tier.YOUNG, Tier.MIDDLE) else {}


GUARDIAN: dict[str, Any] = {
    "id": "people.guardian",
    "title": "What is a guardian?",
    "label": "A guardian",
    "sources": [{"seed": "001", "note": "legal guardian"}, {"law": "CRC 20"}],
    "notes": "Guardian: an adult for a child alone.",
    "tiers": {
        tier.value: {
            "messages": [
                {"id": "what", "text": f"A guardian is on your side, {tier}."},
                {"id": "cost", "text": "You pay 0 euros."},
            ],
            "buttons": ["family.steps", "help.emergency"],
            **with_check(tier),
        }
        for tier in Tier
    },
}
EMERGENCY: dict[str, Any] = {
    "id": "help.emergency",
    "critical": True,
    "title": "Emergency numbers",
    "label": "Numbers",
    "sources": [{"law": "Directive (EU) 2018/1972"}],
    "expires": "2027-11-21",
    "tiers": {
        tier.value: {
            "messages": [{"id": "call", "text": "Call 112."}],
            "buttons": ["people.guardian"],
            **with_check(tier),
        }
        for tier in Tier
    },
}
STEPS: dict[str, Any] = {
    "id": "family.steps",
    "kind": "steps",
    "title": "Step by step",
    "label": "The steps",
    "sources": [{"law": "CRC 10"}],
    "tiers": {
        tier.value: {
            "steps": [
                {
                    "id": "tell",
                    "title": "Tell an adult",
                    "label": "Tell",
                    "messages": [{"id": "do", "text": "Tell an adult you trust."}],
                    "buttons": ["people.guardian"],
                },
                {
                    "id": "wait",
                    "title": "Wait",
                    "label": "Wait",
                    "messages": [{"id": "how", "text": "Wait for the answer."}],
                },
                {
                    "id": "meet",
                    "title": "Meet",
                    "label": "Meet",
                    "messages": [{"id": "day", "text": "Meet your family."}],
                },
            ],
            **with_check(tier),
        }
        for tier in Tier
    },
}
PHRASES: dict[str, Any] = {
    "phrases": [
        {"id": "chat.pulled", "critical": True, "note": "Instead of a wrong text.", "text": "Please ask a person."},
        {"id": "chat.menu_group", "text": "{group}: choose a question."},
        {"id": "chat.greeting", "critical": True, "tiers": {tier.value: f"Hello, {tier}." for tier in Tier}},
        {"id": "button.next", "text": "Next"},
    ]
}
GERMANY: dict[str, Any] = {
    "iso": "de",
    "name": "Germany",
    "numbers": [
        {
            "id": "emergency",
            "number": "112",
            "label": "Emergency",
            "hours": "day and night",
            "free": True,
            "source": "Directive (EU) 2018/1972",
            "checked": "2026-11-21",
        },
        {"id": "helpline", "number": "116 111", "label": "Helpline", "source": "The operator", "checked": "2026-11-20"},
    ],
    "host": True,
    "reporting_duty": None,
}
OVERLAY: dict[str, Any] = {
    "topic": "people.guardian",
    "instead": "cost",
    "id": "free",
    "text": "In Germany you pay nothing.",
    "source": "Law 1, section 2",
    "checked": "2026-11-21",
}


WORD: dict[str, Any] = {
    "id": "lawyer",
    "term": "lawyer",
    "also": ["lawyers"],
    "define": {tier.value: "A lawyer speaks for you." for tier in Tier},
    "topic": "people.guardian",
}


def germany(*overlays: dict[str, Any]) -> dict[str, Any]:
    """Return Germany with overlays."""
    return {**GERMANY, "overlays": list(overlays)}


class Tree:
    """A project folder with `content/` and `translations/` that a test can break."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.content = root / "content"
        self.translations = root / "translations"
        self.topic(GUARDIAN)
        self.topic(EMERGENCY)
        self.topic(STEPS)
        self.yaml("phrases/chat.yaml", PHRASES)
        self.yaml("countries/de.yaml", GERMANY)

    def write(self, name: str, text: str) -> Path:
        """Write a file below the content."""
        path = self.content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def yaml(self, name: str, value: object) -> Path:
        """Write a value as YAML below the content."""
        return self.write(name, yaml.safe_dump(value, sort_keys=False, allow_unicode=True))

    def topic(self, topic: Mapping[str, Any]) -> Path:
        """Write a topic into its file."""
        return self.yaml(f"topics/{str(topic['id']).replace('.', '/')}.yaml", topic)

    def change(self, base: Mapping[str, Any], name: str, edit: Callable[[dict[str, Any]], object]) -> None:
        """Write a copy of a document that `edit` has changed in place."""
        copy = deepcopy(dict(base))
        edit(copy)
        self.yaml(name, copy)

    def translate(self, locale: str, words: Callable[[str], str], places: str = "") -> None:
        """Make a locale's PO file and fill it with drafts (those whose place begins with `places`)."""
        self.run(commands.update, locales=[locale])
        path = po_path(self.translations, locale)
        po = open_po(path)
        for entry in po:
            if entry.msgctxt.startswith(places):
                set_draft(entry, words(entry.msgid))
        write_whole(path, canonical(po))

    def edit_po(self, locale: str, old: str, new: str) -> None:
        """Replace a piece of a PO file by hand."""
        path = po_path(self.translations, locale)
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def po(self, locale: str) -> str:
        """Return a locale's PO file as text."""
        return po_path(self.translations, locale).read_text(encoding="utf-8")

    def run(self, command: Callable[..., int], *args: object, **options: Any) -> tuple[int, str]:
        """Run a command of the content over this tree; return its code and what it printed."""
        console = Console(file=io.StringIO(), width=160)
        folders = (self.content,) if command in NO_TRANSLATIONS else (self.content, self.translations)
        if command in NEED_TODAY:
            options.setdefault("today", TODAY)
        code = command(*folders, *args, console=console, **options)
        assert isinstance(console.file, io.StringIO)
        return code, console.file.getvalue()

    def compile(self, *locales: str) -> tuple[int, str]:
        """Compile locales, all if none is named."""
        return self.run(commands.compile_locales, locales=locales)

    def approve(self, locale: str, *places: str, by: str = "Rita Reviewer") -> tuple[int, str]:
        """Approve places, all if none is named."""
        return self.run(commands.approve, locale=locale, by=by, places=places or ("*",))

    def load(self, *, show_drafts: bool = True, today: date = TODAY) -> Catalogue:
        """Load the tree as the worker does."""
        return Catalogue.load(self.content, self.translations, show_drafts=show_drafts, today=today)

    def findings(self, *, today: date = TODAY) -> tuple[Finding, ...]:
        """Return what the checks find."""
        return run_checks(read_scope(load_content(self.content), self.translations, today=today))


NO_TRANSLATIONS = {commands.sources, commands.report, commands.pull, commands.restore}
NEED_TODAY = {commands.check, commands.compile_locales, commands.status, commands.approve, commands.pull}


def french(source: str) -> str:
    """Return a stand-in for a French translation: other words, the same numbers and placeholders."""
    return f"{source} (fr)"


def arabic(source: str) -> str:
    """Return a stand-in for an Arabic translation with the numbers and placeholders of the source."""
    kept = [word.strip(".,:?!") for word in source.split() if any(map(str.isdigit, word)) or "{" in word]
    return " ".join(["نص", *kept, "هنا"]) + f" {'ب' * (1 + sum(map(ord, source)) % 7)}"
