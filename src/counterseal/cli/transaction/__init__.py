"""``counterseal transaction``: what a signature would be for, before anybody signs. Nothing here writes anything."""

from __future__ import annotations

import click

from counterseal.cli.transaction.decode import decode_command


@click.group()
def transaction() -> None:
    """Look at what is to be signed, by the code that shows it to policies. Nothing is signed or written."""


transaction.add_command(decode_command)

__all__ = ["transaction"]
