"""Options that several commands share, and how a command ends when something is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from counterseal.contract.errors import Refused
from counterseal.crypto import CryptoError
from counterseal.data_directory import DataDirectoryError
from counterseal.keystore import KeystoreError, SealError, forbid_core_dumps, passphrase_in_file, take_secret
from counterseal.store import StoreError
from counterseal.store.postgres import DatabaseUrl

_DATABASE_URL = "COUNTERSEAL_DATABASE_URL"

Command = TypeVar("Command", bound=Callable[..., Any])


def data_option(command: Command) -> Command:
    """``--data DIR`` or COUNTERSEAL_DATA."""
    return click.option(
        "--data",
        "directory",
        type=click.Path(file_okay=False, path_type=Path),
        required=True,
        envvar="COUNTERSEAL_DATA",
        show_envvar=True,
        help="The directory that holds the server's data.",
    )(command)


def database_option(command: Command) -> Command:
    """``--database URL`` or COUNTERSEAL_DATABASE_URL; the URL is shown to nobody.

    What has a password in it is gone from the environment afterwards: the URL, and PGPASSWORD, which goes with it.
    """
    return click.option(
        "--database",
        type=_DATABASE,
        callback=_with_secrets_of_environment,
        envvar=_DATABASE_URL,
        show_envvar=True,
        help="The store is in this PostgreSQL, postgresql://user@host/name, and not in the directory. Passwords belong"
        " into the environment or a file: COUNTERSEAL_DATABASE_URL, PGPASSWORD, PGPASSFILE.",
    )(command)


def password_of_environment() -> str | None:
    """PGPASSWORD, which is gone from there afterwards: from now on it is handed to each connection that is made."""
    with explained():
        return take_secret("PGPASSWORD")


def _with_secrets_of_environment(
    _context: click.Context, _option: click.Parameter, database: DatabaseUrl | None
) -> DatabaseUrl | None:
    with explained():
        take_secret(_DATABASE_URL)  # click has read it
    password = password_of_environment()
    return None if database is None else database.with_password(password)


class _DatabaseType(click.ParamType[DatabaseUrl]):
    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> DatabaseUrl:
        try:
            return value if isinstance(value, DatabaseUrl) else DatabaseUrl(value)
        except StoreError as error:
            self.fail(str(error), param, ctx)


_DATABASE = _DatabaseType()


def passphrase_option(command: Command) -> Command:
    """``COUNTERSEAL_PASSPHRASE`` or ``--passphrase-file``: a passphrase does not belong on a command line."""
    return click.option(
        "--passphrase-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="COUNTERSEAL_PASSPHRASE_FILE",
        show_envvar=True,
        help="A file whose first line is the passphrase that seals the root key [or set COUNTERSEAL_PASSPHRASE].",
    )(command)


def text_of(file: Path) -> str:
    """What a text file holds. Raises ClickException for another kind of file, without showing any of it."""
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not a text file") from None


def keep_secrets_to_this_process() -> None:
    """Nothing that this process writes can be read by others, whoever makes the file, and its memory neither."""
    os.umask(0o077)
    forbid_core_dumps()


def passphrase_from(file: Path | None) -> str | None:
    """The passphrase, from the file or else from the environment, where it is gone afterwards; None without either.

    Raises SealError.
    """
    of_environment = take_secret("COUNTERSEAL_PASSPHRASE")
    return of_environment if file is None else passphrase_in_file(file)


@contextmanager
def explained() -> Iterator[None]:
    """Turn what the rooms raise into a sentence on standard error and exit code 1."""
    try:
        yield
    except (CryptoError, DataDirectoryError, KeystoreError, OSError, Refused, SealError, StoreError) as error:
        raise click.ClickException(str(error)) from None
