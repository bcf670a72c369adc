"""Writes of one of several equal processes, which share a store: each is decided while its organization is locked.

A turn locks some organizations, tells their versions and which fingerprints are known, and what is decided on that is
committed by it. Lanes are turns side by side; no two of a process have the same organization, so that they wait for
other machines only, never for each other. What a turn costs the database hardly depends on what is in it: so another
begins only when there is something for it, or when those at work seem to be held up.

Of a commit that may or may not be durable, another turn sees what has become of it: it waits for the end of the
transaction before it, and as all of that is durable or nothing, one vote that it cast tells. If it is durable, what was
decided is told, to those who may see what nobody else may; if not, all is decided anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from msgspec.structs import replace

from counterseal.contract.errors import Unavailable
from counterseal.engine.decide.decider import Answer, Decider, answer_to, pairs_of
from counterseal.engine.decide.submission import Submission
from counterseal.engine.state.draft import Draft
from counterseal.engine.state.snapshots import Snapshots, SnapshotsOfTurn
from counterseal.engine.write.batch import not_stored, tell
from counterseal.engine.write.intake import STOPPED, Intake
from counterseal.engine.write.waiting import Waiting, small_ones_of
from counterseal.engine.write.writer import PIECE_SECONDS, TOGETHER, Announce, WriterMeter
from counterseal.organizations import Removed, RemovedAll
from counterseal.store import (
    Commit,
    Conflict,
    RowChanges,
    RowKey,
    SharedStore,
    StoredActivity,
    StoreError,
    Turn,
    Unknown,
)
from counterseal.world import Clock, rest

LANES = 4
TURN_MAX = 64
"""Submissions of one turn: others wait for its organizations."""
TURN_SECONDS = 0.006
"""Of deciding, after which a turn ends: other processes wait for the lock of the organization."""
PATIENCE_SECONDS = 0.02
"""For so long a lane is waited for by what is not enough for one of its own. Most have ended by then."""
ATTEMPTS = 6
TOGETHER_ATTEMPTS = 2
"""After so many the first of a turn's submissions is tried alone: none can spoil it for others."""

_NOT_KNOWN = Unavailable("it cannot be told now whether the activity was stored: send the same request again")

_log = structlog.get_logger()


class Lanes(Intake):
    """The writer of a process that is not the only one. Start it with ``run``; ``close`` finishes what is waiting."""

    def __init__(
        self,
        snapshots: Snapshots,
        store: SharedStore,
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
        self._clock = clock
        self._meter = meter
        self._busy: set[str] = set()
        self._young: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Write until closed. Should it end by a fault, nobody is left waiting and nothing more is taken."""
        lanes: set[asyncio.Task[None]] = set()
        try:
            while not self._closing or self._waiting or lanes:
                self._wake.clear()
                while len(lanes) < LANES and self._is_time_to_begin() and (taken := self._take()):
                    lane = asyncio.create_task(self._go(taken))
                    lanes.add(lane)
                    lane.add_done_callback(lambda _: self._wake.set())
                    self._young.add(lane)
                    asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._expect_no_more, lane)
                await self._wake.wait()
                for ended in [lane for lane in lanes if lane.done()]:
                    lanes.discard(ended)
                    self._young.discard(ended)
                    ended.result()
        finally:
            self._closing = True
            if lanes:
                await asyncio.wait(lanes)
            self._end()

    def _is_time_to_begin(self) -> bool:
        """At once while no lane is about to end; otherwise for some together, which the next turn does as one."""
        return not self._young or len(self._waiting) >= TOGETHER

    def _expect_no_more(self, lane: asyncio.Task[None]) -> None:
        """This one has taken long: another machine may hold it up, so others no longer wait for its end."""
        self._young.discard(lane)
        self._wake.set()

    def _take(self) -> list[Waiting]:
        """What may go into the next turn: nothing of organizations in which a lane is at work, or what waits for it.

        A large submission has a turn of its own: whoever shares it waits for its rows.
        """
        first = self._waiting.first(
            TURN_MAX, if_all=lambda each: each.submission.caller.organization_id not in self._busy
        )
        taken = first[:1] if first and first[0].submission.is_heavy else small_ones_of(first)
        for waiting in taken:
            self._waiting.take(waiting)
        self._busy.update(waiting.submission.caller.organization_id for waiting in taken)
        return taken

    async def _go(self, taken: Sequence[Waiting]) -> None:
        """One lane's work: decide, store, tell. What a turn has no time for waits for the next, before all others."""
        submissions = [waiting.submission for waiting in taken]
        answers: Sequence[Answer] = [STOPPED] * len(taken)
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
        for attempt in range(ATTEMPTS):
            asked = submissions if attempt < TOGETHER_ATTEMPTS else submissions[:1]
            ids = [each.request_id for each in asked]
            try:
                return await self._turn(asked)
            except Conflict as reason:
                _log.warning("decided anew", reason=str(reason), request_ids=ids)
            except _UndecidedError as undecided:
                if undecided.at == 0:
                    return [answer_to(asked[0], undecided.reason)]
                submissions = asked[: undecided.at]  # that one begins another turn, and spoils none for others
            except Unavailable as unavailable:
                return [unavailable] * len(asked)
            except Exception as error:  # whatever it was, nothing was committed, and other lanes go on
                is_fault = not isinstance(error, StoreError)
                kind = type(error).__name__
                _log.error("commit failed", error=str(error), kind=kind, request_ids=ids, exc_info=is_fault)
                return [not_stored()] * len(asked)
        return [not_stored()]

    async def _turn(self, submissions: Sequence[Submission]) -> Sequence[Answer]:
        """Decide and store as many as there is time for. Raises Conflict if all is to be decided anew."""
        pairs = pairs_of(submissions)
        answers: list[Answer] = []
        commits: list[Commit] = []
        try:
            ids = sorted({id_ for id_, _ in pairs})
            async with self._store.turn(ids, pairs, remembered=self._snapshots.versions_with_parents(ids)) as turn:
                draft = Draft(SnapshotsOfTurn(self._snapshots, turn), turn)
                commits = draft.commits
                draft.know(pairs, turn.known)
                await self._decide(submissions, draft, answers)
                if self._meter is not None:
                    self._meter.batch(len(answers), waiting=len(self._waiting))
                # Also what was there before is told after a commit only: a primary that has crashed and started again
                # shows transactions that its standby does not have yet, and for those this one waits.
                if draft.commits or any(isinstance(answer, StoredActivity) for answer in answers):
                    await self._commit(turn, draft)
        except Unknown as reason:
            await self._require_stored(commits, reason)
        draft.publish()
        if draft.charges:
            self._decider.allowance.spend(draft.charges, now_ms=submissions[len(answers) - 1].now_ms)
        return answers

    async def _decide(self, submissions: Sequence[Submission], draft: Draft, answers: list[Answer]) -> None:
        """Add what is told if the draft becomes durable. Raises _UndecidedError: then nothing of the turn can."""
        seconds = paused = 0.0
        for submission in submissions:
            started = self._clock.stopwatch()
            try:
                answers.append(await self._decider.decide(submission, draft))
            except Conflict:
                raise
            except StoreError as error:
                raise _UndecidedError(len(answers), error) from error
            except Exception as error:
                answers.append(answer_to(submission, error))
            seconds += self._clock.stopwatch() - started
            if seconds >= TURN_SECONDS:
                break
            if seconds - paused >= PIECE_SECONDS:
                paused = seconds
                await rest()

    async def _commit(self, turn: Turn, draft: Draft) -> None:
        started, is_stored = self._clock.stopwatch(), False
        try:
            if draft.decided and self._announce is not None:
                await self._announce(draft)
            await turn.commit(draft.commits)
            is_stored = True
        finally:
            if self._meter is not None:
                self._meter.commit(self._clock.stopwatch() - started, stored=is_stored)

    async def _require_stored(self, commits: Sequence[Commit], reason: Unknown) -> None:
        """Return once it is seen that a commit whose end was not seen is durable.

        Raises Conflict if nothing is left of it, Unavailable if that cannot be told.
        """
        _log.warning("commit not seen to end", reason=str(reason))
        for _ in range(ATTEMPTS):
            try:
                is_stored = bool(commits) and await self._is_there(commits[0])
            except Unknown:
                continue
            except StoreError as error:
                _log.error("commit not known", error=str(error))
                raise _NOT_KNOWN from error
            if is_stored:
                return
            raise Conflict(str(reason)) from reason
        raise _NOT_KNOWN

    async def _is_there(self, commit: Commit) -> bool:
        """Whether what a commit holds is. Its organization is locked first, so that its transaction is over."""
        activity = commit.activity
        organization_id = commit.rows[0].organization.id if activity is None else activity.organization_id
        async with self._store.turn([organization_id], []) as turn:
            if activity is None:
                is_there = await _is_counted(commit.rows[0], turn)
            else:
                found = await turn.activity(organization_id, activity.id)
                is_there = found is not None and {each.id for each in commit.new_votes} <= {v.id for v in found.votes}
            await turn.commit([])  # see ``_turn``
        return is_there


async def _is_counted(left: RowChanges, turn: Turn) -> bool:
    """Whether the first row that a refusal leaves behind is as it left it.

    If it is another one again, what was refused is decided anew: it may count twice, but never not at all.
    """
    change = left.changes[0]
    if isinstance(change, RemovedAll):
        raise TypeError("a refusal leaves single rows behind")
    key = RowKey(kind=type(change.row), value=change.row.id)
    found = (await turn.rows(left.organization.id, [key]))[key]
    if isinstance(change, Removed):
        return not found
    return bool(found) and replace(found[0], revision=change.row.revision) == change.row


class _UndecidedError(Exception):
    """The store failed while the submission at this place was decided, and with it the transaction."""

    def __init__(self, at: int, reason: StoreError) -> None:
        super().__init__(str(reason))
        self.at = at
        self.reason = reason
