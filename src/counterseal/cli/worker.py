"""``counterseal worker``: one of several processes of ``serve --workers``; nobody starts it by hand."""

from __future__ import annotations

import socket

import click
import uvloop

from counterseal.cli.options import explained, keep_secrets_to_this_process
from counterseal.processes.worker import work


@click.command(hidden=True)
@click.argument("channel_descriptor", type=int)
@click.argument("link_descriptor", type=int)
def worker(channel_descriptor: int, link_descriptor: int) -> None:
    """Serve the connections that come over the channel; writes go over the link."""
    keep_secrets_to_this_process()
    with explained():
        uvloop.run(work(socket.socket(fileno=channel_descriptor), socket.socket(fileno=link_descriptor)))
