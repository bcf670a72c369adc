"""Submissions that become durable together or not at all, who waits for each, and what they will be told."""

from __future__ import annotations

import asyncio

from counterseal.contract.errors import Unavailable
from counterseal.engine.decide.decider import Answer
from counterseal.engine.decide.submission import Submission
from counterseal.engine.state.draft import Draft
from counterseal.engine.write.waiting import Waiting
from counterseal.store import StoredActivity


def not_stored() -> Unavailable:
    """The answer to whom nothing was stored for."""
    return Unavailable("the activity could not be stored: send the same request again")


class Batch:
    """Decided over ``draft``, in the order of ``submissions``."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.submissions: list[Submission] = []
        self.answers: list[Answer] = []
        self.is_stored = False
        self.is_heavy = False
        """Whether one is among them that took much: what is made of it takes as long again to be stored."""
        self.is_settled = False
        """Whether it was decided anew, after a Conflict: each has its answer, and nothing stands on ``draft``."""
        self.seconds = 0.0
        """How long it has taken to decide."""
        self.sender_ids: set[str] = set()
        self._futures: list[asyncio.Future[StoredActivity]] = []

    def add(self, waiting: Waiting, answer: Answer) -> None:
        """One more, decided over ``draft``."""
        submission = waiting.submission
        self.submissions.append(submission)
        self.sender_ids.add(waiting.sender_id)
        self.is_heavy = self.is_heavy or submission.is_heavy
        self.answers.append(answer)
        self._futures.append(waiting.future)

    def tell(self) -> None:
        """Tell everybody who is still there what came of it: what was decided if it is stored."""
        if not (self.is_stored or self.is_settled):
            self.fail(not_stored())
            return
        for future, answer in zip(self._futures, self.answers, strict=True):
            tell(future, answer)

    def fail(self, reason: Unavailable) -> None:
        """Tell everybody that nothing came of it."""
        for future in self._futures:
            tell(future, reason)


def tell(future: asyncio.Future[StoredActivity], answer: Answer) -> None:
    """Tell one."""
    if future.done():  # its caller has gone
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
