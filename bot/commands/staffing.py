"""`kite staff`: who may sign in to the console."""

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from bot.cases import work
from bot.clock import utc_now
from bot.config import load_settings
from bot.model import Role
from bot.runtime import secret_key
from bot.store import staff
from bot.store.store import opened_store

T = TypeVar("T")
console = Console(highlight=False)
app = typer.Typer(help="Who may sign in to the console.", no_args_is_help=True)


def _write(unit: Callable[[Connection], T]) -> T:
    settings = load_settings()

    async def run() -> T:
        async with opened_store(
            database_url=settings.database_url, sqlite_path=settings.sqlite_path, secret_key=secret_key(settings)
        ) as store:
            return await store.write(unit)

    return asyncio.run(run())


@app.command("add")
def add(
    email: Annotated[str, typer.Argument(help="Their e-mail address, which they sign in with.")],
    name: Annotated[str, typer.Option(help="The name colleagues see.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.CASEWORKER,
    password: Annotated[
        str,
        typer.Option(
            help="At least 12 characters; asked for when not given.",
            prompt=True,
            hide_input=True,
            envvar="KITE_STAFF_PASSWORD",
        ),
    ] = "",
) -> None:
    """Add a member of staff.

    Example: `kite staff add amina@example.org --name Amina --role caseworker`
    """
    password_hash = staff.hash_password(password)
    _write(lambda conn: staff.add(conn, email=email, name=name, role=role, password_hash=password_hash, now=utc_now()))
    console.print(f"{email} can sign in as {role}.")


@app.command("list")
def list_members() -> None:
    """List the staff with their roles.

    Example: `kite staff list`
    """
    table = Table("Name", "E-mail", "Role", "Can sign in")
    for member in _write(staff.members):
        table.add_row(member.name, member.email, member.role, "no" if member.disabled else "yes")
    console.print(table)


@app.command("disable")
def disable(email: Annotated[str, typer.Argument(help="Whose sign-in ends.")]) -> None:
    """Stop somebody from signing in and end their sessions at once.

    Example: `kite staff disable amina@example.org`
    """
    _write(lambda conn: work.release_all(conn, staff.disable(conn, email, now=utc_now()), now=utc_now()))
    console.print(f"{email} can no longer sign in.")
