"""``counterseal init``: a new data directory with its identities, its first organization and a root user."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
import msgspec

from counterseal.bootstrap import Created, FirstOrganization, create_first_organization, create_keystore
from counterseal.cli.options import (
    data_option,
    database_option,
    explained,
    keep_secrets_to_this_process,
    passphrase_from,
    passphrase_option,
)
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, private_key_text, validate_public_key
from counterseal.data_directory import KEYS_DIRECTORY, STORE_FILE, DataDirectory, DataDirectoryError
from counterseal.keystore import FileSeal, PassphraseSeal, Seal
from counterseal.keystore.private_file import create_private_file, make_entry_durable
from counterseal.store import Store, StoreError
from counterseal.store.postgres import DatabaseUrl
from counterseal.world import SystemClock, SystemRandom, World

_FILE_NAME_MAX = 200  # and an ending: file systems take 255 bytes
_CURVES = {"p256": Curve.P256, "secp256k1": Curve.SECP256K1, "ed25519": Curve.ED25519}


@click.command()
@data_option
@database_option
@passphrase_option
@click.option("--organization", required=True, help="The name of the first organization.")
@click.option("--user-name", required=True, help="The name of its root user.")
@click.option("--user-email", help="The root user's e-mail address.")
@click.option("--public-key", help="Register this public key (hex) instead of making an API key.")
@click.option("--curve", type=click.Choice(list(_CURVES)), default="p256", show_default=True, help="The key's curve.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def init(
    *,
    directory: Path,
    database: DatabaseUrl | None,
    passphrase_file: Path | None,
    organization: str,
    user_name: str,
    user_email: str | None,
    public_key: str | None,
    curve: str,
    as_json: bool,
) -> None:
    """Make a new server: its store, its keys, its first organization. Nothing that exists is overwritten."""
    keep_secrets_to_this_process()
    with explained():
        if public_key is not None:
            public_key = validate_public_key(_CURVES[curve], public_key)
        private_key = None if public_key is not None else generate_key_pair(_CURVES[curve])
        first = FirstOrganization(
            name=organization,
            user_name=user_name,
            user_email=user_email,
            public_key=public_key or (private_key.public_key.hex() if private_key else ""),
            curve=_CURVES[curve],
        )
        key_file = directory / KEYS_DIRECTORY / f"{_file_name(user_name)}.private"
        place = DataDirectory(directory, database)
        created = asyncio.run(_create(place, first, private_key, passphrase_from(passphrase_file)))
    report = {
        "organizationId": created.organization_id,
        "userId": created.user_id,
        "apiPublicKey": created.public_key,
        "apiPrivateKeyFile": str(key_file.absolute()) if private_key else None,
    }
    if as_json:
        click.echo(msgspec.json.encode(report).decode())
        return
    elsewhere = "" if database is None else " --database …"
    click.echo(f"Made {directory}. Start it with: counterseal serve --data {directory}{elsewhere}")
    for name, value in report.items():
        if value is not None:
            click.echo(f"  {name:18} {value}")


async def _create(
    place: DataDirectory, first: FirstOrganization, private_key: PrivateKey | None, passphrase: str | None
) -> Created:
    """Build everything beside the place and move it there at once: a crash leaves nothing half-made.

    An empty directory stays the one it is, because it may be a mount point or somebody's present directory: there the
    store is moved in last, and without it nothing counts as made. In a database the organization comes last of all.
    """
    directory = place.path
    is_there = directory.exists()
    if is_there and (not directory.is_dir() or any(directory.iterdir())):
        raise DataDirectoryError(f"{directory} exists and is not an empty directory: nothing was overwritten")
    beside = directory if is_there else directory.parent
    beside.mkdir(parents=True, exist_ok=True)
    if is_there:
        place.keep_to_its_owner()
    building = Path(tempfile.mkdtemp(prefix=".counterseal-", dir=beside))  # mode 0700
    left_in: DatabaseUrl | None = None
    try:
        async with _new_store(DataDirectory(building, place.database)) as store:
            left_in = place.database
            seal: Seal = FileSeal(building) if passphrase is None else PassphraseSeal(building, passphrase)
            await create_keystore(store, seal, now_ms=SystemClock().now_ms())
            if place.database is None:
                created = await _add(first, store)
        if private_key is not None:
            _write_key_files(building / KEYS_DIRECTORY, _file_name(first.user_name), private_key)
        if is_there:
            _move_up(building)
        else:
            _move(building, directory)
    except BaseException as error:
        shutil.rmtree(building, ignore_errors=True)
        if left_in is not None and isinstance(error, Exception):
            raise StoreError(f"{error}; what was made in {left_in} is of no use: drop the database") from error
        raise
    return created if place.database is None else await _add_to_database(first, place)


@asynccontextmanager
async def _new_store(place: DataDirectory) -> AsyncIterator[Store]:
    store = await place.create_store()
    try:
        yield store
    finally:
        await store.close()


async def _add(first: FirstOrganization, store: Store) -> Created:
    return await create_first_organization(store, first, World(SystemClock().now_ms(), SystemRandom()))


async def _add_to_database(first: FirstOrganization, place: DataDirectory) -> Created:
    try:
        store = await place.open_store()
        try:
            return await _add(first, store)
        finally:
            await store.close()
    except StoreError as error:
        raise StoreError(f"{error}; drop the database, remove {place.path} and begin again") from error


def _move(building: Path, directory: Path) -> None:
    building.rename(directory)
    try:
        make_entry_durable(directory.parent)
    except BaseException:
        directory.rename(building)
        raise


def _move_up(building: Path) -> None:
    """All of it, or nothing."""
    directory, moved = building.parent, []
    try:
        for name in sorted((path.name for path in building.iterdir()), key=STORE_FILE.__eq__):
            (building / name).rename(directory / name)
            moved.append(name)
        make_entry_durable(directory)
    except BaseException:
        for name in moved:
            (directory / name).rename(building / name)
        raise
    building.rmdir()


def _write_key_files(directory: Path, name: str, private_key: PrivateKey) -> None:
    directory.mkdir(mode=0o700)
    create_private_file(directory / f"{name}.public", lambda: private_key.public_key.hex().encode())
    create_private_file(directory / f"{name}.private", lambda: private_key_text(private_key).encode())


def _file_name(user_name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", user_name).strip(".-")[:_FILE_NAME_MAX] or "root"
