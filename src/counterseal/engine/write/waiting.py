"""What waits for the writer. Organizations take turns: what the users of one have sent is a line of its own.

However much one organization has sent, of what another sends the first is decided after one of that at most.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, takewhile
from typing import NamedTuple

from counterseal.engine.decide.submission import Submission
from counterseal.store import StoredActivity


class Waiting(NamedTuple):
    """A submission, and who is to be told."""

    submission: Submission
    future: asyncio.Future[StoredActivity]

    @property
    def sender_id(self) -> str:
        """The organization of the user who sent it, whichever it is about."""
        return self.submission.caller.voter.organization_id


class WaitingLines:
    """Submissions in the order in which they are to be decided."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self._count = 0
        self._heavy = 0

    @property
    def has_heavy(self) -> bool:
        """Whether any of them is large."""
        return self._heavy > 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Waiting]:
        """The first of each line, then the second of each that has more, and so on."""
        return _in_turns(map(iter, self._lines.values()))

    def add(self, waiting: Waiting) -> None:
        """The last of its line."""
        self._lines.setdefault(waiting.sender_id, deque()).append(waiting)
        self._counted(waiting, 1)

    def first(self, count: int, *, if_all: Callable[[Waiting], bool] | None = None) -> list[Waiting]:
        """The next ones, at most so many. They stay until they are taken.

        With ``if_all`` only those for which it holds, as for all before them in their line: the rest of a line is not
        looked at, however long it is.
        """
        if len(self._lines) == self._count and if_all is None:
            return [line[0] for line in islice(self._lines.values(), max(0, count))]
        if if_all is None:
            return list(islice(self, max(0, count)))
        return list(islice(_in_turns(takewhile(if_all, line) for line in self._lines.values()), max(0, count)))

    def take(self, first: Waiting) -> None:
        """This one, the first of its line, is decided; its line is the last to have a turn again."""
        line = self._lines.pop(first.sender_id)
        line.popleft()
        self._counted(first, -1)
        if line:
            self._lines[first.sender_id] = line

    def give_back(self, taken: Waiting) -> None:
        """It was taken and not decided: it is the first of its line again, and its line the first."""
        self._lines.setdefault(taken.sender_id, deque()).appendleft(taken)
        self._lines.move_to_end(taken.sender_id, last=False)
        self._counted(taken, 1)

    def _counted(self, waiting: Waiting, by: int) -> None:
        self._count += by
        if waiting.submission.is_heavy:
            self._heavy += by


def heads_of(first: Iterable[Waiting]) -> list[Waiting]:
    """The first of each line, in the order in which the lines have their turns."""
    heads: dict[str, Waiting] = {}
    for waiting in first:
        heads.setdefault(waiting.sender_id, waiting)
    return [*heads.values()]


def small_ones_of(first: Iterable[Waiting]) -> list[Waiting]:
    """Those that are not large. Lines keep their order: what is behind a large one has to wait with it."""
    held_up: set[str] = set()
    small = []
    for waiting in first:
        if waiting.submission.is_heavy:
            held_up.add(waiting.sender_id)
        elif waiting.sender_id not in held_up:
            small.append(waiting)
    return small


def _in_turns(lines: Iterable[Iterator[Waiting]]) -> Iterator[Waiting]:
    while lines:
        more = []
        for line in lines:
            for found in islice(line, 1):
                yield found
                more.append(line)
        lines = more
