"""The interface of a contract or program as it is uploaded: a JSON text, of which each part is read by itself.

To read all of a text takes a tenth of a second, so it is read once, part by part, when it is uploaded. What is kept
is the text, and where each function stands in it: a call is decoded by reading one function.
Source: Turnkey docs, "Smart contract interfaces" (at most 400,000 characters).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from typing import TypeVar

import msgspec

from counterseal.chains.refusal import NotUnderstood
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.parse import NotStrictJson, check_structure

INTERFACE_CHARACTERS_MAX = 400_000
INTERFACE_VALUES_MAX = 100_000
INTERFACE_DEPTH_MAX = 80
"""Of the JSON: two levels for each of 32 types inside each other, and those around them."""

FUNCTIONS_MAX = 2_000
"""No contract has nearly as many: one of 24,576 bytes has room for some hundreds."""

FUNCTION_VALUES_MAX = 2_000
"""JSON values of one function: some five hundred inputs. To read one takes a few milliseconds at most."""

Span = tuple[int, int]
"""From the first character up to, not including, the last."""

Result = TypeVar("Result")
Steps = Generator[None, None, Result]
"""Something that is read in steps, so that others can go on between two."""


class Index(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where in a text its parts are: functions by what calls begin with, in hexadecimal; types by their names."""

    functions: Mapping[str, Span]
    types: Mapping[str, Span] = {}


def check_size(text: str, span: Span) -> None:
    """Raise ``NotUnderstood`` for a part of ``text``, which is JSON, that has too many values for one function."""
    start, end = span
    try:
        check_structure(text[start:end].encode(), values_max=FUNCTION_VALUES_MAX, depth_max=INTERFACE_DEPTH_MAX)
    except NotStrictJson as fault:
        raise NotUnderstood(str(fault)) from None


def index_in_order(text: str, index: Callable[[str], Steps[Index]]) -> Steps[Index]:
    """What ``index`` makes of a text, in its steps. Raises ``InvalidRequest``, which says where the text is wrong."""
    try:
        if len(text) > INTERFACE_CHARACTERS_MAX:
            raise NotUnderstood(f"{len(text)} characters, expected at most {INTERFACE_CHARACTERS_MAX}")
        return (yield from index(text))
    except NotUnderstood as fault:
        raise InvalidRequest(f"invalid smart contract interface: {fault}") from None


def all_at_once(steps: Steps[Result]) -> Result:
    """What comes of the steps, for who need not wait for others."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
