"""Render a page, and send people on."""

from typing import Any

from aiohttp import web
from babel import Locale

from bot.cases.queue import CaseView
from bot.console import keys, language


def page(request: web.Request, template: str, *, status: int = 200, **values: Any) -> web.Response:  # noqa: ANN401 (what templates take)
    """Return a template as a response; the session of the request goes with it, if there is one."""
    locale, settings = language.of(request), request.app[keys.SETTINGS]
    with language.speaking(locale, settings.translations_dir):
        html = (
            request.app[keys.TEMPLATES]
            .get_template(template)
            .render(
                session=request.get(keys.SESSION),
                locale=locale,
                direction=language.direction(locale),
                languages=language.offered(settings.translations_dir),
                cursor=request.app[keys.HUB].cursor,
                path=request.path_qs,
                language_name=lambda code: Locale.parse(locale).languages.get(code, code),
                country_name=lambda code: Locale.parse(locale).territories.get((code or "").upper(), code),
                **values,
            )
        )
    return web.Response(text=html, content_type="text/html", status=status)


def row_of(app: web.Application) -> Any:  # noqa: ANN401 (a function of a case and a language)
    """Return the function that renders one row of the queue."""

    def render(case: CaseView, locale: str) -> str:
        with language.speaking(locale, app[keys.SETTINGS].translations_dir):
            known = Locale.parse(locale)
            template = app[keys.TEMPLATES].get_template("queue_row.html")
            return template.render(
                case=case,
                language_name=lambda code: known.languages.get(code, code),
                country_name=lambda code: known.territories.get((code or "").upper(), code),
            )

    return render
