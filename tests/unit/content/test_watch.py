"""A running process follows the files, and no broken file takes words away."""

import os
import threading
import time

import pytest

from bot.content import ContentError, LiveCatalogue, NotAvailable, Reason
from bot.model import Tier
from tests.conftest import FakeClock
from tests.unit.content.trees import GUARDIAN, Tree, french

SECONDS = 5.0
"""How long a change may take until people read it."""


def live(tree: Tree, clock: FakeClock, errors: list[ContentError] | None = None) -> LiveCatalogue:
    told = [] if errors is None else errors
    return LiveCatalogue(tree.content, tree.translations, show_drafts=True, clock=clock, on_error=told.append)


def title(catalogue: LiveCatalogue, locale: str = "en") -> str:
    return catalogue.current.title("people.guardian", locale)


def test_nothing_is_read_again_while_nothing_changes(tree: Tree, clock: FakeClock) -> None:
    """The poll leaves the catalogue as it is."""
    catalogue = live(tree, clock)
    before = catalogue.current
    assert not catalogue.refresh()
    assert catalogue.current is before


def test_a_changed_text_is_served(tree: Tree, clock: FakeClock) -> None:
    """A new sentence of an editor is there at the next look."""
    catalogue = live(tree, clock)
    tree.topic({**GUARDIAN, "title": "Who is a guardian?"})
    assert catalogue.refresh()
    assert title(catalogue) == "Who is a guardian?"


def test_a_translation_is_served_when_it_is_compiled(tree: Tree, clock: FakeClock) -> None:
    """Editing the PO file changes nothing for people; compiling does."""
    tree.translate("fr", french)
    tree.compile("fr")
    catalogue = live(tree, clock)
    assert title(catalogue, "fr") == "What is a guardian? (fr)"
    tree.edit_po("fr", "What is a guardian? (fr)", "Un tuteur, qui est-ce ?")
    catalogue.refresh()
    assert title(catalogue, "fr") == "What is a guardian? (fr)"
    tree.compile("fr")
    assert catalogue.refresh()
    assert title(catalogue, "fr") == "Un tuteur, qui est-ce ?"


def test_a_compiled_translation_reaches_a_running_process_in_time(tree: Tree, clock: FakeClock) -> None:
    """With a look every second in a thread, the words change within five seconds."""
    tree.translate("fr", french)
    tree.compile("fr")
    catalogue = live(tree, clock)
    done = threading.Event()

    def poll() -> None:
        while not done.wait(1.0):
            catalogue.refresh()

    thread = threading.Thread(target=poll)
    thread.start()
    try:
        tree.edit_po("fr", "What is a guardian? (fr)", "Un tuteur, qui est-ce ?")
        tree.compile("fr")
        began = time.monotonic()
        while title(catalogue, "fr") != "Un tuteur, qui est-ce ?" and time.monotonic() - began < SECONDS:
            time.sleep(0.02)
        assert title(catalogue, "fr") == "Un tuteur, qui est-ce ?"
    finally:
        done.set()
        thread.join()


def test_an_approval_and_a_new_locale_are_seen(tree: Tree, clock: FakeClock) -> None:
    """Approvals change what may be shown; a first PO file brings a locale."""
    catalogue = live(tree, clock)
    tree.translate("fr", french)
    tree.compile("fr")
    assert catalogue.refresh()
    assert catalogue.current.locales == ("en", "fr")
    tree.approve("fr")
    tree.compile("fr")
    assert catalogue.refresh()
    assert catalogue.current.live("fr")


def test_a_broken_file_keeps_the_old_words_and_is_told_once(tree: Tree, clock: FakeClock) -> None:
    """People read on; the error is reported once, and gone when the file is mended."""
    errors: list[ContentError] = []
    catalogue = live(tree, clock, errors)
    tree.write("topics/people/guardian.yaml", "id: [\n")
    assert not catalogue.refresh()
    assert not catalogue.refresh()
    assert title(catalogue) == "What is a guardian?"
    assert len(errors) == 1
    assert catalogue.error is errors[0]
    assert "guardian.yaml:2: [yaml]" in str(errors[0])
    tree.topic(GUARDIAN)
    assert catalogue.refresh()
    assert catalogue.error is None


def test_without_anybody_to_tell_the_error_is_kept(tree: Tree, clock: FakeClock) -> None:
    """The callback may be left out."""
    catalogue = LiveCatalogue(tree.content, tree.translations, show_drafts=True, clock=clock)
    tree.write("order.yaml", "order: 5\n")
    assert not catalogue.refresh()
    assert catalogue.error is not None


def test_a_pull_is_obeyed_while_another_file_is_broken(tree: Tree, clock: FakeClock) -> None:
    """A wrong number goes at once, whatever an editor is in the middle of."""
    catalogue = live(tree, clock)
    tree.write("phrases/chat.yaml", "phrases: [\n")
    tree.write("pulled.yaml", "pulled: [people.guardian]\n")
    assert not catalogue.refresh()
    with pytest.raises(NotAvailable) as caught:
        catalogue.current.answer("people.guardian", locale="en", tier=Tier.TEEN)
    assert caught.value.reason is Reason.PULLED
    assert catalogue.current.answer("help.emergency", locale="en", tier=Tier.TEEN)


def test_the_day_changes_what_may_be_shown(tree: Tree, clock: FakeClock) -> None:
    """At midnight an expired text goes, without any file having changed."""
    tree.topic({**GUARDIAN, "expires": clock().date().isoformat()})
    catalogue = live(tree, clock)
    assert catalogue.current.answer("people.guardian", locale="en", tier=Tier.TEEN)
    clock.forward(days=1)
    assert catalogue.refresh()
    with pytest.raises(NotAvailable, match="expired"):
        catalogue.current.answer("people.guardian", locale="en", tier=Tier.TEEN)


def test_a_change_within_the_same_tick_is_seen(tree: Tree, clock: FakeClock) -> None:
    """A file of the same size and time that was put in place of another is a change."""
    path = tree.write("order.yaml", "order: [people.guardian]\n")
    os.utime(path, ns=(1, 1))
    catalogue = live(tree, clock)
    new = tree.write("new.yaml", "order: [help.emergency ]\n")
    os.utime(new, ns=(1, 1))
    new.replace(path)
    assert catalogue.refresh()


def test_a_first_load_that_fails_is_an_error(tree: Tree, clock: FakeClock) -> None:
    """A process does not start without words."""
    tree.write("phrases/chat.yaml", "phrases: [\n")
    with pytest.raises(ContentError):
        live(tree, clock)


def test_a_folder_that_is_missing_holds_nothing(tree: Tree, clock: FakeClock) -> None:
    """A tree without countries is watched all the same."""
    (tree.content / "countries/de.yaml").unlink()
    (tree.content / "countries").rmdir()
    catalogue = live(tree, clock)
    assert not catalogue.refresh()
    assert catalogue.current.numbers("de") == ()
