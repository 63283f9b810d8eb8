"""Both walks, from the first step to the last, with a stop in the middle and the page opened anew."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.content.loader import load_content
from tests.browser.test_main_job import child, say
from tests.processes import App
from tests.unit.safety.tiny import CONTENT

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STOP_AT = 4


def tap(page: Page, payload: str) -> None:
    page.locator(f"[data-payload='{payload}']").last.click()


def stands_at(page: Page, number: int, total: int) -> None:
    """Expect that the last answer says which step it is."""
    expect(page.locator("li.kite").last).to_contain_text(re.compile(rf"\b{number} of {total}\b"), timeout=10_000)


@pytest.mark.parametrize("tier", ["young", "teen"])
@pytest.mark.parametrize("walk", ["family.steps", "return.steps"])
def test_a_walk_is_walked_to_its_end_with_a_stop_in_between(chromium: Browser, app: App, walk: str, tier: str) -> None:
    """Every step says where the child is; stopping loses nothing; one step back is possible; the end says so."""
    total = len(load_content(CONTENT).topics[walk].steps)
    page, errors = child(chromium, app, "en")
    tap(page, f"tier:{tier}")
    tap(page, f"group:{walk.partition('.')[0]}")
    tap(page, f"topic:{walk}")
    for number in range(1, STOP_AT + 1):
        stands_at(page, number, total)
        if number < STOP_AT:
            tap(page, "walk:next")
    tap(page, "walk:stop")
    expect(page.locator("li.kite").last).not_to_contain_text(f"{STOP_AT} of {total}")
    page.reload()
    expect(page.locator("#text")).to_be_enabled()
    say(page, "continue")
    stands_at(page, STOP_AT, total)
    tap(page, "walk:back")
    stands_at(page, STOP_AT - 1, total)
    for number in range(STOP_AT, total + 1):
        tap(page, "walk:next")
        stands_at(page, number, total)
    assert page.locator("li.kite").last.locator("[data-payload='walk:next']").count() == 0
    assert errors == []
