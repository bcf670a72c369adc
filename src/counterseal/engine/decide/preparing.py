"""What a decision needs and rests on nothing else is made before a submission queues, in pieces, so that nobody waits.

Small bodies need nothing: to go through them takes tenths of a millisecond. Of large ones only a few are prepared or
waiting to be decided at a time, so that little is held for them, and organizations take turns.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext

from msgspec.structs import replace

from counterseal.activities import look_ahead
from counterseal.contract.errors import Refused
from counterseal.engine.decide.places import Places
from counterseal.engine.decide.reading import said
from counterseal.engine.decide.submission import Submission
from counterseal.world import Turns

PREPARED_BYTES = 4 * 1024
"""Of a body. A smaller one has some twenty keys at most, which are checked in a millisecond."""

_NONE_NEEDED = nullcontext()


class Preparation:
    """Prepares submissions, those of many senders side by side."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._places = Places()

    def place_for(self, submission: Submission) -> AbstractAsyncContextManager[None]:
        """To be held from before a submission is prepared until it is answered: of large ones there are few places."""
        if not submission.is_heavy:
            return _NONE_NEEDED
        return self._places.one_for(submission.caller.voter.organization_id)

    async def of(self, submission: Submission) -> Submission:
        """The submission as it may queue. What is wrong with it is told by its decision, in the order of the contract.

        It holds what was made for it.
        """
        if len(submission.body) <= PREPARED_BYTES:
            return submission
        sender_id = submission.caller.voter.organization_id
        await self._turns.next(sender_id)
        try:
            what = said(submission.tree, submission.operation)
        except Refused:
            return submission
        work, held = self._turns.work(sender_id), []
        for part in look_ahead(what.upgraded):
            held.append(part)
            await work.go_on()
        return replace(submission, said=what, held=tuple(held))
