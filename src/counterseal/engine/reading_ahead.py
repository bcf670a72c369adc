"""Policies that a request brings are read before it queues, a few at a time, so that nobody waits until all are read.

The decision finds them by their text. It reads for itself whatever is not there any more, and says what is wrong.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from counterseal import policy
from counterseal.contract.errors import InvalidRequest

READING_AT_ONCE = 50_000
"""Steps of reading new texts after which others go on first: about 5 ms."""

_PLACES = {
    "condition": "condition",
    "consensus": "consensus",
    "time": "time",
    "policyCondition": "condition",
    "policyConsensus": "consensus",
}


async def read_ahead(tree: dict[str, Any], *, pause: Callable[[], Awaitable[None]]) -> None:
    """Read the texts of policies in a body, as far as its decision would. What is wrong with them is said there."""
    budget, read = policy.Budget(), policy.steps_of_reading()
    for place, text in _texts(tree.get("parameters")):
        if policy.steps_of_reading() - read > READING_AT_ONCE:
            await pause()
            read = policy.steps_of_reading()
        try:
            policy.check_policy(**{place: text}, budget=budget)
        except InvalidRequest:
            return


def _texts(parameters: object) -> Iterator[tuple[str, str]]:
    listed = parameters.get("policies") if isinstance(parameters, dict) else None
    for each in listed if isinstance(listed, list) else [parameters]:
        if isinstance(each, dict):
            yield from ((_PLACES[name], text) for name, text in each.items() if name in _PLACES and _is_text(text))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
