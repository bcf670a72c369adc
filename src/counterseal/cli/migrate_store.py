"""``counterseal migrate-store``: everything that is in one database, moved into another."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import click

from counterseal.cli.options import explained, keep_secrets_to_this_process, password_of_environment
from counterseal.data_directory import STORE_FILE, DataDirectory, DataDirectoryError
from counterseal.keystore import holds_root_key
from counterseal.store import StoreError, Unknown
from counterseal.store.moving import Source, Target, move, rows_in
from counterseal.store.postgres import DatabaseUrl
from counterseal.store.postgres.moving import postgres_source, postgres_target
from counterseal.store.sqlite.moving import sqlite_source, sqlite_target

_SQLITE = "sqlite:"


class SqliteFile(NamedTuple):
    """A database's file: in a data directory, or alone, as a back-up may be."""

    path: Path

    @property
    def directory(self) -> Path | None:
        """The data directory that it is in, if it is in one."""
        return self.path.parent if self.path.name == STORE_FILE else None

    def __str__(self) -> str:
        return f"{_SQLITE}{self.directory or self.path}"


class _PlaceType(click.ParamType[SqliteFile | DatabaseUrl]):
    name = "place"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> SqliteFile | DatabaseUrl:
        if value.startswith(_SQLITE):
            path = Path(value.removeprefix(_SQLITE)).resolve()
            return SqliteFile(path / STORE_FILE if path.is_dir() else path)
        try:
            return DatabaseUrl(value)
        except StoreError as error:
            self.fail(f"{error}, or sqlite:DIRECTORY", param, ctx)


_PLACE = _PlaceType()


@click.command("migrate-store")
@click.option("--from", "source", type=_PLACE, required=True, help="sqlite:DIRECTORY, sqlite:FILE or postgresql://…")
@click.option("--to", "target", type=_PLACE, required=True, help="sqlite:DIRECTORY or postgresql://…, still empty.")
def migrate_store(*, source: SqliteFile | DatabaseUrl, target: SqliteFile | DatabaseUrl) -> None:
    """Move a deployment into another database, with every id, vote and secret. Stop its servers first.

    The target is a store once all of it has been verified; cut off before, the command can be repeated. The source
    stays as it is. Passwords belong into PGPASSWORD or PGPASSFILE.
    """
    keep_secrets_to_this_process()
    password = password_of_environment()
    source, target = _with(password, source), _with(password, target)
    with explained(), _held(source), _held(target, is_new=True):
        moved = asyncio.run(_moved(source, target))
    click.echo(f"Moved and verified {sum(moved.values()):,} rows from {source} to {target}.")
    for name, rows in moved.items():
        click.echo(f"  {name:15} {rows:>12,}")
    click.echo(_what_to_do_now(source, target))


def _with(password: str | None, place: SqliteFile | DatabaseUrl) -> SqliteFile | DatabaseUrl:
    return place.with_password(password) if isinstance(place, DatabaseUrl) else place


async def _moved(source: SqliteFile | DatabaseUrl, target: SqliteFile | DatabaseUrl) -> dict[str, int]:
    try:
        async with _opened_source(source) as reading, _opened_target(target) as writing:
            total = 2 * await rows_in(reading)  # each is written, and read back
            with click.progressbar(length=total, label="Moving", file=sys.stderr) as bar:
                return await move(reading, writing, watch=bar.update)
    except Unknown as error:
        raise StoreError(
            f"{error}: repeat the command; if it then says that {target} is not empty, all had been moved and verified"
        ) from error


def _opened_source(place: SqliteFile | DatabaseUrl) -> AbstractAsyncContextManager[Source]:
    return postgres_source(place) if isinstance(place, DatabaseUrl) else sqlite_source(place.path)


def _opened_target(place: SqliteFile | DatabaseUrl) -> AbstractAsyncContextManager[Target]:
    return postgres_target(place) if isinstance(place, DatabaseUrl) else sqlite_target(place.path)


@contextmanager
def _held(place: SqliteFile | DatabaseUrl, *, is_new: bool = False) -> Iterator[None]:
    """Keep servers away from a data directory, as a server does. A new store goes to where the root key is."""
    directory = None if isinstance(place, DatabaseUrl) else place.directory
    if is_new and not isinstance(place, DatabaseUrl) and (directory is None or not holds_root_key(directory)):
        raise DataDirectoryError(
            f"{place.path.parent if directory else place.path} is no data directory with a root key: "
            "name the one that the servers were started with"
        )
    if directory is None:
        yield
        return
    data = DataDirectory(directory)
    data.lock()
    try:
        yield
    finally:
        data.unlock()


def _what_to_do_now(source: SqliteFile | DatabaseUrl, target: SqliteFile | DatabaseUrl) -> str:
    if isinstance(target, SqliteFile):
        start = f"--data {target.directory}"
    else:
        directory = source.directory if isinstance(source, SqliteFile) else None
        start = f"--data {directory or '…'} --database …"
    return (
        f"Start it with: counterseal serve {start}\n"
        "The root key has not moved: --data names the directory that it is in.\n"
        f"{source} is as it was. Keep it as a back-up, and start no server on it: what that would acknowledge is not in"
        " the new store."
    )
