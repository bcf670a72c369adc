"""A batch whose commit was a Conflict is decided anew, so that one of it can never spoil it for others.

Once together: what it rests on may have been another one just then. If that is a Conflict as well, somebody in it takes
what only one can have and was not refused for it: then each is decided and stored alone, after those before it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from counterseal.contract.errors import Unavailable
from counterseal.engine.decide.decider import Answer
from counterseal.engine.decide.submission import Submission
from counterseal.engine.write.batch import not_stored
from counterseal.store import Conflict

ALONE_ATTEMPTS = 2
"""Of one alone, after which it is answered 503."""

Settle = Callable[[Sequence[Submission]], Awaitable[list[Answer]]]
"""Decides on what is stored, stores that, and gives the answers. Raises Conflict; Unavailable if the store fails."""


async def decide_anew(submissions: Sequence[Submission], settle: Settle) -> list[Answer]:
    """What each is told. Commits at most once, and ``ALONE_ATTEMPTS`` times for each."""
    try:
        return await settle(submissions)
    except Unavailable as unavailable:
        return [unavailable] * len(submissions)
    except Conflict:
        return await _one_by_one(submissions, settle)


async def _one_by_one(submissions: Sequence[Submission], settle: Settle) -> list[Answer]:
    answers: list[Answer] = []
    for submission in submissions:
        try:
            answers += await _alone(submission, settle)
        except Conflict:
            answers.append(not_stored())
        except Unavailable:
            break  # nor would the store take the rest, and each attempt may last seconds
    return answers + [not_stored()] * (len(submissions) - len(answers))


async def _alone(submission: Submission, settle: Settle) -> list[Answer]:
    for _ in range(ALONE_ATTEMPTS - 1):
        with suppress(Conflict):
            return await settle([submission])
    return await settle([submission])
