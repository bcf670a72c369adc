"""One round trip for all that ask at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

_Found = dict[str, int]


class _Round(NamedTuple):
    wanted: set[str]
    answer: asyncio.Task[_Found]


class GatheredVersions:
    """Asks for the versions of all organizations that are wanted at once.

    Whoever comes while a question is under way is answered by the next: that one was put before they came, and what it
    finds may be older than what they were told of before.
    """

    def __init__(self, ask: Callable[[Sequence[str]], Awaitable[_Found]]) -> None:
        self._ask = ask
        self._gathering: _Round | None = None
        self._last: asyncio.Task[_Found] | None = None

    async def of(self, organization_ids: Sequence[str]) -> _Found:
        """The versions of those that there are, as of a moment after this call."""
        if self._gathering is None:
            self._gathering = self._gather()
        wanted, answer = self._gathering
        wanted.update(organization_ids)
        found = await asyncio.shield(answer)  # which others wait for too
        return {id_: found[id_] for id_ in organization_ids if id_ in found}

    def _gather(self) -> _Round:
        wanted: set[str] = set()
        self._last = asyncio.ensure_future(self._put_question(wanted, after=self._last))
        self._last.add_done_callback(_look_at)
        return _Round(wanted, self._last)

    async def _put_question(self, wanted: set[str], *, after: asyncio.Task[_Found] | None) -> _Found:
        if after is not None and not after.done():
            await asyncio.wait([after])
        self._gathering = None
        return await self._ask(sorted(wanted))


def _look_at(answer: asyncio.Task[_Found]) -> None:
    """That nobody is left who waits for an error is no error."""
    if not answer.cancelled():
        answer.exception()
