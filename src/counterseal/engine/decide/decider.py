"""What one submission comes to, decided over a draft: a vote, the same bytes again, or a new activity."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager

import structlog

from counterseal.contract.errors import InternalFault, Refused, Unavailable
from counterseal.engine.decide.judge import Judge
from counterseal.engine.decide.preparing import Preparation
from counterseal.engine.decide.proving import Prover
from counterseal.engine.decide.submission import Submission
from counterseal.engine.decide.submit import Submitter
from counterseal.engine.decide.vote import VOTES, VoteTaker
from counterseal.engine.decide.work import Made, WorkFirst, Workshop
from counterseal.engine.state.allowance import Allowance
from counterseal.engine.state.draft import Draft
from counterseal.engine.state.snapshots import Snapshots
from counterseal.keystore import Keystore
from counterseal.store import Reads, StoredActivity, StoreError
from counterseal.world import Random, Turns

Answer = StoredActivity | Exception
"""What one submission is told: the activity, or why there is none."""

_log = structlog.get_logger()


class Decider:
    """All that decides, whoever writes it down."""

    def __init__(
        self,
        snapshots: Snapshots,
        store: Reads,
        judge: Judge,
        keystore: Keystore,
        *,
        random: Random,
        turns: Turns,
        prover: Prover | None = None,
    ) -> None:
        self._snapshots = snapshots
        self._judge = judge
        self._preparation = Preparation(store, turns, judge.signing)
        self._workshop = Workshop()
        self._prover = prover
        self._submitter = Submitter(judge, keystore, random, prover)
        self._votes = VoteTaker(judge, self._submitter, random)

    @property
    def allowance(self) -> Allowance:
        """What users have used up of what they may have stored, as far as it is committed."""
        return self._submitter.allowance

    def place_for(self, submission: Submission) -> AbstractAsyncContextManager[None]:
        """To be held from before a submission is made ready until it is answered."""
        return self._preparation.place_for(submission)

    async def ready(self, submission: Submission) -> Submission:
        """What a decision needs and takes long to make is made before the submission queues: others would wait too."""
        prepared = await self._preparation.of(submission)
        await self._compile_policies(submission.caller.organization_id)
        if self._prover is not None:
            await self._prover.prepare(submission.tree, submission.caller.organization_id)
        return prepared

    async def do(self, first: WorkFirst, submission: Submission) -> Made:
        """What the decision of a submission asked for. Raises InternalFault."""
        try:
            return await self._workshop.do(first, submission.caller.organization_id)
        except Exception as error:
            raise answer_to(submission, error) from None

    async def _compile_policies(self, organization_id: str) -> None:
        try:
            organization = await self._snapshots.get(organization_id)
        except StoreError:
            return  # the decision asks again, and tells
        if organization is not None:
            await self._judge.prepare(organization)

    async def answer(self, submission: Submission, draft: Draft) -> Answer:
        """What is to be told if the draft becomes durable."""
        try:
            return await self.decide(submission, draft)
        except Exception as error:
            return answer_to(submission, error)

    async def decide(self, submission: Submission, draft: Draft) -> StoredActivity:
        """Stage what it comes to. Raises Refused with nothing staged, and StoreError."""
        if submission.operation.name in VOTES:
            return await self._votes.by_fingerprint(submission, draft)
        existing = await draft.activity_by_fingerprint(submission.caller.organization_id, submission.fingerprint)
        if existing is not None:
            return await self._votes.resubmitted(existing, submission, draft)
        return await self._submitter.submit(submission, draft)


def answer_to(submission: Submission, error: Exception) -> Refused | WorkFirst:
    """The answer to a submission whose decision ended by an error."""
    if isinstance(error, Refused | WorkFirst):
        return error
    if isinstance(error, StoreError):
        _log.error("store failed", request_id=submission.request_id, error=str(error))
        return Unavailable("the store cannot be read now: send the same request again")
    _log.error("decision failed", request_id=submission.request_id, kind=type(error).__name__, exc_info=error)
    return InternalFault(f"internal server error ({submission.request_id})")


def pairs_of(submissions: Sequence[Submission]) -> list[tuple[str, bytes]]:
    """By what it can be told whether they are known."""
    return [(each.caller.organization_id, each.fingerprint) for each in submissions]
