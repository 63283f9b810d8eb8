"""The console over HTTP: who gets in, who may do what, and that a claim, a reply and a close are what they say."""

import asyncio
from collections.abc import Callable

from aiohttp.test_utils import TestServer

from bot.model import OutboxState, Role
from bot.store import outbox, schema, staff
from bot.worker.sender import settle_reply
from tests.consoles import PASSWORD, Browser, member, open_case, told
from tests.kit import HURT, Kit


async def test_the_queue_and_the_case_show_what_the_child_wrote(kit: Kit, amina: Browser) -> None:
    """The case page shows the words, the concern and an unclaimed case; the look is written down."""
    _, case_id = await open_case(kit)
    await amina.get("/")
    assert "Violence" in amina.html
    await amina.get(f"/cases/{case_id}")
    assert HURT in amina.html
    assert [row.action for row in await kit.rows(schema.access_log)] == ["opened"]


async def test_a_reply_reaches_the_outbox_once_and_its_fate_is_shown(kit: Kit, amina: Browser) -> None:
    """A double submit sends once; delivery and failure both show on the page."""
    conversation, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/claim")
    page = amina.html
    for _ in range(2):
        amina.html = page
        assert await amina.post(f"/cases/{case_id}/reply", text="I am here.", request_id="abc") == 200
    sent = [row for row in await kit.rows(schema.outbox) if row.purpose == "staff"]
    assert len(sent) == 1
    assert not (await kit.last(conversation)).from_person  # it can still be taken back
    kit.clock.forward(seconds=6)
    assert (await kit.last(conversation)).from_person

    def fails(conn) -> None:
        outbox.settle(conn, sent[0].id, OutboxState.FAILED, now=kit.clock(), failed_code="window_closed")
        settle_reply(conn, sent[0].id, case_id, "staff", delivered=False, code="window_closed", now=kit.clock())

    await kit.store.write(fails)
    await amina.get(f"/cases/{case_id}")
    assert "NOT DELIVERED" in amina.html
    assert "the child must write first" in amina.html


async def test_the_clock_stops_when_the_answer_is_delivered_not_when_it_is_written(kit: Kit, amina: Browser) -> None:
    """Writing is not answering: the case counts as answered once the reply has arrived."""
    _, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/claim")
    await amina.post(f"/cases/{case_id}/reply", text="I am here.", request_id="abc")
    assert (await kit.cases())[0].answered_at is None
    (row,) = [row for row in await kit.rows(schema.outbox) if row.purpose == "staff"]

    def arrives(conn) -> None:
        outbox.settle(conn, row.id, OutboxState.DELIVERED, now=kit.clock())
        settle_reply(conn, row.id, case_id, "staff", delivered=True, now=kit.clock())

    await kit.store.write(arrives)
    assert (await kit.cases())[0].answered_at is not None


async def test_of_fifty_concurrent_claims_exactly_one_wins(kit: Kit, browse: Callable[[], Browser]) -> None:
    """The others are told who has the case."""
    _, case_id = await open_case(kit)
    browsers = [browse() for _ in range(10)]
    for number, browser in enumerate(browsers):
        await browser.sign_in(await member(kit, f"Worker{number}"))
        await browser.get(f"/cases/{case_id}")
    statuses = await asyncio.gather(
        *(browser.post(f"/cases/{case_id}/claim") for browser in browsers for _ in range(5))
    )
    events = [row for row in await kit.rows(schema.case_event) if row.name == "case_claimed"]
    winners = [browser for browser in browsers if "Your reply" in browser.html]
    assert len(events) == 1
    assert len(winners) == 1
    assert statuses.count(409) == 45


async def test_handing_back_and_closing(kit: Kit, amina: Browser, browse: Callable[[], Browser]) -> None:
    """Handing back lets Kite answer again; closing needs a reason and frees the talk."""
    conversation, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/claim")
    await amina.post(f"/cases/{case_id}/hand-back")
    assert "Take over" in amina.html
    assert await amina.post(f"/cases/{case_id}/close", reason="because", summary="x") == 400
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/close", reason="not_a_concern", summary="It was a film.")
    assert "A second signature is asked for" in amina.html
    salma = browse()
    await salma.sign_in(await member(kit, "Salma", Role.SUPERVISOR))
    await salma.get(f"/cases/{case_id}")
    await salma.post(f"/cases/{case_id}/sign")
    assert "This case is closed" in salma.html
    before = len(await kit.replies(conversation))
    await kit.says("hello")
    assert len(await kit.replies(conversation)) > before


async def test_notes_and_urgency_need_words_and_are_encrypted(kit: Kit, amina: Browser) -> None:
    """A note is for staff alone; changing the urgency needs a reason; neither stands readable in the database."""
    _, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/claim")
    await amina.post(f"/cases/{case_id}/note", text="called the shelter")
    assert "called the shelter" in amina.html
    assert await amina.post(f"/cases/{case_id}/urgency", urgency="soon", why=" ") == 400
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/urgency", urgency="soon", why="spoke with the teacher")
    assert (await kit.cases())[0].urgency == 1
    stored = str(await kit.rows(schema.case_event))
    assert "shelter" not in stored
    assert "teacher" not in stored


async def test_a_form_without_its_token_is_refused(kit: Kit, amina: Browser) -> None:
    """Another site's form cannot act in a caseworker's name."""
    _, case_id = await open_case(kit)
    assert await amina.post(f"/cases/{case_id}/claim", token="") == 403
    assert await amina.post(f"/cases/{case_id}/claim", token="x" * 43) == 403
    assert (await kit.cases())[0].holder is None


async def test_without_a_session_nothing_opens(kit: Kit, browse: Callable[[], Browser]) -> None:
    """Every page leads to the sign-in, every act is refused."""
    _, case_id = await open_case(kit)
    stranger = browse()
    await stranger.get(f"/cases/{case_id}")
    assert "Sign in" in stranger.html
    assert HURT not in stranger.html
    assert await stranger.post(f"/cases/{case_id}/claim") == 401
    assert await stranger.get("/live") == 401


async def test_editors_do_not_see_cases_and_caseworkers_do_not_see_staff(
    kit: Kit, browse: Callable[[], Browser], amina: Browser
) -> None:
    """Roles are checked on every route."""
    _, case_id = await open_case(kit)
    editor = browse()
    await editor.sign_in(await member(kit, "Edith", Role.EDITOR))
    assert await editor.get(f"/cases/{case_id}") == 403
    assert await amina.get("/staff") == 403


async def test_an_account_is_locked_after_wrong_passwords(kit: Kit, browse: Callable[[], Browser]) -> None:
    """Five wrong passwords lock an account for a quarter of an hour, even for the right one."""
    email = await member(kit, "Lena")
    browser = browse()
    for _ in range(5):
        assert await browser.sign_in(email, "wrong password!") == 401
    assert await browser.sign_in(email) == 401
    kit.clock.forward(minutes=16)
    assert await browser.sign_in(email) == 200
    assert "Queue" in browser.html


async def test_an_invitation_works_once_and_not_for_ever(kit: Kit, browse: Callable[[], Browser]) -> None:
    """The one-time link makes one account; used or old it leads nowhere."""
    token = await kit.store.write(lambda conn: staff.invite(conn, Role.ADMIN, now=kit.clock()))
    browser = browse()
    await browser.get(f"/welcome/{token}")
    form = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    assert await browser.post(f"/welcome/{token}", again="something else", **form) == 400
    assert await browser.post(f"/welcome/{token}", again=PASSWORD, **form) == 200
    assert "Staff" in browser.html
    assert await browser.get(f"/welcome/{token}") == 404
    old = await kit.store.write(lambda conn: staff.invite(conn, Role.CASEWORKER, now=kit.clock()))
    kit.clock.forward(hours=25)
    assert await browser.get(f"/welcome/{old}") == 404


async def test_an_admin_invites_and_ends_access(kit: Kit, browse: Callable[[], Browser], amina: Browser) -> None:
    """Ending access ends the open sessions at once; nobody ends their own."""
    ada = browse()
    await ada.sign_in(await member(kit, "Ada", Role.ADMIN))
    await ada.get("/staff")
    await ada.post("/staff/invite", role="caseworker")
    assert "/welcome/" in ada.html
    assert await ada.post("/staff/disable", email="ada@example.org") == 400
    await ada.get("/staff")
    await ada.post("/staff/disable", email="amina@example.org")
    await amina.get("/")
    assert "Sign in" in amina.html


async def test_a_new_case_is_told_to_an_open_page_within_a_second(kit: Kit, amina: Browser) -> None:
    """The stream says that something changed as soon as it did."""
    async with amina.client.get("/live") as stream:
        await open_case(kit)
        event = await told(stream)
    assert '"today": 1' in event
    assert "Violence" in event


async def test_every_route_has_the_security_headers_and_a_role(
    server: TestServer, browse: Callable[[], Browser]
) -> None:
    """No route is open by accident, and none is without its headers."""
    open_paths = {"/sign-in", "/welcome/{token}", "/static/{name}", "/language"}
    browser = browse()
    for route in server.app.router.routes():
        path = route.resource.canonical if route.resource else ""
        roles = getattr(route.handler, "roles", "unmarked")
        assert roles != "unmarked", path
        assert (roles is None) == (path in open_paths), path
    async with browser.client.get("/sign-in") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        cookie = answer.cookies["kite_form"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
