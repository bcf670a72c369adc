"""``counterseal ledger export``: one organization's part of the ledger, in a file for an auditor."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import BinaryIO

import click

from counterseal.audit import export
from counterseal.cli.ledger.checkpoint import checkpoint_in
from counterseal.cli.options import data_option, database_option, explained
from counterseal.contract.rules import uuid
from counterseal.data_directory import DataDirectory
from counterseal.ledger import Checkpoint
from counterseal.store.postgres import DatabaseUrl


@click.command("export")
@click.argument("organization_id")
@data_option
@database_option
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. [default: standard output]",
)
@click.option(
    "--checkpoint",
    "seen",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint of earlier: the file will show that the ledger goes on from there.",
)
def export_command(
    organization_id: str, directory: Path, database: DatabaseUrl | None, output: Path | None, seen: Path | None
) -> None:
    """Write what an auditor needs to check everything that was decided in ORGANIZATION_ID; a server may be at work.

    The file has bodies, e-mail addresses and policies in it, and no secret.
    """
    with explained():
        id_ = uuid(organization_id, "ORGANIZATION_ID")
        earlier = None if seen is None else checkpoint_in(seen)
        if output is None:
            asyncio.run(_write(sys.stdout.buffer, DataDirectory(directory, database), id_, earlier))
            return
        with output.open("xb") as file:
            asyncio.run(_write(file, DataDirectory(directory, database), id_, earlier))


async def _write(file: BinaryIO, directory: DataDirectory, organization_id: str, seen: Checkpoint | None) -> None:
    store = await directory.open_store_as_it_is()
    try:
        async for line in export(store, organization_id, seen):
            file.write(line)
    finally:
        await store.close()
