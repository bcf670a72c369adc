"""``counterseal webhooks rotate-key``: another key signs, once all receivers can know it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import click

from counterseal.cli.options import (
    data_option,
    database_option,
    explained,
    keep_secrets_to_this_process,
    passphrase_from,
    passphrase_option,
)
from counterseal.data_directory import DataDirectory
from counterseal.keystore import Keystore
from counterseal.store.postgres import DatabaseUrl
from counterseal.webhooks import key_id_of, max_age_seconds
from counterseal.world import SystemClock


@click.command("rotate-key")
@data_option
@database_option
@passphrase_option
def rotate_key_command(directory: Path, database: DatabaseUrl | None, passphrase_file: Path | None) -> None:
    """Add a key for webhooks. It is published at once and signs once no receiver can have an older key set.

    The one before stays published as long again. The server may be running, and need not be told.
    """
    keep_secrets_to_this_process()
    with explained():
        asyncio.run(_rotate(DataDirectory(directory, database), passphrase_from(passphrase_file)))


async def _rotate(directory: DataDirectory, passphrase: str | None) -> None:
    now_ms, max_age = SystemClock().now_ms(), max_age_seconds(is_development=False)
    store = await directory.open_store_beside_server()
    try:
        sealed = await directory.sealed_secrets(store)
        keystore = Keystore.open(directory.seal(passphrase), sealed)
        signs_ms = keystore.webhook_keys(sealed, max_age_seconds=max_age).all_sign_ms()
        if signs_ms > now_ms:
            raise click.ClickException(f"a key was added already, which signs from {_time(signs_ms)} on")
        await directory.add_sealed_secrets(store, [added := keystore.new_webhook_key(published_ms=now_ms)])
        sealed = await directory.sealed_secrets(store)
        signs_ms = keystore.webhook_keys(sealed, max_age_seconds=max_age).all_sign_ms()
    finally:
        await store.close()
    click.echo(f"key {key_id_of(bytes.fromhex(added.public_key))} is published, and signs from {_time(signs_ms)} on")


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).isoformat()
