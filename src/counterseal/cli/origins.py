"""The option that names the origins whose pages may read replies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from counterseal.contract.origins import fault_of_origin
from counterseal.http import ANY_ORIGIN

Command = TypeVar("Command", bound=Callable[..., Any])


def _origins(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    if text.strip() == ANY_ORIGIN:
        return (ANY_ORIGIN,)
    origins = tuple(each.strip() for each in text.split(",") if each.strip())
    for origin in origins:
        fault = fault_of_origin(origin)
        if fault is not None:
            raise click.BadParameter(f"{origin!r} is no origin as browsers send it: {fault}")
    if not origins:
        raise click.BadParameter(f"expected origins, separated by commas, or {ANY_ORIGIN} for all")
    return origins


def origins_option(command: Command) -> Command:
    """``--cors-origins`` or COUNTERSEAL_CORS_ORIGINS; the command is given a tuple, ``("*",)`` for all."""
    return click.option(
        "--cors-origins",
        default=ANY_ORIGIN,
        show_default=True,
        envvar="COUNTERSEAL_CORS_ORIGINS",
        show_envvar=True,
        metavar="ORIGINS",
        callback=_origins,
        help="Origins, separated by commas, whose pages may read replies; * for all.",
    )(command)
