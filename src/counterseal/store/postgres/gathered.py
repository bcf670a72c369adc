"""One round trip for all that ask at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from counterseal.organizations import Advance

_Found = dict[str, Advance]


class _Round(NamedTuple):
    wanted: dict[str, int]
    answer: asyncio.Task[_Found]


class GatheredAdvances:
    """Asks for the advances of all organizations that are wanted at once.

    Whoever comes while a question is under way is answered by the next: that one was put before they came, and what it
    finds may be older than what they were told of before.
    """

    def __init__(self, ask: Callable[[Mapping[str, int]], Awaitable[_Found]]) -> None:
        self._ask = ask
        self._gathering: _Round | None = None
        self._last: asyncio.Task[_Found] | None = None

    async def of(self, versions: Mapping[str, int]) -> _Found:
        """The advances from these versions, or earlier ones, of those organizations that there are.

        They are as of a moment after this call.
        """
        if self._gathering is None:
            self._gathering = self._gather()
        wanted, answer = self._gathering
        for id_, version in versions.items():
            wanted[id_] = min(version, wanted.get(id_, version))
        found = await asyncio.shield(answer)  # which others wait for too
        return {id_: found[id_] for id_ in versions if id_ in found}

    def _gather(self) -> _Round:
        wanted: dict[str, int] = {}
        self._last = asyncio.ensure_future(self._put_question(wanted, after=self._last))
        self._last.add_done_callback(_look_at)
        return _Round(wanted, self._last)

    async def _put_question(self, wanted: dict[str, int], *, after: asyncio.Task[_Found] | None) -> _Found:
        if after is not None and not after.done():
            await asyncio.wait([after])
        self._gathering = None
        return await self._ask(wanted)


def _look_at(answer: asyncio.Task[_Found]) -> None:
    """That nobody is left who waits for an error is no error."""
    if not answer.cancelled():
        answer.exception()
