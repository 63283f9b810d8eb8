"""Alerts: who is told what by which way, once, until it arrived, with nothing of the person in it."""

import asyncio
import hashlib
import hmac
import json
import socketserver
import threading
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.cases import alerts, holding, work
from bot.config import Settings, load_settings
from bot.store import schema
from bot.store.store import Store
from bot.worker.notices import Notices, NotSent, subject, ways
from tests.conftest import FakeClock
from tests.consoles import Browser, member, staff_id
from tests.kit import HURT, Kit, make_kit

NOW = "he has a knife"
MAIL = ("email", "team@example.org")
BOSS = ("email", "boss@example.org")


class Told:
    """A way out that remembers, and fails when told to."""

    def __init__(self) -> None:
        self.alerts: list[alerts.Alert] = []
        self.fails = 0

    async def __call__(self, alert: alerts.Alert) -> None:
        if self.fails:
            self.fails -= 1
            raise NotSent("http_500")
        self.alerts.append(alert)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(alert.kind, alert.target) for alert in self.alerts]


@pytest.fixture
def kit(store: Store, clock: FakeClock) -> Kit:
    return make_kit(store, clock)


@pytest.fixture
def way() -> Told:
    return Told()


@pytest.fixture
def notices(kit: Kit, way: Told) -> Notices:
    return Notices(kit.store, kit.clock, alerts.Targets((MAIL,), (BOSS,), ()), {"email": way})


async def drain(notices: Notices) -> None:
    while await notices.step():
        pass


async def test_a_case_alerts_when_it_opens_at_half_time_and_when_it_is_late(
    kit: Kit, notices: Notices, way: Told
) -> None:
    """The team hears of all three, the supervisor of the last; each once, however often the loop looks."""
    await kit.says(NOW)
    await drain(notices)
    kit.clock.forward(minutes=2, seconds=31)
    for _ in range(3):
        await kit.pipeline.tick()
        await drain(notices)
    kit.clock.forward(minutes=2, seconds=31)
    await kit.pipeline.tick()
    await drain(notices)
    team, boss = MAIL[1], BOSS[1]
    assert way.kinds[:2] == [("case_opened", team), ("alert_raised", team)]
    assert sorted(way.kinds[2:]) == [("alert_escalated", boss), ("alert_escalated", team)]


async def test_new_danger_in_a_held_case_alerts_again_and_lesser_news_does_not(
    kit: Kit, notices: Notices, way: Told
) -> None:
    """Safeguarding rule 7."""
    await kit.says(HURT)
    (case,) = await kit.cases()
    who = await staff_id(kit, await member(kit, "Amina"))
    await kit.store.write(lambda conn: holding.claim(conn, case.id, who, now=kit.clock()))
    await kit.says(HURT)
    await kit.says(NOW)
    await drain(notices)
    assert [kind for kind, _ in way.kinds] == ["case_opened", "finding_added"]


async def test_what_fails_is_tried_again_later_and_shown_until_it_works(
    kit: Kit, notices: Notices, way: Told, server: TestServer
) -> None:
    """The console says which way does not work; after the next success it is silent again."""
    way.fails = 2
    await kit.says(NOW)
    await drain(notices)
    assert way.alerts == []
    kit.clock.forward(seconds=6)
    await drain(notices)
    assert await kit.store.read(lambda conn: alerts.troubles(conn, now=kit.clock())) == {"email": "http_500"}
    amina = Browser(server)
    await amina.sign_in(await member(kit, "Amina"))
    await amina.get("/")
    assert "Alerts do not arrive" in amina.html
    kit.clock.forward(seconds=11)
    await drain(notices)
    assert len(way.alerts) == 1
    assert await kit.store.read(lambda conn: alerts.troubles(conn, now=kit.clock())) == {}
    await amina.client.close()


async def test_after_ten_attempts_an_alert_is_given_up_and_stays_shown(kit: Kit, notices: Notices, way: Told) -> None:
    """Nothing is tried for ever, and nothing fails in silence."""
    way.fails = 100
    await kit.says(HURT)
    for _ in range(12):
        await drain(notices)
        kit.clock.forward(minutes=11)
    (row,) = await kit.rows(schema.alert)
    assert (row.state, row.attempts, row.code) == ("failed", 10, "http_500")
    assert await kit.store.read(lambda conn: alerts.troubles(conn, now=kit.clock()))


async def test_a_worker_that_died_while_sending_is_taken_over_after_a_minute(
    kit: Kit, notices: Notices, way: Told
) -> None:
    """A lease, not a promise: at least once."""
    await kit.says(NOW)
    now = kit.clock()
    await kit.store.write(lambda conn: alerts.plan(conn, notices.targets, since=now - alerts.BACK, now=now))
    assert await kit.store.write(lambda conn: alerts.take(conn, now=now)) is not None
    await drain(notices)
    assert way.alerts == []
    kit.clock.forward(seconds=61)
    await drain(notices)
    assert len(way.alerts) == 1


async def test_two_workers_tell_nothing_twice(kit: Kit, notices: Notices, way: Told) -> None:
    """Both plan and take at once; each event arrives once."""
    for number in range(5):
        await kit.says(HURT, who=f"p{number}")
    other = Notices(kit.store, kit.clock, notices.targets, notices.ways)
    await asyncio.gather(drain(notices), drain(other))
    assert len(way.alerts) == 5
    assert len({alert.id for alert in way.alerts}) == 5


async def test_an_alert_of_a_closed_case_is_dropped(kit: Kit, notices: Notices, way: Told) -> None:
    """Nobody is woken for what is over."""
    await kit.says(HURT)
    (case,) = await kit.cases()
    who = await staff_id(kit, await member(kit, "Amina"))
    await kit.store.write(lambda conn: holding.claim(conn, case.id, who, now=kit.clock()))
    await kit.store.write(lambda conn: work.close(conn, case.id, who, "duplicate", now=kit.clock()))
    await drain(notices)
    assert way.alerts == []


async def test_a_concern_about_a_helper_goes_to_the_lead_too() -> None:
    """Safeguarding rule 8."""
    lead = ("email", "lead@example.org")
    targets = alerts.Targets((MAIL,), (BOSS,), (lead,))
    assert targets.of_event("case_opened", ["abuse_by_helper"]) == (MAIL, lead)
    assert targets.of_event("alert_escalated", ["violence"]) == (MAIL, BOSS)


# -- the ways themselves, against servers that listen ---------------------------------------------------------------

ALERT = alerts.Alert("a" * 32, "email", "team@example.org", "case_opened", "c" * 32, 12, "now", "ar", 1)


def test_an_alert_names_number_urgency_and_language_only() -> None:
    """No concern, no name, no word of the child."""
    assert subject(ALERT) == "Kite #12 NOW (Arabic): a new case"


class Smtp(socketserver.StreamRequestHandler):
    """A mail server that takes what it is given."""

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        data = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if data:
                self.server.lines.append(line)  # type: ignore[attr-defined]
                if line == ".":
                    data = False
                    self.wfile.write(b"250 taken\r\n")
            elif line.upper() == "DATA":
                data = True
                self.wfile.write(b"354 go on\r\n")
            elif line.upper() == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def smtp() -> Iterator[socketserver.ThreadingTCPServer]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Smtp) as listening:
        listening.daemon_threads = True
        listening.lines = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def settings(**values: str) -> Settings:
    return load_settings(_env_file=None, console_url="https://console.example.org", **values)


async def test_mail_goes_out_by_smtp(smtp: socketserver.ThreadingTCPServer) -> None:
    """Subject, receiver and the link are in it."""
    chosen = settings(smtp_url=f"smtp://127.0.0.1:{smtp.server_address[1]}", smtp_from="kite@example.org")
    async with aiohttp.ClientSession() as session:
        await ways(chosen, session)["email"](ALERT)
    text = "\n".join(smtp.lines)  # type: ignore[attr-defined]
    assert "Subject: Kite #12 NOW (Arabic): a new case" in text
    assert "To: team@example.org" in text
    assert f"https://console.example.org/cases/{'c' * 32}" in text


@pytest.fixture
async def far() -> AsyncIterator[tuple[TestServer, list[tuple[str, bytes, dict[str, str]]]]]:
    got: list[tuple[str, bytes, dict[str, str]]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((request.path, await request.read(), dict(request.headers)))
        return web.json_response({"ok": True}, status=500 if request.path.endswith("/broken") else 200)

    app = web.Application()
    app.router.add_post("/{rest:.*}", take)
    server = TestServer(app)
    await server.start_server()
    yield server, got
    await server.close()


async def test_the_staff_group_is_written_to_by_a_bot_of_its_own(far) -> None:
    """The token is the alerts' own, never the one that children write to."""
    server, got = far
    chosen = settings(
        telegram_api=str(server.make_url("")),
        telegram_token="children",
        alert_telegram_token="staff",
        alert_telegram_chat="-100",
    )
    async with aiohttp.ClientSession() as session:
        await ways(chosen, session)["telegram"](ALERT)
    path, body, _ = got[0]
    assert path == "/botstaff/sendMessage"
    assert json.loads(body)["text"].startswith("Kite #12 NOW (Arabic)")


async def test_the_webhook_is_signed_and_a_refusal_is_a_failure(far) -> None:
    """Whoever receives it can check who sent it; 500 is not "arrived"."""
    server, got = far
    chosen = settings(alert_webhook=str(server.make_url("/hook")), alert_webhook_secret="secret")
    async with aiohttp.ClientSession() as session:
        hook = ways(chosen, session)["webhook"]
        await hook(alerts.Alert(**{**ALERT.__dict__, "way": "webhook", "target": chosen.alert_webhook}))
        _, body, headers = got[0]
        assert headers["X-Kite-Signature"] == "sha256=" + hmac.new(b"secret", body, hashlib.sha256).hexdigest()
        assert set(json.loads(body)) == {"id", "kind", "case", "urgency", "language", "url"}
        with pytest.raises(NotSent, match="http_500"):
            await hook(alerts.Alert(**{**ALERT.__dict__, "target": str(server.make_url("/broken"))}))
