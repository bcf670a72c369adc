"""The one writer: it takes what is waiting, decides each in turn, commits all at once, and only then lets replies go.

While a commit waits for the disk the queue fills, so batches grow with the load and nobody lingers. Decisions run on
the event loop, commits on the store's own thread. If a commit fails, the whole batch is answered 503 and nothing is
shown.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Protocol

import structlog

from counterseal.contract.errors import InternalFault, Refused, Unavailable
from counterseal.engine.draft import Draft
from counterseal.engine.snapshots import Snapshots
from counterseal.engine.submission import Submission
from counterseal.engine.submit import Submitter
from counterseal.engine.vote import VoteTaker
from counterseal.store import Store, StoredActivity, StoreError

BATCH_MAX = 128
QUEUE_MAX = 10_000

VOTES = frozenset({"approve_activity", "reject_activity"})

_log = structlog.get_logger()

_Waiting = tuple[Submission, "asyncio.Future[StoredActivity]"]
_Answer = StoredActivity | Exception


class WriterMeter(Protocol):
    """Who counts what the writer does."""

    def batch(self, submissions: int, *, waiting: int) -> None:
        """A batch of so many is taken, and so many wait for the next."""
        ...

    def commit(self, seconds: float, *, stored: bool) -> None:
        """A commit ended, well or not."""
        ...


class Writer:
    """Serialises all writes of this process. Start it with ``run``; ``close`` finishes what is waiting."""

    def __init__(
        self,
        snapshots: Snapshots,
        store: Store,
        submitter: Submitter,
        votes: VoteTaker,
        *,
        meter: WriterMeter | None = None,
    ) -> None:
        self._snapshots = snapshots
        self._store = store
        self._submitter = submitter
        self._votes = votes
        self._meter = meter
        self._queue: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._closing = False

    @property
    def is_open(self) -> bool:
        """Whether it takes writes: neither closed nor ended by a fault."""
        return not self._closing

    async def submit(self, submission: Submission) -> StoredActivity:
        """The activity as committed. Raises Refused; Unavailable when the commit failed or the queue is full."""
        if self._closing or len(self._queue) >= QUEUE_MAX:
            raise Unavailable("the server cannot take more writes now: send the same request again later")
        future: asyncio.Future[StoredActivity] = asyncio.get_running_loop().create_future()
        self._queue.append((submission, future))
        self._wake.set()
        return await future

    async def run(self) -> None:
        """Write until closed. Should it end by a fault, nobody is left waiting and nothing more is taken."""
        batch: list[_Waiting] = []
        try:
            while self._queue or not self._closing:
                if not self._queue:
                    self._wake.clear()
                    await self._wake.wait()
                    continue
                batch = [self._queue.popleft() for _ in range(min(BATCH_MAX, len(self._queue)))]
                if self._meter is not None:
                    self._meter.batch(len(batch), waiting=len(self._queue))
                await self._write(batch)
        finally:
            self._closing = True
            for _, future in (*batch, *self._queue):
                if not future.done():
                    future.set_exception(Unavailable("the server has stopped writing"))

    def close(self) -> None:
        """Take nothing more; ``run`` ends when the queue is empty."""
        self._closing = True
        self._wake.set()

    async def _write(self, batch: list[_Waiting]) -> None:
        draft = Draft(self._snapshots, self._store)
        answers = [await self._answer(submission, draft) for submission, _ in batch]
        if draft.commits and not await self._commit(draft, batch):
            answers = [Unavailable("the activity could not be stored: send the same request again")] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():  # its caller has gone
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    async def _commit(self, draft: Draft, batch: list[_Waiting]) -> bool:
        """Whether it is durable, and then shown."""
        started = time.perf_counter()
        stored = False
        try:
            await self._store.commit(draft.commits)
            stored = True
        except Exception as error:  # whatever it was, none of the batch is durable
            request_ids = [submission.request_id for submission, _ in batch]
            _log.error("commit failed", error=str(error), kind=type(error).__name__, request_ids=request_ids)
        else:
            draft.publish()
        if self._meter is not None:
            self._meter.commit(time.perf_counter() - started, stored=stored)
        return stored

    async def _answer(self, submission: Submission, draft: Draft) -> _Answer:
        try:
            return await self._decide(submission, draft)
        except Refused as refused:
            return refused
        except StoreError as error:
            _log.error("store failed", request_id=submission.request_id, error=str(error))
            return Unavailable("the store cannot be read now: send the same request again")
        except Exception as error:
            _log.exception("decision failed", request_id=submission.request_id, kind=type(error).__name__)
            return InternalFault(f"internal server error ({submission.request_id})")

    async def _decide(self, submission: Submission, draft: Draft) -> StoredActivity:
        if submission.operation.name in VOTES:
            return await self._votes.by_fingerprint(submission, draft)
        existing = await draft.activity_by_fingerprint(submission.caller.organization_id, submission.fingerprint)
        if existing is not None:
            return await self._votes.resubmitted(existing, submission, draft)
        return await self._submitter.submit(submission, draft)
