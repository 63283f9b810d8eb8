"""Bring a database's schema up to date with Alembic, under a lock so that two processes may start at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

LOCK = 7_305_119
"""An arbitrary number that names our advisory lock on PostgreSQL."""


def config(conn: Connection | None = None) -> Config:
    """Return Alembic's configuration for our migrations, bound to a connection."""
    result = Config()
    result.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    result.attributes["connection"] = conn
    return result


def upgrade(conn: Connection, revision: str = "head") -> None:
    """Migrate to a revision and commit."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    command.upgrade(config(conn), revision)
    conn.commit()


def downgrade(conn: Connection, revision: str) -> None:
    """Go back to a revision and commit."""
    command.downgrade(config(conn), revision)
    conn.commit()
