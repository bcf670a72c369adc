"""Options for what may be done beyond what is safe, most for the sake of older clients. All are off unless set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = {
    "lenient-addresses": "Take 0x-addresses in signWith in any case of their letters.",
    "psbt-allow-witness-only": "Sign inputs of SegWit version 0 whose amounts only a witness UTXO says.",
    "replayable-ethereum": "Sign legacy transactions of Ethereum without a chain id, which hold on every chain.",
    "private-webhooks": "Call webhooks at private and local addresses too, and without TLS: for development.",
}


def signing_options(command: Command) -> Command:
    """``--lenient-addresses`` and its like; the command is given each by its name."""
    for name, words in reversed(_OPTIONS.items()):
        variable = f"COUNTERSEAL_{name.replace('-', '_').upper()}"
        command = click.option(
            f"--{name}/--no-{name}", default=False, show_default=True, envvar=variable, show_envvar=True, help=words
        )(command)
    return command
