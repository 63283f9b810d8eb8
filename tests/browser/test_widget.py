"""The widget on another site's page, in a real browser."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from tests.processes import App

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AWAY = "https://www.wikipedia.org/"


@pytest.fixture
def site(app: App) -> Iterator[str]:
    """Serve a page of another site, whose own rules are strict, with our script on it; yield its address."""

    class Library(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tag = f"<script src='{app.url}/widget.js' async></script>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header(
                "Content-Security-Policy", f"default-src 'self'; script-src {app.url}; frame-src {app.url}"
            )
            self.end_headers()
            self.wfile.write(f"<!doctype html><html lang=en><title>Library</title><h1>Library</h1>{tag}".encode())

        def log_message(self, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Library)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def visited(chromium: Browser, site: str, width: int, **options: object) -> Page:
    """Open the page of the other site."""
    page = chromium.new_context(viewport={"width": width, "height": 740}, **options).new_page()
    page.route(f"{AWAY}**", lambda route: route.fulfill(body="elsewhere"))
    page.goto(site)
    return page


def opened(page: Page) -> Frame:
    page.get_by_role("button", name="Chat").click()
    frame = page.frame(url=re.compile("/embed"))
    for _ in range(50):
        if frame is not None:
            break
        page.wait_for_timeout(100)
        frame = page.frame(url=re.compile("/embed"))
    assert frame is not None
    return frame


@pytest.mark.parametrize("width", [320, 1280])
def test_a_child_talks_on_another_sites_page(chromium: Browser, site: str, width: int) -> None:
    """Nothing is asked of Kite before the chat is opened; the talk needs no cookie and fits the narrowest phone."""
    page = visited(chromium, site, width)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(300)
    assert not [url for url in asked if "/embed" in url]
    frame = opened(page)
    frame.get_by_role("button", name="العربية", exact=True).click()
    expect(frame.locator("html")).to_have_attribute("dir", "rtl", timeout=15_000)
    expect(frame.locator(".choices button").first).to_be_visible(timeout=15_000)
    assert page.context.cookies() == []
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_escape_twice_leaves_the_whole_page(chromium: Browser, site: str) -> None:
    """From inside the chat the page around it is left too."""
    page = visited(chromium, site, 390)
    frame = opened(page)
    frame.locator("#text").press("Escape")
    frame.locator("#text").press("Escape")
    page.wait_for_url(f"{AWAY}**")
