"""The supervisor's board: what waits, how soon children were answered, who carries how much, who looked at what."""

import csv
import io
from datetime import timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.cases import alerts, figures
from bot.console import access, keys
from bot.console.access import me
from bot.console.pages import page

PERIODS = (7, 30, 90)
COLUMNS = ("number", "urgency", "language", "concerns", "opened", "claimed_minutes", "answered_minutes", "late")


def add_routes(app: web.Application) -> None:
    """Add the pages."""
    app.router.add_get("/board", board)
    app.router.add_get("/board.csv", table)


def _days(request: web.Request) -> int:
    text = request.query.get("days", "")
    return int(text) if text in {str(days) for days in PERIODS} else PERIODS[0]


@access.allow(access.SUPERVISORS)
async def board(request: web.Request) -> web.Response:
    """Show the board for a period."""
    days, now, staff_id = _days(request), request.app[keys.CLOCK](), me(request).member.id
    targets = request.app[keys.TARGETS]

    def read(conn: Connection) -> dict[str, Any]:
        cases = figures.timed(conn, targets, staff_id, since=now - timedelta(days=days), until=now)
        return {
            "opened": len(cases),
            "spreads": figures.spreads(cases, now=now),
            "breaches": figures.breaches(cases, now=now),
            "waiting": figures.waiting(conn, staff_id, now=now),
            "loads": figures.loads(conn),
            "shares": figures.shares(cases),
            "days_table": figures.by_day(cases, now=now),
            "looks": figures.looks(conn, staff_id),
            "troubles": alerts.troubles(conn, now=now),
        }

    found = await request.app[keys.STORE].read(read)
    return page(request, "board.html", **found, days=days, periods=PERIODS)


@access.allow(access.SUPERVISORS)
async def table(request: web.Request) -> web.Response:
    """Return the cases of a period as CSV: numbers and codes, no words of a person."""
    days, now, staff_id = _days(request), request.app[keys.CLOCK](), me(request).member.id
    targets = request.app[keys.TARGETS]
    cases = await request.app[keys.STORE].read(
        lambda conn: figures.timed(conn, targets, staff_id, since=now - timedelta(days=days), until=now)
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in cases:
        writer.writerow(
            (
                one.number,
                one.urgency,
                one.language,
                " ".join(one.concerns),
                one.opened_at.isoformat(timespec="seconds"),
                _minutes(one.opened_at, one.claimed_at),
                _minutes(one.opened_at, one.answered_at),
                int(one.late(now)),
            )
        )
    name = f"kite-cases-{days}-days.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return web.Response(text=text.getvalue(), content_type="text/csv", headers=headers)


def _minutes(start: Any, end: Any) -> str:  # noqa: ANN401 (datetimes, or None)
    return "" if end is None else f"{(end - start).total_seconds() / 60:.1f}"
