"""``counterseal webhooks``: what an operator does about events that did not arrive, and about the signing key."""

from __future__ import annotations

import click

from counterseal.cli.webhooks.dead import dead
from counterseal.cli.webhooks.rotate_key import rotate_key_command


@click.group()
def webhooks() -> None:
    """Look after webhooks. The server may be running."""


for _command in (dead, rotate_key_command):
    webhooks.add_command(_command)

__all__ = ["webhooks"]
