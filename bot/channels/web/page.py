"""Serve the page of the web chat and its files."""

from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"), autoescape=select_autoescape(), auto_reload=False
)


def render(
    *,
    locale: str,
    direction: str,
    strings: dict[str, str],
    languages: list[tuple[str, str, str]],
    embedded: bool = False,
) -> str:
    """Return the page in a locale; `strings` are the phrases `web.*` by name without the prefix.

    `languages` are (code, own name, direction); `embedded` is the page inside another site's.
    """
    template = _templates.get_template("chat.html")
    return template.render(locale=locale, direction=direction, s=strings, languages=languages, embedded=embedded)


def file_response(name: str, content_type: str) -> web.FileResponse:
    """Return one of the page's files."""
    headers = {"Content-Type": content_type, "Cache-Control": "no-cache"}
    return web.FileResponse(STATIC / name, headers=headers)


FILES = {
    "chat.css": "text/css; charset=utf-8",
    "chat.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
WIDGET = "widget.js"
"""The script that puts the chat on another site's page."""
