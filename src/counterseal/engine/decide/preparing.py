"""What a decision needs and rests on nothing else is made before a submission queues, in pieces, so that nobody waits.

Small bodies need nothing: to go through them takes tenths of a millisecond. Of large ones only a few are prepared or
waiting to be decided at a time, so that little is held for them, and organizations take turns.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext

from msgspec.structs import replace

from counterseal.activities import look_ahead
from counterseal.contract import Shape, intent_of, upgrade, variant, variant_of
from counterseal.contract.errors import Refused
from counterseal.engine.decide.places import Places
from counterseal.engine.decide.reading import submitted_intent
from counterseal.engine.decide.submission import Submission
from counterseal.engine.decide.vote import VOTES, fingerprint_of
from counterseal.organizations import SigningRules
from counterseal.store import Reads, StoreError
from counterseal.world import Turns

PREPARED_BYTES = 4 * 1024
"""Of a body. A smaller one has some twenty keys at most, which are checked in a millisecond."""

_NONE_NEEDED = nullcontext()


class Preparation:
    """Prepares submissions, those of many senders side by side."""

    def __init__(self, store: Reads, turns: Turns, rules: SigningRules) -> None:
        self._store = store
        self._rules = rules
        self._turns = turns
        self._places = Places()

    def place_for(self, submission: Submission) -> AbstractAsyncContextManager[None]:
        """To be held from before a submission is prepared until it is answered: of large ones there are few places."""
        if not submission.is_heavy:
            return _NONE_NEEDED
        return self._places.one_for(submission.caller.voter.organization_id)

    async def of(self, submission: Submission) -> Submission:
        """The submission as it may queue. What is wrong with it is told by its decision, in the order of the contract.

        It holds what was made for it; a vote holds what was made for the activity that it is about.
        """
        if submission.operation.name in VOTES:
            intent = await self._waiting(submission)
            return submission if intent is None else replace(submission, held=await self._ahead(intent, submission))
        if len(submission.body) <= PREPARED_BYTES:
            return submission
        await self._turns.next(submission.caller.voter.organization_id)
        try:
            what = submission.words.said()
        except Refused:
            return submission
        return replace(submission, held=await self._ahead(what.upgraded, submission))

    async def _waiting(self, vote: Submission) -> Shape | None:
        """What was submitted and waits for this vote, if to go through it may take long."""
        organization_id = vote.caller.organization_id
        if vote.caller.voter.organization_id != organization_id:
            return None  # it will be refused
        try:
            intent = intent_of(vote.tree, variant_of(vote.tree, vote.operation))
            fingerprint = fingerprint_of(getattr(intent, "fingerprint", ""))
            activity = await self._store.activity_by_fingerprint(organization_id, fingerprint)
            if activity is None or activity.status.is_final or len(activity.votes[0].message) <= PREPARED_BYTES:
                return None
            await self._turns.next(organization_id)
            return upgrade(submitted_intent(activity), variant(activity.type))
        except (Refused, StoreError):
            return None

    async def _ahead(self, intent: Shape, submission: Submission) -> tuple[object, ...]:
        work, held = self._turns.work(submission.caller.voter.organization_id), []
        for part in look_ahead(intent, self._rules):
            held.append(part)
            await work.go_on()
        return tuple(held)
