"""The socket on which a server listens, and what a start says about it."""

from __future__ import annotations

import errno
import socket

import click

_BACKLOG = 2048

_REMEDIES = {
    errno.EADDRINUSE: "stop what listens there, or choose another port with --port or COUNTERSEAL_PORT",
    errno.EACCES: "choose a port from 1024 upwards with --port or COUNTERSEAL_PORT",
}
_OTHER_REMEDY = "choose an address of this machine with --host or COUNTERSEAL_HOST"


class CannotListen(click.ClickException):
    """The address is taken, forbidden, or not this machine's; the message names it and says what to do."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 is any free one. Raises CannotListen."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        reason = (error.strerror or str(error)).lower()
        remedy = _REMEDIES.get(error.errno or 0, _OTHER_REMEDY)
        raise CannotListen(f"cannot listen on {_address(host, port)}: {reason}; {remedy}") from None
    listening.setblocking(False)
    return listening


def announce(listening: socket.socket) -> None:
    """The one line that a start prints on standard output."""
    host, port = listening.getsockname()[:2]
    click.echo(f"counterseal is ready on http://{_address(host, port)}")


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
