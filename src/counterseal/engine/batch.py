"""Submissions that become durable together or not at all, who waits for each, and what they will be told."""

from __future__ import annotations

import asyncio

from counterseal.contract.errors import Unavailable
from counterseal.engine.draft import Draft
from counterseal.engine.submission import Submission
from counterseal.store import StoredActivity

Answer = StoredActivity | Exception


class Batch:
    """Decided over ``draft``, in the order of ``submissions``."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.submissions: list[Submission] = []
        self.answers: list[Answer] = []
        self.is_stored = False
        self.seconds = 0.0
        """How long it has taken to decide."""
        self._futures: list[asyncio.Future[StoredActivity]] = []

    def add(self, submission: Submission, answer: Answer, future: asyncio.Future[StoredActivity]) -> None:
        """One more, decided over ``draft``."""
        self.submissions.append(submission)
        self.answers.append(answer)
        self._futures.append(future)

    def tell(self) -> None:
        """Tell everybody who is still there what came of it: what was decided if it is stored."""
        if not self.is_stored:
            self.fail(Unavailable("the activity could not be stored: send the same request again"))
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
