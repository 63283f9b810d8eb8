"""The main job in a real browser: a child on the phone, a caseworker at a desk."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.processes import App

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "a long enough password"
PHONE = {"width": 390, "height": 844}
HARM = {
    "en": "someone in the centre hits me",
    "ar": "في واحد بالمركز بيضربني",
    "fa": "یک نفر در مرکز مرا می‌زند",
    "fr": "quelqu'un au centre me frappe",
}
NAMES = {"en": "English", "ar": "العربية", "fa": "دری / فارسی", "fr": "Français"}
NEUTRAL_BUTTONS = 2


@pytest.fixture(scope="session")
def desk(chromium: Browser, app: App) -> Page:
    """Return the page of the first admin, signed up through the one-time link that `kite up` printed."""
    found = re.search(r"/welcome/(\S+)", app.log.read_text())
    assert found
    page = chromium.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{app.console_url}/welcome/{found.group(1)}")
    page.fill("input[name=name]", "Amina")
    page.fill("input[name=email]", "amina@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=again]", PASSWORD)
    page.click("button.main")
    expect(page.locator("h1")).to_have_text("Queue")
    return page


def child(chromium: Browser, app: App, language: str, **options: object) -> tuple[Page, list[str]]:
    """Open the web chat on a phone and choose a language; return the page and the errors of its console."""
    page = chromium.new_context(viewport=PHONE, **options).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(app.url)
    page.get_by_role("button", name=NAMES[language], exact=True).click()
    expect(page.locator(".choices button")).to_have_count(5)
    return page, errors


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.keyboard.press("Enter")


def test_a_question_in_arabic_at_the_young_tier_is_answered_in_arabic(chromium: Browser, app: App) -> None:
    """A child asks what a guardian is; the page turns right to left and the answer is Arabic."""
    page, errors = child(chromium, app, "ar")
    page.locator("[data-payload='tier:young']").click()
    expect(page.locator("[data-payload='group:rights']")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    say(page, "شو يعني وصي")
    expect(page.locator("li.kite").last.locator(".bubble").first).to_contain_text(
        re.compile("وصي|الوصي"), timeout=15_000
    )
    assert errors == []


@pytest.mark.parametrize("language", HARM)
def test_a_disclosure_reaches_the_console_within_a_second_and_the_reply_the_child(
    chromium: Browser, app: App, desk: Page, language: str
) -> None:
    """In each language: the case shows live, is claimed and answered, and the child reads the reply."""
    desk.goto(app.console_url)
    before = desk.locator("[data-item]").count()
    page, errors = child(chromium, app, language)
    page.locator("[data-payload='tier:middle']").click()
    expect(page.locator("[data-payload='group:rights']")).to_be_visible()
    say(page, HARM[language])
    expect(desk.locator("[data-item]")).to_have_count(before + 1, timeout=5_000)
    expect(page.locator(".choices button")).to_have_count(NEUTRAL_BUTTONS)
    desk.locator(
        "[data-item]", has_text={"en": "English", "ar": "Arabic", "fa": "Persian", "fr": "French"}[language]
    ).first.click()
    expect(desk.locator("#talk")).to_contain_text(HARM[language])
    desk.locator("#claim button").click()
    desk.fill("#reply-text", f"I am here ({language}).")
    desk.keyboard.press("Control+Enter")
    expect(page.locator("li.person .bubble")).to_have_text(f"I am here ({language}).", timeout=12_000)
    expect(desk.locator(".talk .staff .state")).to_have_text("delivered", timeout=12_000)
    assert errors == []


def test_leaving_quickly_clears_the_page(chromium: Browser, app: App) -> None:
    """Escape twice leaves for a neutral site; nothing of the talk stays on the device."""
    page, _ = child(chromium, app, "en")
    page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="elsewhere"))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("https://www.wikipedia.org/**")
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "kite_chat"]


def test_a_bad_line_loses_nothing_and_doubles_nothing(chromium: Browser, app: App) -> None:
    """What was typed offline is sent once the line is back, once."""
    page, _ = child(chromium, app, "en")
    page.locator("[data-payload='tier:skip']").click()
    expect(page.locator("[data-payload='group:rights']")).to_be_visible()
    page.context.set_offline(True)
    say(page, "what is a guardian")
    expect(page.locator("#state")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("li.kite").last).to_contain_text("guardian", timeout=40_000)
    assert page.locator("li.mine", has_text="what is a guardian").count() == 1


def test_everything_works_by_keyboard(chromium: Browser, app: App) -> None:
    """Tab reaches the languages, the exit and the composer; Enter chooses and sends."""
    page = chromium.new_context(viewport=PHONE).new_page()
    page.goto(app.url)
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.dataset.payload || ''"))
    assert {"exit", "bigger", "text", "send", "language:en", "language:ar"} <= reached
