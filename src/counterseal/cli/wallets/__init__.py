"""``counterseal wallets``: what an operator does about the keys of wallets."""

from __future__ import annotations

import click

from counterseal.cli.wallets.verify import verify_command


@click.group()
def wallets() -> None:
    """Look after the seeds and private keys that are kept here. Nothing is written."""


wallets.add_command(verify_command)

__all__ = ["wallets"]
