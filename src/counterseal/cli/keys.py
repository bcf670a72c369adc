"""``counterseal keys``: the server's public identities, for the override options of the official clients."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

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
from counterseal.keystore.boot_root import BOOT_ROOT
from counterseal.store.postgres import DatabaseUrl


@click.command()
@data_option
@database_option
@passphrase_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--boot-root", is_flag=True, help="Print the root of boot proofs alone, a certificate in PEM.")
def keys(
    *, directory: Path, database: DatabaseUrl | None, passphrase_file: Path | None, as_json: bool, boot_root: bool
) -> None:
    """Print the public keys by which clients check what this server signs.

    Nothing is written; the server may be running.
    """
    keep_secrets_to_this_process()
    with explained():
        identities = asyncio.run(_identities(DataDirectory(directory, database), passphrase_from(passphrase_file)))
    if boot_root:
        click.echo(_pem_of(identities), nl=False)
        return
    if as_json:
        click.echo(msgspec.json.encode(identities).decode())
        return
    for name, public_key in identities.items():
        click.echo(f"{name:24} {public_key}")


def _pem_of(identities: Mapping[str, str]) -> str:
    certificate = identities.get(BOOT_ROOT)
    if certificate is None:
        raise click.ClickException("there is no root of boot proofs yet: start the server of this release once")
    return ssl.DER_cert_to_PEM_cert(bytes.fromhex(certificate))


async def _identities(directory: DataDirectory, passphrase: str | None) -> dict[str, str]:
    store = await directory.open_store_as_it_is()
    try:
        sealed = await directory.sealed_secrets(store)
    finally:
        await store.close()
    return Keystore.open(directory.seal(passphrase), sealed).public_identities()
