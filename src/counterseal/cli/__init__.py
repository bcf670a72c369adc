"""The command line: one file per command."""

from __future__ import annotations

import click

from counterseal import __version__
from counterseal.cli.explain import explain_command
from counterseal.cli.init import init
from counterseal.cli.keys import keys
from counterseal.cli.ledger import ledger
from counterseal.cli.migrate_store import migrate_store
from counterseal.cli.policy import policy
from counterseal.cli.request import request
from counterseal.cli.serve import serve
from counterseal.cli.transaction import transaction
from counterseal.cli.wallets import wallets
from counterseal.cli.webhooks import webhooks
from counterseal.cli.worker import worker


@click.group()
@click.version_option(__version__, prog_name="counterseal")
def main() -> None:
    """Counterseal: signed requests, credentials, sessions, approvals and keys, on your own machine."""


for _command in (
    init,
    serve,
    keys,
    request,
    explain_command,
    policy,
    transaction,
    wallets,
    ledger,
    webhooks,
    migrate_store,
    worker,
):
    main.add_command(_command)

__all__ = ["main"]
