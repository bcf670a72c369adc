"""``counterseal ledger verify``: an export checked, offline, by whoever has the ledger's public key."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from counterseal.audit import Kept, Verified, head_text, verify
from counterseal.cli.ledger.checkpoint import KeyType, checkpoint_in
from counterseal.cli.ledger.heads import kept_in
from counterseal.cli.options import explained
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
@click.option(
    "--head",
    "heads",
    multiple=True,
    help="A head that an earlier run has printed, a file that it has written, or a proof of an entry (tlog-proof) that"
    " you were given: that record must be there. May be given again.",
)
@click.option(
    "--write-head",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to keep the head in, for --head of later runs. One that is there is replaced.",
)
def verify_command(file: Path, key: bytes, seen: Path | None, heads: Sequence[str], write_head: Path | None) -> None:
    """Check everything in FILE, and name the first thing that is wrong; exit code 1 then.

    Every entry below the signed checkpoint, every stamp over its body, every vote, and every decision made again by the
    policies of then. Nothing else is asked: no server, no database, no network. That the file has the organization's
    last records too is seen by who has kept one of them (--head), and by nobody else.
    """
    earlier = None if seen is None else checkpoint_in(seen, key)
    kept = kept_in(heads, key)
    try:
        verified = asyncio.run(_verified(file, key, earlier, kept))
    except LedgerError as fault:
        raise click.ClickException(str(fault)) from None
    click.echo("\n".join(_said(verified, earlier, kept)))
    if write_head is not None:
        text = head_text(verified.organization_id.replace("-", ""), verified.entries, verified.head)
        with explained():
            write_head.write_bytes(text)


async def _verified(file: Path, key: bytes, seen: Checkpoint | None, kept: Sequence[Kept]) -> Verified:
    with (
        file.open("rb") as lines,
        click.progressbar(length=file.stat().st_size, label="Verifying", file=sys.stderr) as bar,
    ):
        return await verify(lines, key, seen=seen, kept=kept, watch=bar.update)


def _said(verified: Verified, seen: Checkpoint | None, kept: Sequence[Kept]) -> list[str]:
    said = [f"All {verified.entries:,} entries of organization {verified.organization_id} are in order."]
    said += [f"  {each.origin}: signed for {each.size:,} entries" for each in verified.checkpoints]
    said.append(f"  {verified.decisions:,} decisions were made again, and are the same")
    if verified.not_decided_again:
        said.append(
            f"  {verified.not_decided_again:,} decisions were not made again: they rest on what a transaction does, or"
            " were made before the ledger began. What was recorded of them is proven."
        )
    said.append(f"  record {verified.entries:,} is the last in the file, its head {verified.head.hex()}")
    if seen is not None:
        said.append(f"  it goes on from the {seen.size:,} entries of the checkpoint that you have kept")
    if kept:
        said.append(f"  all {len(kept)} records that you have kept are among them")
    return said
