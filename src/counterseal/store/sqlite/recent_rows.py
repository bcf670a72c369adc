"""Rows and secrets that were read lately, by a store that nobody else writes to.

What it has not altered is as it was read, so a key that signs again and again is not looked up each time. A commit that
alters any row of an organization makes all forgotten that is known of its rows.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from counterseal.organizations import Row
from counterseal.store.errors import Conflict
from counterseal.store.records import Commit, RowKey

Asked = RowKey | str
"""Rows by a key, or a secret by its id."""

_ANSWER_BYTES = 300
"""What an answer takes beside what is in it, also one that there is none."""

_LARGE_BYTES = 4096
"""What is larger is read each time."""

_SHARE = 64
"""One organization has at most this part of all that is kept."""


class RecentRows:
    """What is known of rows and secrets, bounded by ``bytes_max``; who was asked about least lately goes first.

    With a bound of 0 nothing is.
    """

    def __init__(self, *, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._altering: Counter[str] = Counter()  # by how many commits that are on their way

    async def get(
        self,
        organization_id: str,
        asked: Sequence[Any],
        read: Callable[[str, Sequence[Any]], Awaitable[dict[Any, Any]]],
    ) -> dict[Any, Any]:
        """What ``read`` gives, which is called for what is not known."""
        if self._bytes_max == 0 or organization_id in self._altering:
            return await read(organization_id, asked)
        kept = self._of(organization_id)
        answers = kept.answers
        if all(each in answers for each in asked):
            return {each: answers[each] for each in asked}
        found = await read(organization_id, asked)  # all, so that it is of one moment
        if self._kept.get(organization_id) is kept:  # or a commit came in between: this may be older
            self._keep(organization_id, kept, found)
        return found

    @contextmanager
    def altered_by(self, commits: Sequence[Commit]) -> Iterator[None]:
        """While this lasts these become durable, at a moment that nobody knows; all is read then.

        Others may be on their way at the same time: not all that commits is the one writer.
        """
        altered = {changes.organization.id for commit in commits for changes in commit.rows}
        altered |= {secret.organization_id for commit in commits for secret in commit.secrets}
        for organization_id in altered:
            self._forget(organization_id)
        self._altering.update(altered)
        try:
            yield
        except (Conflict, asyncio.CancelledError) as reason:
            self._forget_all()
            if not isinstance(reason, Conflict):
                self._bytes_max = 0  # it becomes durable at any time from now on, or never
            raise
        finally:
            self._altering.subtract(altered)
            for organization_id in altered:
                if self._altering[organization_id] == 0:
                    del self._altering[organization_id]

    def _forget_all(self) -> None:
        self._kept.clear()
        self._bytes = 0

    def _of(self, organization_id: str) -> _Kept:
        kept = self._kept.get(organization_id)
        if kept is None:
            kept = self._kept[organization_id] = _Kept()
            self._bytes += kept.bytes
        else:
            self._kept.move_to_end(organization_id)
        return kept

    def _keep(self, organization_id: str, kept: _Kept, found: dict[Asked, Any]) -> None:
        for asked, answer in found.items():
            size = _size_of(answer)
            if size <= _LARGE_BYTES and asked not in kept.answers:
                kept.answers[asked] = answer
                kept.bytes += size + _ANSWER_BYTES
                self._bytes += size + _ANSWER_BYTES
        if kept.bytes > self._bytes_max // _SHARE:
            self._forget(organization_id)
        while self._bytes > self._bytes_max:
            self._forget(next(iter(self._kept)))

    def _forget(self, organization_id: str) -> None:
        gone = self._kept.pop(organization_id, None)
        if gone is not None:
            self._bytes -= gone.bytes


class _Kept:
    __slots__ = ("answers", "bytes")

    def __init__(self) -> None:
        self.answers: dict[Asked, Any] = {}
        self.bytes = _ANSWER_BYTES


def _size_of(answer: tuple[Row, ...] | bytes) -> int:
    return len(answer if isinstance(answer, bytes) else msgspec.json.encode(answer))
