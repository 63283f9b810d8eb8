"""Render a page."""

from typing import Any

from aiohttp import web

from bot.console import keys


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:  # noqa: ANN401 (what templates take)
    """Return a template as a response; the session of the request goes with it, if there is one."""
    session = request.get(keys.SESSION)
    html = request.app[keys.TEMPLATES].get_template(template).render(session=session, **values)
    return web.Response(text=html, content_type="text/html", status=status)
