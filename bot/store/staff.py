"""Staff, their sign-in and sessions. Passwords are argon2id hashes; tokens are stored as hashes only."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, delete, func, select, update

from bot.errors import NotFound, SignInError, StoreError
from bot.model import Role
from bot.store import schema
from bot.store.sql import new_id, one

TABLE = schema.staff
SESSION = timedelta(hours=12)
IDLE = timedelta(hours=2)
INVITATION = timedelta(hours=24)
MIN_PASSWORD = 12
FAILURES = 5
LOCK = timedelta(minutes=15)
LOCKED = "Too many wrong passwords. Try again in 15 minutes, or ask an admin."
_hasher = PasswordHasher()
_DECOY = _hasher.hash("no such person")  # unknown addresses cost the same time as wrong passwords


@dataclass(frozen=True)
class Member:
    """A member of staff."""

    id: str
    email: str
    name: str
    role: Role
    disabled: bool


@dataclass(frozen=True)
class Session:
    """A signed-in session: who, and the token that every form must carry."""

    member: Member
    csrf: str


def hashed(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password; slow on purpose: never call it inside a transaction.

    Raise StoreError when it is shorter than MIN_PASSWORD characters.
    """
    if len(password) < MIN_PASSWORD:
        raise StoreError(f"The password needs at least {MIN_PASSWORD} characters.")
    return _hasher.hash(password)


def add(conn: Connection, *, email: str, name: str, role: Role, password_hash: str, now: datetime) -> str:
    """Add a member of staff; return the id. Raise StoreError when the address is taken or not an address."""
    clean = email.strip().lower()
    if "@" not in clean or not name.strip():
        raise StoreError("Give a name and an e-mail address.")
    if conn.execute(select(TABLE.c.id).where(TABLE.c.email == clean)).first():
        raise StoreError(f"{clean} is already a member of staff.")
    staff_id = new_id()
    conn.execute(
        TABLE.insert().values(
            id=staff_id, email=clean, name=name.strip(), role=role, password_hash=password_hash, created_at=now
        )
    )
    return staff_id


def members(conn: Connection) -> tuple[Member, ...]:
    """Return all staff by name."""
    rows = conn.execute(select(TABLE).order_by(TABLE.c.name)).all()
    return tuple(Member(row.id, row.email, row.name, Role(row.role), row.disabled_at is not None) for row in rows)


def count(conn: Connection) -> int:
    """Return how many members of staff can sign in."""
    return int(conn.execute(select(func.count()).select_from(TABLE).where(TABLE.c.disabled_at.is_(None))).scalar_one())


def disable(conn: Connection, email: str, *, now: datetime) -> str:
    """Stop somebody from signing in and end their sessions; return their id. Raise NotFound.

    The caller gives back what they hold (`bot.cases.work.release_all`).
    """
    row = one(conn, select(TABLE.c.id).where(TABLE.c.email == email.strip().lower()), f"member of staff: {email}")
    conn.execute(update(TABLE).where(TABLE.c.id == row.id).values(disabled_at=now))
    conn.execute(delete(schema.staff_session).where(schema.staff_session.c.staff_id == row.id))
    return str(row.id)


def password_hash_of(conn: Connection, email: str) -> str:
    """Return the hash to check a password against; a decoy when there is no such person."""
    found = conn.execute(
        select(TABLE.c.password_hash).where(TABLE.c.email == email.strip().lower())
    ).scalar_one_or_none()
    return found or _DECOY


def password_fits(password_hash: str, password: str) -> bool:
    """Return whether a password is right; slow on purpose: never call it inside a transaction."""
    try:
        return _hasher.verify(password_hash, password)
    except VerificationError:
        return False


def check_lock(conn: Connection, email: str, *, now: datetime) -> None:
    """Raise SignInError while an account is locked, before its password is looked at."""
    until = conn.execute(
        select(TABLE.c.locked_until).where(TABLE.c.email == email.strip().lower())
    ).scalar_one_or_none()
    if until is not None and until > now:
        raise SignInError(LOCKED)


def failed(conn: Connection, email: str, *, now: datetime) -> None:
    """Count a wrong password; lock the account after FAILURES for LOCK."""
    row = conn.execute(select(TABLE).where(TABLE.c.email == email.strip().lower()).with_for_update()).one_or_none()
    if row is None:
        return
    failures = row.failures + 1
    locked = now + LOCK if failures % FAILURES == 0 else row.locked_until
    conn.execute(update(TABLE).where(TABLE.c.id == row.id).values(failures=failures, locked_until=locked))


def sign_in(conn: Connection, email: str, *, now: datetime, agent: str = "") -> tuple[str, str]:
    """Begin a session for somebody whose password was right; return (token for the cookie, csrf token).

    Raise SignInError when the account is disabled or locked.
    """
    row = conn.execute(select(TABLE).where(TABLE.c.email == email.strip().lower())).one_or_none()
    if row is None or row.disabled_at is not None:
        raise SignInError("The address or the password is not right.")
    if row.locked_until is not None and row.locked_until > now:
        raise SignInError(LOCKED)
    conn.execute(update(TABLE).where(TABLE.c.id == row.id).values(failures=0, locked_until=None))
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    conn.execute(
        schema.staff_session.insert().values(
            token_hash=hashed(token),
            staff_id=row.id,
            csrf=csrf,
            created_at=now,
            seen_at=now,
            expires_at=now + SESSION,
            agent=agent[:200],
        )
    )
    return token, csrf


def session(conn: Connection, token: str, *, now: datetime) -> Session:
    """Return the session of a cookie's token; raise NotFound when it is unknown, expired, idle or disabled."""
    table = schema.staff_session
    row = one(
        conn,
        select(TABLE, table.c.csrf, table.c.expires_at, table.c.seen_at)
        .join_from(table, TABLE)
        .where(table.c.token_hash == hashed(token)),
        "session",
    )
    if row.expires_at < now or row.seen_at < now - IDLE or row.disabled_at is not None:
        raise NotFound("the session has ended")
    return Session(Member(row.id, row.email, row.name, Role(row.role), disabled=False), row.csrf)


def seen(conn: Connection, token: str, *, now: datetime) -> None:
    """Note that a session was used."""
    table = schema.staff_session
    conn.execute(update(table).where(table.c.token_hash == hashed(token)).values(seen_at=now))


def sign_out(conn: Connection, token: str) -> None:
    """End a session."""
    conn.execute(delete(schema.staff_session).where(schema.staff_session.c.token_hash == hashed(token)))


def invite(conn: Connection, role: Role, *, now: datetime) -> str:
    """Return the token of a one-time link that lets somebody make their account."""
    token = secrets.token_urlsafe(24)
    conn.execute(
        schema.invitation.insert().values(
            token_hash=hashed(token), role=role, created_at=now, expires_at=now + INVITATION
        )
    )
    return token


def invited_role(conn: Connection, token: str, *, now: datetime, lock: bool = False) -> Role:
    """Return the role an invitation gives; raise NotFound when it is unknown, used or expired.

    `lock` holds it until the transaction ends, for its use.
    """
    table = schema.invitation
    statement = select(table).where(table.c.token_hash == hashed(token))
    row = one(conn, statement.with_for_update() if lock else statement, "invitation")
    if row.used_at is not None or row.expires_at < now:
        raise NotFound("this invitation was used or has expired")
    return Role(row.role)


def accept_invitation(conn: Connection, token: str, *, email: str, name: str, password_hash: str, now: datetime) -> str:
    """Use an invitation once; return the new member's id. Raise NotFound or StoreError as its parts do."""
    role = invited_role(conn, token, now=now, lock=True)
    staff_id = add(conn, email=email, name=name, role=role, password_hash=password_hash, now=now)
    table = schema.invitation
    conn.execute(update(table).where(table.c.token_hash == hashed(token)).values(used_at=now))
    return staff_id
