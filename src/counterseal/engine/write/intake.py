"""How submissions come to who writes: made ready, queued, told. The same for the one writer and for lanes."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from counterseal.contract.errors import Unavailable
from counterseal.contract.letting_go import let_go
from counterseal.engine.decide.decider import Answer, Decider
from counterseal.engine.decide.submission import Submission
from counterseal.engine.decide.work import Made, WorkFirst
from counterseal.engine.write.batch import tell
from counterseal.engine.write.waiting import Waiting, WaitingLines
from counterseal.store import StoredActivity

QUEUE_MAX = 10_000
WORK_ATTEMPTS = 4
"""Of one submission, for which each time something else was to be made."""

STOPPED = Unavailable("the server has stopped writing")


class Intake:
    """What waits to be decided, and who is told what came of it."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider
        self._waiting = WaitingLines()
        self._wake = asyncio.Event()
        self._closing = False
        self.ended = asyncio.Event()
        """Set once ``run`` has ended, asked to or by a fault: everybody has been told, and nothing more is taken."""

    @property
    def is_open(self) -> bool:
        """Whether it takes writes: neither closed nor ended by a fault."""
        return not self._closing

    async def submit(self, submission: Submission) -> StoredActivity:
        """The activity as committed. Raises Refused; Unavailable when it could not be stored or the queue is full.

        What takes long and is only to be done once it is allowed is done in between, while others are decided; then it
        is decided again.
        """
        async with self._decider.place_for(submission):
            prepared = await self._decider.ready(submission)
            made: Made | None = None
            for _ in range(WORK_ATTEMPTS):
                try:
                    return await self._decided(replace(prepared, made=made) if made else prepared)
                except WorkFirst as first:
                    made = await self._decider.do(let_go(first), prepared)
        raise Unavailable("what this rests on changed too often: send the same request again")

    def close(self) -> None:
        """Take nothing more; ``run`` ends when the queue is empty."""
        self._closing = True
        self._wake.set()

    async def _decided(self, submission: Submission) -> StoredActivity:
        if self._closing or len(self._waiting) >= QUEUE_MAX:
            raise Unavailable("the server cannot take more writes now: send the same request again later")
        future: asyncio.Future[StoredActivity] = asyncio.get_running_loop().create_future()
        self._waiting.add(Waiting(submission, future))
        if not self._wake.is_set() and self._is_time_to_decide():
            self._wake.set()
        return await future

    def _is_time_to_decide(self) -> bool:
        return True

    def _end(self, answer: Answer = STOPPED) -> None:
        """Nobody is left waiting."""
        self._closing = True
        for waiting in self._waiting:
            tell(waiting.future, answer)
        self.ended.set()
