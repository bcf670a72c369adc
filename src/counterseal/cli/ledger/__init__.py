"""``counterseal ledger``: what is decided, for those who do not want to take anybody's word for it."""

from __future__ import annotations

import click

from counterseal.cli.ledger.export import export_command
from counterseal.cli.ledger.restored import continue_after_restore_command
from counterseal.cli.ledger.verify import verify_command


@click.group("ledger")
def ledger() -> None:
    """Show the ledger to others, and go on with it after a back-up was restored."""


for _command in (export_command, verify_command, continue_after_restore_command):
    ledger.add_command(_command)

__all__ = ["ledger"]
