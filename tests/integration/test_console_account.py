"""One's own account, and the board: second factor, sessions, figures that leave nobody out."""

import csv
import io
import re
from collections.abc import Callable

import pytest

from bot.cases import figures, holding
from bot.cases.targets import Targets
from bot.model import OutboxState, Role
from bot.store import outbox, schema, second
from bot.worker.sender import settle_reply
from tests.consoles import PASSWORD, Browser, member, staff_id
from tests.kit import HURT, Kit

NOW = "he has a knife"


def code(kit: Kit, secret: str) -> str:
    return second.code_at(secret, int(kit.clock().timestamp()) // 30)


@pytest.mark.parametrize(
    ("at", "expected"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_are_those_of_the_standard(at: int, expected: str) -> None:
    """RFC 6238, appendix B (SHA-1, the last six of the eight digits)."""
    assert second.code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at // 30) == expected


async def set_up(kit: Kit, browser: Browser) -> str:
    await browser.get("/account")
    await browser.post("/account/begin")
    found = re.search(r'value="([A-Z2-7]{32})"', browser.html)
    assert found
    secret = found.group(1)
    assert await browser.post("/account/confirm", code="000000", secret=secret) == 400
    assert await browser.post("/account/confirm", code=code(kit, secret), secret=secret) == 200
    return secret


async def test_with_a_second_factor_the_password_alone_opens_nothing(
    kit: Kit, amina: Browser, browse: Callable[[], Browser]
) -> None:
    """The code is asked for, a wrong or used one refused, the next one taken; the secret is not readable at rest."""
    secret = await set_up(kit, amina)
    assert secret.encode() not in (await kit.rows(schema.staff))[0].totp_secret
    other = browse()
    assert await other.sign_in("amina@example.org") == 200
    assert 'name="code"' in other.html
    assert await other.get("/queue") == 200
    assert "Sign in" in other.html
    form = {"email": "amina@example.org", "password": PASSWORD}
    await other.get("/sign-in")
    assert await other.post("/sign-in", code=code(kit, secret), **form) == 401  # used when it was set up
    kit.clock.forward(seconds=30)
    await other.get("/sign-in")
    assert await other.post("/sign-in", code=code(kit, secret), **form) == 200
    assert "Queue" in other.html


async def test_guessing_codes_locks_the_account(kit: Kit, amina: Browser, browse: Callable[[], Browser]) -> None:
    """Five wrong codes are five wrong passwords."""
    secret = await set_up(kit, amina)
    kit.clock.forward(minutes=1)
    other = browse()
    form = {"email": "amina@example.org", "password": PASSWORD}
    for _ in range(5):
        await other.get("/sign-in")
        assert await other.post("/sign-in", code="000000", **form) == 401
    await other.get("/sign-in")
    assert await other.post("/sign-in", code=code(kit, secret), **form) == 401
    assert "Too many" in other.html


async def test_an_admin_switches_off_a_lost_phone_and_its_sessions(
    kit: Kit, amina: Browser, browse: Callable[[], Browser]
) -> None:
    """Whoever lost the phone can sign in again; whoever holds the old session cannot go on."""
    await set_up(kit, amina)
    ada = browse()
    await ada.sign_in(await member(kit, "Ada", Role.ADMIN))
    await ada.get("/staff")
    assert await ada.post("/staff/second-off", email="amina@example.org") == 200
    await amina.get("/")
    assert "Sign in" in amina.html
    await amina.sign_in("amina@example.org")
    assert "Queue" in amina.html


async def test_sessions_are_listed_and_ended(kit: Kit, amina: Browser, browse: Callable[[], Browser]) -> None:
    """One elsewhere is ended alone; "everywhere" ends this one too; nobody ends another's."""
    other, boris = browse(), browse()
    await other.sign_in("amina@example.org")
    await boris.sign_in(await member(kit, "Boris"))
    await boris.get("/account")
    await amina.get("/account")
    found = re.search(r'name="place" value="([0-9a-f]{16})"', amina.html)
    assert found
    await boris.post("/account/end", place=found.group(1))
    assert await other.get("/") == 200
    assert "Queue" in other.html
    await amina.post("/account/end", place=found.group(1))
    await other.get("/")
    assert "Sign in" in other.html
    await amina.get("/account")
    await amina.post("/account/end-all")
    await amina.get("/")
    assert "Sign in" in amina.html


async def answer(kit: Kit, case_id: str, who: str) -> None:
    """Let a reply of a caseworker be written and arrive now."""
    from bot.cases import work

    def write(conn) -> None:
        sent = work.reply(conn, kit.store.vault, case_id, who, "here", request_id="1", now=kit.clock())
        outbox.settle(conn, str(sent), OutboxState.DELIVERED, now=kit.clock())
        settle_reply(conn, str(sent), case_id, "staff", delivered=True, now=kit.clock())

    await kit.store.write(write)


async def test_figures_count_from_the_opening_and_leave_nobody_out(kit: Kit) -> None:
    """One answered in time, one late, one never: the share within the target is a third, not a half."""
    who, start = await staff_id(kit, await member(kit, "Amina")), kit.clock()
    for name in ("a", "b", "c"):
        await kit.says(NOW, who=name)
    first, late, _never = sorted(await kit.cases(), key=lambda row: row.number)
    for case, minutes in ((first, 2), (late, 10)):
        kit.clock.forward(minutes=minutes)
        await kit.store.write(lambda conn, case=case: holding.claim(conn, case.id, who, now=kit.clock()))
        await answer(kit, case.id, who)
    now = kit.clock()
    cases = await kit.store.read(lambda conn: figures.timed(conn, Targets(), who, since=start, until=now))
    spread = figures.spreads(cases, now=now)["now"]["answer"]
    assert spread.count == 2
    assert spread.within == pytest.approx(1 / 3)
    assert [case.number for case in figures.breaches(cases, now=now)] == [3, 2]
    waiting = await kit.store.read(lambda conn: figures.waiting(conn, who, now=now))
    assert waiting["now"]["1 h"] == 3
    assert await kit.store.read(figures.loads) == (("Amina", 2, 0),)


async def test_the_board_and_its_csv_are_for_supervisors_and_hold_no_words(
    kit: Kit, amina: Browser, browse: Callable[[], Browser]
) -> None:
    """A caseworker does not see it; the file has a line a case, with codes only."""
    await kit.says(HURT)
    (case,) = await kit.cases()
    await amina.get(f"/cases/{case.id}")
    assert await amina.get("/board") == 403
    assert await amina.get("/board.csv") == 403
    salma = browse()
    await salma.sign_in(await member(kit, "Salma", Role.SUPERVISOR))
    kit.clock.forward(minutes=1)
    assert await salma.get("/board?days=30") == 200
    assert "Amina" in salma.html
    assert await salma.get("/board.csv?days=7") == 200
    rows = list(csv.DictReader(io.StringIO(salma.html)))
    assert [(row["number"], row["urgency"], row["concerns"]) for row in rows] == [("1", "today", "violence")]
    assert HURT not in salma.html
