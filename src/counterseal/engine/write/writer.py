"""The one writer: it decides what is waiting, one submission after another, commits many at once, and only then lets
replies go.

Decisions run on the event loop, commits on the store's own thread. While one batch is on its way to the disk the next
is decided over it, so batches grow with the load and nobody lingers. If a commit fails, its whole batch is answered 503
and nothing of it is shown; the batch that was decided over it is decided anew. If it is a Conflict, its own batch is.

Organizations take turns, and a batch is no longer than some milliseconds of deciding, with one large submission at
most and alone: however many and however costly submissions one organization sends, others wait for a few of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

from counterseal.engine.decide.decider import Answer, Decider, answer_to, pairs_of
from counterseal.engine.decide.submission import Submission
from counterseal.engine.state.draft import Draft
from counterseal.engine.state.snapshots import Snapshots
from counterseal.engine.write.anew import decide_anew
from counterseal.engine.write.batch import Batch, not_stored
from counterseal.engine.write.intake import STOPPED, Intake
from counterseal.engine.write.looked_up import LookedUp
from counterseal.engine.write.waiting import Waiting, heads_of, small_ones_of
from counterseal.organizations import OrganizationChanges
from counterseal.store import Conflict, Store
from counterseal.world import Clock, rest

BATCH_MAX = 128
BATCH_SECONDS = 0.006
"""Of deciding, after which a batch takes nothing more of whom it has something of already."""
LONGEST_BATCH_SECONDS = 0.024
"""Of deciding, after which a batch is full: the first submission of each organization is decided no sooner if it waits
for another batch.
"""
PIECE_SECONDS = 0.002
"""Of deciding, after which others go on for some turns of the event loop."""
TOGETHER = 8
"""Submissions that are better dealt with as one: one look at the store does for all of them, or one commit."""

_log = structlog.get_logger()

Follower = Callable[[Sequence[OrganizationChanges]], None]

Announce = Callable[[Draft], Awaitable[None]]
"""Adds to the commits of a draft what webhooks are to be told of them. Raises StoreError."""


class WriterMeter(Protocol):
    """Who counts what the writer does."""

    def batch(self, submissions: int, *, waiting: int) -> None:
        """A batch of so many is taken, and so many wait for the next."""
        ...

    def commit(self, seconds: float, *, stored: bool) -> None:
        """A commit ended, well or not."""
        ...


class Writer(Intake):
    """Serialises all writes of this process. Start it with ``run``; ``close`` finishes what is waiting."""

    def __init__(
        self,
        snapshots: Snapshots,
        store: Store,
        decider: Decider,
        *,
        clock: Clock,
        meter: WriterMeter | None = None,
        announce: Announce | None = None,
    ) -> None:
        super().__init__(decider)
        self._announce = announce
        self._snapshots = snapshots
        self._store = store
        self._meter = meter
        self._clock = clock
        self._looked_up = LookedUp(store)
        self._next = Batch(Draft(snapshots, store))
        self._committing: asyncio.Task[Batch] | None = None
        self._ended: Batch | None = None  # whose commit has ended, and of which nobody has been told yet
        self._under_way = 0  # submissions whose commit is, or has just ended
        self._is_heavy_under_way = False
        self.followers: set[Follower] = set()
        """Who is told of every commit that changed organizations, before those are answered who asked for it."""

    async def run(self) -> None:
        """Write until closed. Should it end by a fault, nobody is left waiting and nothing more is taken."""
        try:
            while not self._closing or self._waiting or self._committing is not None:
                self._wake.clear()
                has_begun = await self._take_turn()
                if not has_begun and (self._committing is not None or not self._closing):
                    await self._wake.wait()
        finally:
            self._closing = True
            if self._committing is not None:
                (ended,), _ = await asyncio.wait([self._committing])
                if not ended.cancelled() and ended.exception() is None:
                    ended.result().tell()
            self._next.fail(STOPPED)
            self._end()

    async def _take_turn(self) -> bool:
        """Decide what is to be decided, and begin the next commit if none is under way. Whether one was begun.

        It is on its way before those are told whose commit has ended, unless decisions take long: the disk need not
        wait until replies are made. But other processes, which follow, make their own replies and are told first.
        """
        if self._committing is not None and self._committing.done():
            self._ended, self._committing = self._committing.result(), None
        try:
            if self._ended is not None:
                ended = self._ended
                if self.followers:
                    self._tell_ended()
                await self._stand_on(ended)
            if self._is_time_to_decide():
                await self._decide_waiting()
            if self._committing is not None:
                return False
            self._under_way, self._is_heavy_under_way = len(self._next.submissions), self._next.is_heavy
            if self._under_way == 0:
                return False
            batch, self._next = self._next, Batch(Draft(self._snapshots, self._store, over=self._next.draft))
            self._committing = asyncio.create_task(self._commit(batch))
            await asyncio.sleep(0)
            return True
        finally:
            self._tell_ended()

    def _tell_ended(self) -> None:
        if self._ended is not None:
            ended, self._ended = self._ended, None
            ended.tell()

    def _is_time_to_decide(self) -> bool:
        """At once while nothing is on its way; otherwise some together, because there is time until that has come."""
        return self._committing is None or (len(self._waiting) >= TOGETHER and self._room() > 0)

    def _room(self) -> int:
        """How many more submissions may go into the next batch."""
        if self._next.is_heavy or not all(map(self._has_time_for, self._waiting.first(1))):
            return 0
        return max(0, self._next_max() - len(self._next.submissions))

    def _has_time_for(self, waiting: Waiting) -> bool:
        """Whether the next batch may take this one, for the time that it has taken so far."""
        batch = self._next
        if batch.seconds < BATCH_SECONDS:
            return True
        return batch.seconds < LONGEST_BATCH_SECONDS and waiting.sender_id not in batch.sender_ids

    async def _decide_waiting(self) -> None:
        """Decide what waits and has room in the next batch."""
        batch = self._next
        first = self._waiting.first(self._room())
        if self._waiting.has_heavy:
            first = self._of_one_kind(first)
        if not first:
            return
        fault = await _fault_of(self._looked_up.tell(batch.draft, [waiting.submission for waiting in first]))
        paused = batch.seconds
        for waiting in first:
            if not self._has_time_for(waiting):
                return
            started = self._clock.stopwatch()
            if fault is None:
                answer = await self._decider.answer(waiting.submission, batch.draft)
            else:
                answer = answer_to(waiting.submission, fault)
            batch.seconds += self._clock.stopwatch() - started
            self._waiting.take(waiting)
            self._looked_up.forget([waiting.submission])
            batch.add(waiting, answer)
            if batch.seconds - paused >= PIECE_SECONDS:
                paused = batch.seconds
                self._tell_ended()
                await rest()

    def _of_one_kind(self, first: list[Waiting]) -> list[Waiting]:
        """A large submission has a batch of its own: who shares it waits for its rows. Small ones go between two."""
        if not any(waiting.submission.is_heavy for waiting in first):
            return first
        heads = heads_of(first)
        large = next((head for head in heads if head.submission.is_heavy), None)
        is_alone = all(head.submission.is_heavy for head in heads) and not self._next.submissions
        if large is not None and (is_alone or not (self._is_heavy_under_way or self._next.submissions)):
            return [large]
        return small_ones_of(first)

    def _next_max(self) -> int:
        """How large the next batch may be: two thirds of all there is, unless that is little or nothing is under way.

        Clients that wait for their answers come back together. If 31 and 1 took turns they would for ever, and there
        would be nothing to decide while the 31 are committed. What other processes send comes at no such pace.
        """
        if self._under_way == 0 or self.followers:
            return BATCH_MAX
        of_all = self._under_way + len(self._next.submissions) + len(self._waiting)
        return min(max(TOGETHER, of_all * 2 // 3), BATCH_MAX)

    async def _stand_on(self, ended: Batch) -> None:
        """The commit under the next batch has ended: what was decided over it holds, or is decided anew."""
        self._looked_up.forget(ended.submissions)
        if ended.is_stored:
            self._next.draft.settle()
            self._spend(ended.draft, ended.submissions)
            return
        self._next.draft = Draft(self._snapshots, self._store)
        self._next.answers = await self._answers(self._next.submissions, self._next.draft)

    async def _commit(self, batch: Batch) -> Batch:
        """Make a batch durable and show it. What it gives is the batch, which knows whether that has been done."""
        if self._meter is not None:
            self._meter.batch(len(batch.submissions), waiting=len(self._waiting))
        try:
            try:
                batch.is_stored = await self._make_durable(batch.draft, batch.submissions)
            except Conflict:
                batch.answers = await decide_anew(batch.submissions, self._settle)
                batch.is_settled = True
            return batch
        except BaseException:
            batch.fail(STOPPED)
            raise
        finally:
            self._wake.set()

    async def _settle(self, submissions: Sequence[Submission]) -> list[Answer]:
        """Decide on nothing but what is stored, and store that. Raises Conflict, and Unavailable."""
        draft = Draft(self._snapshots, self._store)
        answers = await self._answers(submissions, draft)
        if not await self._make_durable(draft, submissions):
            raise not_stored()
        self._spend(draft, submissions)
        return answers

    async def _make_durable(self, draft: Draft, submissions: Sequence[Submission]) -> bool:
        """Commit what was decided and show it; False if the store has failed. Raises Conflict."""
        if draft.commits and not await self._stored(draft, [each.request_id for each in submissions]):
            return False
        draft.publish()
        if draft.changed:
            for follower in self.followers:
                follower(draft.changed)
        return True

    def _spend(self, draft: Draft, submissions: Sequence[Submission]) -> None:
        if draft.charges:
            self._decider.allowance.spend(draft.charges, now_ms=submissions[-1].now_ms)

    async def _stored(self, draft: Draft, request_ids: Sequence[str]) -> bool:
        started, stored = self._clock.stopwatch(), False
        try:
            if draft.decided and self._announce is not None:
                await self._announce(draft)
            await self._store.commit(draft.commits)
            stored = True
        except Conflict as reason:
            _log.warning("decided anew", reason=str(reason), request_ids=request_ids)
            raise
        except Exception as error:  # whatever it was, nothing of it is durable
            _log.error("commit failed", error=str(error), kind=type(error).__name__, request_ids=request_ids)
        finally:
            if self._meter is not None:
                self._meter.commit(self._clock.stopwatch() - started, stored=stored)
        return stored

    async def _answers(self, submissions: Sequence[Submission], draft: Draft) -> list[Answer]:
        """What each will be told if the draft becomes durable."""
        fault = await _fault_of(draft.look_up(pairs_of(submissions)))
        if fault is not None:
            return [answer_to(submission, fault) for submission in submissions]
        return [await self._decider.answer(submission, draft) for submission in submissions]


async def _fault_of(looking_up: Awaitable[None]) -> Exception | None:
    """Why it cannot be told which submissions are known, if it cannot."""
    try:
        await looking_up
    except Exception as error:
        return error
    return None
