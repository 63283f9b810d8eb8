"""Send alerts: a loop of its own, so that a mail server that hangs delays no clock and no child."""

import asyncio
import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiohttp
import structlog
from babel import Locale, UnknownLocaleError

from bot.cases import alerts
from bot.cases.alerts import Alert
from bot.config import Settings
from bot.model import Clock
from bot.store.store import Store

TIMEOUT = 15.0
SECONDS = aiohttp.ClientTimeout(total=TIMEOUT)
GOOD = 300
KINDS = {
    "case_opened": "a new case",
    "finding_added": "new danger in a known case",
    "alert_raised": "half of the time is gone, nobody has answered",
    "alert_escalated": "LATE: the time is over, nobody has answered",
}
Send = Callable[[Alert], Awaitable[None]]
log = structlog.get_logger(__name__)


class NotSent(Exception):
    """Say that an attempt failed; the text is a short code, never an address."""


@dataclass
class Notices:
    """Plan and send alerts; `ways` says how each kind of target is reached."""

    store: Store
    clock: Clock
    targets: alerts.Targets
    ways: Mapping[str, Send]
    since: datetime | None = field(default=None)

    async def step(self) -> bool:
        """Plan what is new and send the next alert; return whether one was due."""
        now = self.clock()
        since = self.since or now - alerts.BACK
        self.since = await self.store.write(lambda conn: alerts.plan(conn, self.targets, since=since, now=now))
        alert = await self.store.write(lambda conn: alerts.take(conn, now=now))
        if alert is None:
            return False
        await self._send(alert)
        return True

    async def _send(self, alert: Alert) -> None:
        try:
            await self.ways.get(alert.way, _no_way)(alert)
        except Exception as error:  # noqa: BLE001 (every failure is tried again and shown)
            code = str(error) if isinstance(error, NotSent) else type(error).__name__
            log.error("alert_not_sent", way=alert.way, case=alert.number, code=code)
            await self.store.write(lambda conn: alerts.not_sent(conn, alert, code, now=self.clock()))
            return
        await self.store.write(lambda conn: alerts.sent(conn, alert, now=self.clock()))


async def _no_way(_alert: Alert) -> None:
    raise NotSent("not_set_up")


def ways(settings: Settings, session: aiohttp.ClientSession) -> dict[str, Send]:
    """Return how the targets of the settings are reached."""
    found: dict[str, Send] = {}
    if settings.smtp_url:
        found["email"] = lambda alert: asyncio.to_thread(mail, settings, alert)
    if settings.alert_telegram_token:
        found["telegram"] = lambda alert: telegram(settings, session, alert)
    if settings.alert_webhook:
        found["webhook"] = lambda alert: webhook(settings, session, alert)
    return found


def subject(alert: Alert) -> str:
    """Return the one line of an alert: number, urgency, language, what happened."""
    try:
        language = Locale.parse("en").languages.get(alert.language, alert.language)
    except UnknownLocaleError:
        language = alert.language
    return f"Kite #{alert.number} {alert.urgency.upper()} ({language}): {KINDS.get(alert.kind, alert.kind)}"


def link(settings: Settings, alert: Alert) -> str:
    """Return the address of the case in the console."""
    return f"{settings.console_url.rstrip('/')}/cases/{alert.case_id}"


def mail(settings: Settings, alert: Alert) -> None:
    """Send an alert by e-mail; blocking."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject(alert), settings.smtp_from, alert.target
    message["Message-ID"] = f"<{alert.id}@kite>"  # a second attempt is the same message for the reader's program
    message.set_content(f"{subject(alert)}\n\n{link(settings, alert)}\n")
    with _server(settings.smtp_url) as server:
        server.send_message(message)


def _server(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT)
        if parts.scheme == "smtp+starttls":
            server.starttls(context=context)
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


async def telegram(settings: Settings, session: aiohttp.ClientSession, alert: Alert) -> None:
    """Send an alert to the staff group, through a bot of its own that no child writes to."""
    url = f"{settings.telegram_api.rstrip('/')}/bot{settings.alert_telegram_token}/sendMessage"
    body = {"chat_id": alert.target, "text": f"{subject(alert)}\n{link(settings, alert)}"}
    body["link_preview_options"] = {"is_disabled": True}  # type: ignore[assignment]
    await _post(session, url, json.dumps(body).encode(), {})


async def webhook(settings: Settings, session: aiohttp.ClientSession, alert: Alert) -> None:
    """Post an alert as JSON; `X-Kite-Signature` is the HMAC-SHA256 of the body, `X-Kite-Id` the same for a repeat."""
    told = {"id": alert.id, "kind": alert.kind, "case": alert.number, "urgency": alert.urgency}
    body = json.dumps({**told, "language": alert.language, "url": link(settings, alert)}).encode()
    signature = hmac.new(settings.alert_webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    await _post(session, alert.target, body, {"X-Kite-Signature": f"sha256={signature}", "X-Kite-Id": alert.id})


async def _post(session: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str]) -> None:
    kind = {"Content-Type": "application/json", **headers}
    async with session.post(url, data=body, headers=kind, timeout=SECONDS, allow_redirects=False) as answer:
        if answer.status >= GOOD:
            raise NotSent(f"http_{answer.status}")
