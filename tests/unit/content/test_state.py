"""Where a text stands in a locale, and what an approval is worth."""

from datetime import date

from bot.content import commands
from bot.content.approvals import Approval, approvals_path, fingerprint, read_approvals, write_approvals
from bot.content.loader import load_content
from bot.content.state import State, is_live, standing, status
from bot.content.texts import Text, texts_of
from tests.unit.content.trees import EMERGENCY, GUARDIAN, TODAY, Tree, french


def text(tree: Tree, place: str) -> Text:
    return next(text for text in texts_of(load_content(tree.content)) if text.place == place)


def test_the_fingerprint_is_of_source_and_translation() -> None:
    """The hash is the SHA-256 of source, NUL and translation: nothing can move from one to the other."""
    expected = "19d0abad29c41aec2d37aa081a7594f3dea6ce8e881c17544c63882d2387695e"
    assert fingerprint("Call 112.", "Appelez le 112.") == expected
    assert fingerprint("ab", "c") != fingerprint("a", "bc")


def test_every_state_has_its_reason(tree: Tree) -> None:
    """Missing, draft, outdated, approved and expired, from the same text."""
    call = text(tree, "help.emergency/teen/call")
    right = Approval(fingerprint(call.source, "Appelez le 112."), "Rita", TODAY)
    wrong = Approval(fingerprint(call.source, "other"), "Rita", TODAY)
    late = date(2027, 11, 22)

    def state(words: str, approval: Approval | None, *, outdated: bool = False, today: date = TODAY) -> State:
        return standing(call, words, approval=approval, today=today, outdated=outdated).state

    assert state("", right) is State.UNTRANSLATED
    assert state("Appelez le 112.", None) is State.DRAFT
    assert state("Appelez le 112.", wrong) is State.DRAFT
    assert state("Appelez le 112.", wrong, outdated=True) is State.OUTDATED
    assert state("Appelez le 112.", right, outdated=True) is State.APPROVED
    assert state("Appelez le 112.", right, today=late) is State.EXPIRED
    assert standing(call, "Appelez le 112.", approval=right, today=late).approved


def test_nothing_critical_is_not_live(tree: Tree) -> None:
    """A tree without safety text cannot be live."""
    assert not is_live([], {})


def test_status_counts_every_text_once(tree: Tree) -> None:
    """English and each locale add up to all texts; without an approval everything is a draft."""
    tree.translate("fr", french, places="help.")
    tree.approve("fr", "help.emergency/title")
    tree.topic({**GUARDIAN, "title": "Who is a guardian?"})
    tree.topic({**EMERGENCY, "label": "Emergency"})
    tree.run(commands.update)
    texts = texts_of(load_content(tree.content))
    counted = status(texts, tree.translations, today=TODAY)
    totals = {locale: {state: sum(row.counts[state] for row in counted.rows if row.locale == locale) for state in State}
              for locale in ("en", "fr")}  # fmt: skip
    assert totals["en"][State.DRAFT] == len(texts)
    assert totals["fr"] == {
        State.APPROVED: 1, State.OUTDATED: 1, State.DRAFT: 14, State.EXPIRED: 0, State.UNTRANSLATED: len(texts) - 16,
    }  # fmt: skip
    assert counted.live == {"en": False, "fr": False}
    assert {(row.group, row.tier) for row in counted.rows if row.locale == "fr"} >= {
        ("help", "teen"),
        ("country", "all"),
    }


def test_a_text_the_po_file_lacks_is_untranslated(tree: Tree) -> None:
    """A PO file behind the content does not count texts it does not have."""
    tree.translate("fr", french)
    tree.topic({**GUARDIAN, "id": "people.lawyer"})
    texts = texts_of(load_content(tree.content))
    rows = [row for row in status(texts, tree.translations, today=TODAY).rows if row.locale == "fr"]
    assert sum(row.counts[State.UNTRANSLATED] for row in rows) == 20


def test_a_locale_is_live_when_all_critical_texts_are_approved(tree: Tree) -> None:
    """One critical text less, and it is not; other texts do not matter."""
    tree.translate("fr", french)
    tree.approve("fr", "help.emergency", "chat.greeting")
    texts = texts_of(load_content(tree.content))
    assert not status(texts, tree.translations, today=TODAY).live["fr"]
    tree.approve("fr", "chat.pulled")
    assert status(texts, tree.translations, today=TODAY).live["fr"]


def test_approvals_are_written_sorted_and_read_back(tree: Tree) -> None:
    """The file is stable, and a name with quotes survives."""
    given = {place: Approval("ab" * 32, 'Rita "R" درّي', TODAY) for place in ("b.x/title", "a.x/title")}
    assert write_approvals(tree.translations, "fr", given)
    assert not write_approvals(tree.translations, "fr", given)
    lines = approvals_path(tree.translations, "fr").read_text(encoding="utf-8").splitlines()
    assert lines[2:] == [
        f'{place}: {{hash: {"ab" * 32}, by: "Rita \\"R\\" درّي", on: 2026-11-21}}'
        for place in ("a.x/title", "b.x/title")
    ]
    assert read_approvals(tree.translations, "fr").by_place == given


def test_no_file_approves_nothing(tree: Tree) -> None:
    """A missing or an empty list of approvals is not an error."""
    assert read_approvals(tree.translations, "fr").by_place == {}
    write_approvals(tree.translations, "fr", {})
    assert read_approvals(tree.translations, "fr") == read_approvals(tree.translations, "so")
