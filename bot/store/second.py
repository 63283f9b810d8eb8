"""The second factor (TOTP, RFC 6238) of staff, and the list of their sessions.

The secret is encrypted under the master key; a code is taken once, so that one seen over a shoulder is of no use.
"""

import base64
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, delete, select, update

from bot.errors import SignInError, StoreError
from bot.store import schema, staff
from bot.store.sql import one
from bot.store.vault import Vault

TABLE, SESSION = schema.staff, schema.staff_session
STEP = 30
DIGITS = 6
DRIFT = 1
"""Steps a phone's clock may be off, either way."""


@dataclass(frozen=True)
class Place:
    """One session of a member of staff: where and when it began and was last used; `here` is the one that asks."""

    handle: str
    agent: str
    created_at: datetime
    seen_at: datetime
    here: bool


def code_at(secret: str, step: int) -> str:
    """Return the code of a base32 secret for a step of 30 seconds (RFC 4226 with SHA-1, as phones expect)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), "sha1").digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def begin(conn: Connection, vault: Vault, staff_id: str) -> str:
    """Make a new secret that counts only once a code of it was given; return it in base32."""
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    values = {"totp_new": vault.seal(secret)}
    conn.execute(update(TABLE).where(TABLE.c.id == staff_id).values(**values))
    return secret


def address(secret: str, email: str) -> str:
    """Return the `otpauth:` address that phones read from a link or a picture."""
    query = urlencode({"secret": secret, "issuer": "Kite", "digits": DIGITS, "period": STEP})
    return f"otpauth://totp/Kite:{quote(email)}?{query}"


def confirm(conn: Connection, vault: Vault, staff_id: str, code: str, *, now: datetime) -> None:
    """Switch the second factor on with the first code of the new secret; raise StoreError for a wrong one."""
    row = one(conn, select(TABLE).where(TABLE.c.id == staff_id).with_for_update(), "member of staff")
    step = None if row.totp_new is None else _step(vault.unseal(row.totp_new), code, now)
    if step is None:
        raise StoreError("This code is not right. Check that the phone's clock is right, and try the next code.")
    values = {"totp_secret": row.totp_new, "totp_new": None, "totp_step": step}
    conn.execute(update(TABLE).where(TABLE.c.id == staff_id).values(**values))


def is_on(conn: Connection, email: str) -> bool:
    """Return whether an account asks for a code."""
    row = conn.execute(select(TABLE.c.totp_secret).where(TABLE.c.email == email.strip().lower())).one_or_none()
    return row is not None and row.totp_secret is not None


def check(conn: Connection, vault: Vault, email: str, code: str, *, now: datetime) -> None:
    """Take a code, once; raise SignInError for a wrong or used one. Accounts without a second factor pass."""
    statement = select(TABLE).where(TABLE.c.email == email.strip().lower()).with_for_update()
    row = conn.execute(statement).one_or_none()
    if row is None or row.totp_secret is None:
        return
    step = _step(vault.unseal(row.totp_secret), code, now)
    if step is None or step <= (row.totp_step or 0):
        raise SignInError("The code is not right, or was used already. Wait for the next one.")
    conn.execute(update(TABLE).where(TABLE.c.id == row.id).values(totp_step=step))


def _step(secret: str, code: str, now: datetime) -> int | None:
    given, at = "".join(code.split()).encode(), int(now.timestamp()) // STEP
    fits = [
        step for step in range(at - DRIFT, at + DRIFT + 1) if hmac.compare_digest(code_at(secret, step).encode(), given)
    ]
    return fits[-1] if fits else None


def switch_off(conn: Connection, staff_id: str) -> None:
    """Switch the second factor off: by an admin for somebody who lost the phone, or by oneself with a code."""
    values = {"totp_secret": None, "totp_new": None, "totp_step": None}
    conn.execute(update(TABLE).where(TABLE.c.id == staff_id).values(**values))


def places(conn: Connection, staff_id: str, token: str, *, now: datetime) -> tuple[Place, ...]:
    """Return the sessions of a member of staff that still stand, the newest first."""
    rows = conn.execute(
        select(SESSION)
        .where(SESSION.c.staff_id == staff_id, SESSION.c.expires_at > now, SESSION.c.seen_at > now - staff.IDLE)
        .order_by(SESSION.c.seen_at.desc())
    ).all()
    here = staff.hashed(token)
    return tuple(
        Place(row.token_hash[:16], row.agent or "", row.created_at, row.seen_at, row.token_hash == here) for row in rows
    )


def end(conn: Connection, staff_id: str, handle: str) -> None:
    """End one session by its handle."""
    if len(handle) == len("0123456789abcdef") and handle.isalnum():
        conn.execute(
            delete(SESSION).where(
                SESSION.c.staff_id == staff_id, SESSION.c.token_hash.startswith(handle, autoescape=True)
            )
        )


def end_all(conn: Connection, staff_id: str) -> None:
    """Sign a member of staff out everywhere, this session included."""
    conn.execute(delete(SESSION).where(SESSION.c.staff_id == staff_id))
