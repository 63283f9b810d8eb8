"""The console in a real browser: accessible in light and dark, both directions, both widths; live; two caseworkers."""

import re
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.consoles import PASSWORD
from tests.processes import ROOT, free_port, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AXE = (Path(__file__).parent / "assets" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST = 100_000
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
ARABIC = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nLanguage: ar\\n"\n\nmsgid "Queue"\nmsgstr "قائمة الانتظار"\n'


class Console:
    """A console in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        words = folder / "translations" / "ar" / "LC_MESSAGES"
        words.mkdir(parents=True)
        (words / "console.po").write_text(ARABIC, encoding="utf-8")
        line = [sys.executable, "-m", "tests.console_server", "--port", str(self.port), "--folder", str(folder)]
        self.line = [*line, "--translations", str(words.parent.parent)]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.line, cwd=ROOT)
        wait_for(f"{self.url}/sign-in", seconds=60, process=self.process)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def says(self, who: str, text: str) -> None:
        query = urllib.parse.urlencode({"who": who, "text": text})
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port + 1}/say?{query}", timeout=10) as answer:
            assert answer.status == 200

    def sign_in(self, browser: Browser, name: str, **options: object) -> Page:
        page = browser.new_context(**{"viewport": DESK, **options}).new_page()
        page.goto(f"{self.url}/sign-in")
        page.fill("input[name=email]", f"{name}@example.org")
        page.fill("input[name=password]", PASSWORD)
        page.click("button.main")
        expect(page.locator("h1")).to_be_visible()
        return page


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    running = Console(tmp_path_factory.mktemp("console"))
    yield running
    running.stop()


def violations(page: Page) -> list[str]:
    """Return what axe finds with everything unfolded."""
    page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    page.evaluate(AXE)
    found = page.evaluate("(rules) => axe.run(document, { runOnly: rules })", RULES)
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_is_accessible_light_and_not_wider_than_the_screen(
    chromium: Browser, console: Console, scheme: str, language: str, size: dict[str, int]
) -> None:
    """Axe finds nothing, no page scrolls sideways, none weighs more than 100 kB."""
    page = console.sign_in(chromium, "ada", viewport=size, color_scheme=scheme, locale=language, bypass_csp=True)
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    case = page.locator("[data-item]").first.get_attribute("href")
    problems = []
    for path in ("/", "/?urgency=now", "/?show=closed", str(case), "/board", "/staff", "/account", "/nowhere"):
        answer = page.goto(f"{console.url}{path}")
        assert answer is not None
        assert len(answer.body()) < MOST
        if path == "/nowhere":
            continue
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        problems += [f"{path} {problem}" for problem in violations(page)]
    assert problems == []


def test_two_caseworkers_and_a_child(chromium: Browser, console: Console) -> None:
    """Both see the case come in; one claims it, the other is told who; reply, take back, hand over, sign, close."""
    amina, boris = console.sign_in(chromium, "amina"), console.sign_in(chromium, "boris", viewport=PHONE)
    before = amina.locator("[data-item]").count()
    console.says("child", "he has a knife")
    for page in (amina, boris):
        expect(page.locator("[data-item]")).to_have_count(before + 1, timeout=2_000)
        expect(page).to_have_title(re.compile(r"^\(\d+!\)"))
    number = amina.locator(".case.now .number").last.inner_text()
    for page in (amina, boris):
        page.locator("[data-item]", has_text=number).click()
    amina.keyboard.press("c")
    expect(amina.locator("#reply-text")).to_be_visible()
    expect(boris.locator("#changed")).to_be_visible(timeout=2_000)
    boris.locator("#claim button").click()
    expect(boris.locator("main")).to_contain_text("Amina has this case already.")

    amina.fill("#reply-text", "Wrong words")
    amina.keyboard.press("Control+Enter")
    amina.locator(".undo button").click()
    expect(amina.locator("#reply-text")).to_have_value("Wrong words")
    expect(amina.locator(".talk .staff")).to_contain_text("taken back")
    console.says("child", "are you there")
    expect(amina.locator("#talk")).to_contain_text("are you there", timeout=2_000)
    expect(amina.locator("#reply-text")).to_have_value("Wrong words")

    amina.locator("summary", has_text="Hand to a colleague").click()
    colleague = amina.locator("form[action$=transfer] option", has_text="Boris").get_attribute("value")
    amina.locator("form[action$=transfer] select").select_option(colleague)
    amina.fill("form[action$=transfer] textarea", "He is at home with his brother.")
    amina.get_by_role("button", name="Hand over").click()
    expect(amina.locator("main")).to_contain_text("Boris has this case.")
    boris.goto(f"{console.url}/?holder=me")
    boris.locator("[data-item]", has_text=number).click()
    boris.locator("#history summary").click()
    expect(boris.locator("#history")).to_contain_text("He is at home with his brother.")
    boris.locator("summary", has_text="Close").click()
    boris.locator("form[action$=close] select").select_option("not_a_concern")
    boris.fill("form[action$=close] textarea", "It was a toy.")
    boris.get_by_role("button", name="Ask for the second signature").click()
    amina.on("dialog", lambda dialog: dialog.accept())
    amina.goto(f"{console.url}/?holder=sign")
    amina.locator("[data-item]", has_text=number).click()
    amina.get_by_role("button", name="Sign and close").click()
    expect(amina.locator("main")).to_contain_text("This case is closed")


def test_a_lost_line_is_said_and_caught_up(chromium: Browser, console: Console) -> None:
    """The console goes and comes back: the page says so, then shows what came, without a reload or a new sign-in."""
    page = console.sign_in(chromium, "boris")
    before = page.locator("[data-item]").count()
    console.stop()
    expect(page.locator("#line")).to_contain_text("No connection", timeout=20_000)
    console.start()
    console.says("another child", "he has a knife")
    expect(page.locator("[data-item]")).to_have_count(before + 1, timeout=10_000)
    expect(page.locator("#line")).to_have_text("")
