"""Options that bound what clients may take: connections, time, sizes, and requests a second."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from ipaddress import ip_network
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_SECONDS = click.FloatRange(min=0.1)


def _networks(_context: click.Context, _option: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    try:
        return tuple(str(ip_network(each.strip())) for each in text.split(",") if each.strip())
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _option(name: str, type_: Any, default: Any, explanation: str, **further: Any) -> Callable[[Command], Command]:
    return click.option(
        f"--{name}",
        type=type_,
        default=default,
        show_default=default is not None,
        envvar=f"COUNTERSEAL_{name.replace('-', '_').upper()}",
        show_envvar=True,
        help=explanation,
        **further,
    )


_OPTIONS = (
    _option("connections-max", click.IntRange(min=1), 800, "Beyond these the one that waits longest is closed."),
    _option("connections-per-address-max", click.IntRange(min=1), 200, "The same, for each client address."),
    _option(
        "held-request-bytes-max",
        click.IntRange(min=1024 * 1024),
        64 * 1024 * 1024,
        "Of requests that are not answered. Beyond them the one that waits longest is closed.",
    ),
    _option(
        "held-reply-bytes-max",
        click.IntRange(min=1024 * 1024),
        64 * 1024 * 1024,
        "Of replies that are not taken. Beyond them the one that waits longest is closed.",
    ),
    _option("head-bytes-max", click.IntRange(min=8192), 16 * 1024, "Larger request heads are answered 431."),
    _option("head-seconds-max", _SECONDS, 10.0, "How long a request's head may take to arrive."),
    _option("idle-seconds-max", _SECONDS, 75.0, "How long a connection may wait for its next request."),
    _option("reply-seconds-max", _SECONDS, 30.0, "How long a client may take to accept a reply."),
    _option("body-bytes-max", click.IntRange(min=1024), 1024 * 1024, "Larger requests are answered 413."),
    _option("body-seconds-max", _SECONDS, 30.0, "How long a body may take to arrive."),
    _option("requests-per-second", click.IntRange(min=1), None, "For each client address. [default: no limit]"),
    _option(
        "sub-organization-requests-per-second",
        click.IntRange(min=1),
        None,
        "For each sub-organization. [default: no limit]",
    ),
    _option(
        "trusted-proxies",
        str,
        None,
        "Networks, separated by commas, whose X-Forwarded-For names the client. [default: none]",
        metavar="NETWORKS",
        callback=_networks,
    ),
    click.option(
        "--ip-allowlists/--no-ip-allowlists",
        default=True,
        show_default=True,
        envvar="COUNTERSEAL_IP_ALLOWLISTS",
        show_envvar=True,
        help="Whether IP allow-lists count: off is the way back for an organization that has shut itself out.",
    ),
)


def limit_options(command: Command) -> Command:
    """All of them; the command is given them by the names that ``Settings`` has for them."""
    return reduce(lambda decorated, option: option(decorated), reversed(_OPTIONS), command)
