"""Writes of one of several equal processes, which share a store: each is decided while its organization is locked.

A turn locks some organizations, tells their versions and which fingerprints are known, and what is decided on that is
committed by it. Lanes are turns side by side; no two of a process have the same organization, so that they wait for
other machines only, never for each other.

Of a commit that may or may not be durable, all is decided anew in another turn: that one waits for the end of the
transaction before it, and what has become of it is found by its fingerprint, as if a client had sent the same again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from msgspec.structs import replace

from counterseal.contract.errors import Unavailable
from counterseal.engine.batch import Answer, tell
from counterseal.engine.decider import Decider, answer_to, pairs_of
from counterseal.engine.draft import Draft
from counterseal.engine.snapshots import Snapshots, SnapshotsOfTurn
from counterseal.engine.submission import Submission
from counterseal.engine.waiting import Waiting, WaitingLines
from counterseal.engine.writer import BATCH_SECONDS, PIECE_SECONDS, QUEUE_MAX, WriterMeter
from counterseal.store import Conflict, SharedStore, StoredActivity, StoreError, Turn, Unknown
from counterseal.world import Clock, rest

LANES = 4
TURN_MAX = 64
"""Submissions of one turn: others wait for its organizations."""
ATTEMPTS = 6
TOGETHER_ATTEMPTS = 2
"""After so many the first of a turn's submissions is tried alone: none can spoil it for others."""

_STOPPED = Unavailable("the server has stopped writing")
_NOT_STORED = Unavailable("the activity could not be stored: send the same request again")

_log = structlog.get_logger()


class Lanes:
    """The writer of a process that is not the only one. Start it with ``run``; ``close`` finishes what is waiting."""

    def __init__(
        self,
        snapshots: Snapshots,
        store: SharedStore,
        decider: Decider,
        *,
        clock: Clock,
        meter: WriterMeter | None = None,
    ) -> None:
        self._snapshots = snapshots
        self._store = store
        self._decider = decider
        self._clock = clock
        self._meter = meter
        self._waiting = WaitingLines()
        self._busy: set[str] = set()
        self._wake = asyncio.Event()
        self._closing = False
        self.ended = asyncio.Event()
        """Set once ``run`` has ended, asked to or by a fault: everybody has been told, and nothing more is taken."""

    @property
    def is_open(self) -> bool:
        """Whether it takes writes: neither closed nor ended by a fault."""
        return not self._closing

    async def submit(self, submission: Submission) -> StoredActivity:
        """The activity as committed. Raises Refused; Unavailable when it could not be stored or the queue is full."""
        await self._decider.make_ready(submission)
        if self._closing or len(self._waiting) >= QUEUE_MAX:
            raise Unavailable("the server cannot take more writes now: send the same request again later")
        future: asyncio.Future[StoredActivity] = asyncio.get_running_loop().create_future()
        self._waiting.add(Waiting(submission, future))
        self._wake.set()
        return await future

    def close(self) -> None:
        """Take nothing more; ``run`` ends when the queue is empty."""
        self._closing = True
        self._wake.set()

    async def run(self) -> None:
        """Write until closed. Should it end by a fault, nobody is left waiting and nothing more is taken."""
        lanes: set[asyncio.Task[None]] = set()
        try:
            while not self._closing or self._waiting or lanes:
                self._wake.clear()
                while len(lanes) < LANES and (taken := self._take()):
                    lane = asyncio.create_task(self._go(taken))
                    lanes.add(lane)
                    lane.add_done_callback(lambda _: self._wake.set())
                await self._wake.wait()
                for ended in [lane for lane in lanes if lane.done()]:
                    lanes.discard(ended)
                    ended.result()
        finally:
            self._closing = True
            if lanes:
                await asyncio.wait(lanes)
            for waiting in self._waiting:
                tell(waiting.future, _STOPPED)
            self.ended.set()

    def _take(self) -> list[Waiting]:
        """What may go into the next turn: nothing of organizations in which a lane is at work, or what waits for it."""
        taken: list[Waiting] = []
        held_up: set[str] = set()
        for waiting in self._waiting:
            if len(taken) == TURN_MAX:
                break
            if waiting.submission.caller.organization_id in self._busy:
                held_up.add(waiting.sender_id)
            elif waiting.sender_id not in held_up:
                taken.append(waiting)
        for waiting in taken:
            self._waiting.take(waiting)
        self._busy.update(waiting.submission.caller.organization_id for waiting in taken)
        return taken

    async def _go(self, taken: Sequence[Waiting]) -> None:
        """One lane's work: decide, store, tell. What a turn has no time for waits for the next, before all others."""
        submissions = [waiting.submission for waiting in taken]
        answers: Sequence[Answer] = [_STOPPED] * len(taken)
        try:
            answers = await self._answers(submissions)
        finally:
            self._busy.difference_update(each.caller.organization_id for each in submissions)
            for waiting in reversed(taken[len(answers) :]):
                self._waiting.give_back(waiting)
            for waiting, answer in zip(taken, answers, strict=False):
                tell(waiting.future, answer)

    async def _answers(self, submissions: Sequence[Submission]) -> Sequence[Answer]:
        """What the first of them are told, one at least. Nobody is told anything before it is stored."""
        made: dict[str, StoredActivity] = {}
        for attempt in range(ATTEMPTS):
            asked = submissions if attempt < TOGETHER_ATTEMPTS else submissions[:1]
            try:
                return [_as_made(answer, made) for answer in await self._turn(asked, made)]
            except (Conflict, Unknown) as reason:
                _log.warning("decided anew", reason=str(reason), request_ids=[each.request_id for each in asked])
            except StoreError as error:
                ids = [each.request_id for each in asked]
                _log.error("commit failed", error=str(error), kind=type(error).__name__, request_ids=ids)
                return [_NOT_STORED] * len(asked)
        return [_NOT_STORED]

    async def _turn(self, submissions: Sequence[Submission], made: dict[str, StoredActivity]) -> list[Answer]:
        """Decide and store as many as there is time for. ``made``: activities that may be in the store afterwards."""
        pairs = pairs_of(submissions)
        async with self._store.turn(sorted({id_ for id_, _ in pairs}), pairs) as turn:
            draft = Draft(SnapshotsOfTurn(self._snapshots, turn), turn)
            draft.know(pairs, turn.known)
            answers = await self._decide(submissions, draft)
            made.update((each.id, each) for each in answers if isinstance(each, StoredActivity))
            if self._meter is not None:
                self._meter.batch(len(answers), waiting=len(self._waiting))
            if draft.commits:
                await self._commit(turn, draft, now_ms=submissions[len(answers) - 1].now_ms)
        return answers

    async def _decide(self, submissions: Sequence[Submission], draft: Draft) -> list[Answer]:
        """What is told if the draft becomes durable. Raises StoreError: then nothing of the turn can."""
        answers: list[Answer] = []
        seconds = paused = 0.0
        for submission in submissions:
            started = self._clock.stopwatch()
            try:
                answers.append(await self._decider.decide(submission, draft))
            except StoreError:
                raise
            except Exception as error:
                answers.append(answer_to(submission, error))
            seconds += self._clock.stopwatch() - started
            if seconds >= BATCH_SECONDS:
                break
            if seconds - paused >= PIECE_SECONDS:
                paused = seconds
                await rest()
        return answers

    async def _commit(self, turn: Turn, draft: Draft, *, now_ms: int) -> None:
        """Make it durable and show it."""
        started, is_stored = self._clock.stopwatch(), False
        try:
            await turn.commit(draft.commits)
            is_stored = True
        finally:
            if self._meter is not None:
                self._meter.commit(self._clock.stopwatch() - started, stored=is_stored)
        draft.publish()
        if draft.charges:
            self._decider.allowance.spend(draft.charges, now_ms=now_ms)


def _as_made(answer: Answer, made: dict[str, StoredActivity]) -> Answer:
    """An activity that was stored by an attempt whose end was not seen was made by it: its result is its caller's."""
    if isinstance(answer, StoredActivity) and answer.id in made:
        return replace(answer, made_by=made[answer.id].made_by)
    return answer
