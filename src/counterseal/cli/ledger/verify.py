"""``counterseal ledger verify``: an export checked, offline, by whoever has the ledger's public key."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from counterseal.audit import Verified, verify
from counterseal.cli.ledger.checkpoint import KeyType, checkpoint_in
from counterseal.ledger import Checkpoint, LedgerError


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    type=KeyType(),
    required=True,
    help="The ledger's public key, as /.well-known/counterseal has it: from where you trust, not from beside the file.",
)
@click.option(
    "--checkpoint",
    "seen",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A checkpoint that you have kept from earlier: the ledger must go on from there.",
)
def verify_command(file: Path, key: bytes, seen: Path | None) -> None:
    """Check everything in FILE, and name the first thing that is wrong; exit code 1 then.

    Every entry below the signed checkpoint, every stamp over its body, every vote, and every decision made again by the
    policies of then. Nothing else is asked: no server, no database, no network.
    """
    earlier = None if seen is None else checkpoint_in(seen, key)
    try:
        verified = asyncio.run(_verified(file, key, earlier))
    except LedgerError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo("\n".join(_said(verified, earlier)))


async def _verified(file: Path, key: bytes, seen: Checkpoint | None) -> Verified:
    with (
        file.open("rb") as lines,
        click.progressbar(length=file.stat().st_size, label="Verifying", file=sys.stderr) as bar,
    ):
        return await verify(lines, key, seen=seen, watch=bar.update)


def _said(verified: Verified, seen: Checkpoint | None) -> list[str]:
    said = [f"All {verified.entries:,} entries of organization {verified.organization_id} are in order."]
    said += [f"  {each.origin}: signed for {each.size:,} entries" for each in verified.checkpoints]
    said.append(f"  {verified.decisions:,} decisions were made again, and are the same")
    if verified.not_decided_again:
        said.append(
            f"  {verified.not_decided_again:,} decisions were not made again: they rest on what a transaction does, or"
            " were made before the ledger began. What was recorded of them is proven."
        )
    if seen is not None:
        said.append(f"  it goes on from the {seen.size:,} entries of the checkpoint that you have kept")
    return said
