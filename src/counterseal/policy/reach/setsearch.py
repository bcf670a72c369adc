"""Reachability for the rare consensus that is no headcount: it relates approvers to each other or takes positions.

Sets of additional votes are tried, smallest first, with votes that the consensus cannot tell apart (``sight.py``) taken
as interchangeable, until the search's budget is spent; then the consensus counts as unreachable. What is found has been
evaluated and is therefore right.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Hashable, Iterator, Sequence
from itertools import combinations_with_replacement

from counterseal.policy.compile.budget import Budget, BudgetExhausted
from counterseal.policy.compile.closures import new_scope
from counterseal.policy.compile.expression import Expression
from counterseal.policy.compile.sight import Sight
from counterseal.policy.language.electorate import Approval, Remembered, Roster, consensus_facts
from counterseal.policy.language.values import EvaluationFailure

# What the search's own work costs, measured in steps.
_PER_VOTE_SEEN, _PER_VOTE_EVALUATED, _PER_SET = 40, 12, 40


class SetSearch:
    """Tries sets of votes. See ``reachability.Search``."""

    def __init__(self, consensus: Expression, sight: Sight, roster: Roster) -> None:
        self._consensus = consensus
        self._sight = sight
        self._roster = roster
        self._scope = new_scope({}, Budget(0))
        self._kinds: Remembered | None = None

    def reaches(self, approvals: Sequence[Approval], pivots: Sequence[str], budget: Budget) -> bool | None:
        """See ``reachability.Search``."""
        try:
            return self._found(approvals, pivots, budget) is not None
        except BudgetExhausted:
            return None

    def completion(
        self, approvals: Sequence[Approval], pivots: Sequence[str], budget: Budget
    ) -> tuple[Approval, ...] | None:
        """See ``reachability.Search``."""
        try:
            return self._found(approvals, pivots, budget)
        except BudgetExhausted:
            return None

    def _found(
        self, approvals: Sequence[Approval], pivots: Sequence[str], budget: Budget
    ) -> tuple[Approval, ...] | None:
        for added in self._additions(approvals, budget):
            together = [*approvals, *added]
            if not self._is(True, together, budget):
                continue
            for pivot in pivots:
                if self._is(False, [vote for vote in together if vote.user.id != pivot], budget):
                    return added
        return None

    def _is(self, wanted: bool, approvals: Sequence[Approval], budget: Budget) -> bool:
        budget.spend(_PER_VOTE_EVALUATED * len(approvals))
        self._scope[:2] = budget, consensus_facts(approvals)
        try:
            return self._consensus.value(self._scope) is wanted
        except EvaluationFailure:
            return False

    def _additions(self, approvals: Sequence[Approval], budget: Budget) -> Iterator[tuple[Approval, ...]]:
        voted = {approval.user.id for approval in approvals}
        kinds = self._votes_by_kind(voted, budget)
        for number in range(len({user.id for user in self._roster.users} - voted) + 1):
            for chosen in combinations_with_replacement(range(len(kinds)), number):
                budget.spend(_PER_SET + 4 * number + number * number // 4)
                votes = _taken(chosen, kinds)
                if votes is not None:
                    yield votes

    def _votes_by_kind(self, voted: Collection[str], budget: Budget) -> list[list[Approval]]:
        """The votes that may be added, one a user and kind."""
        if self._kinds is None:
            self._kinds = self._divided(budget)
        votes = self._votes()
        budget.spend(4 * len(votes))
        kinds: dict[int, dict[str, Approval]] = {}
        for vote, number in zip(votes, self._kinds.numbers, strict=True):
            if vote.user.id not in voted:
                kinds.setdefault(number, {}).setdefault(vote.user.id, vote)
        return [list(of_users.values()) for of_users in kinds.values()]

    def _divided(self, budget: Budget) -> Remembered:
        """All votes by kind; charged for even if it is remembered."""
        votes = self._votes()
        steps = _PER_VOTE_SEEN * len(votes)
        budget.spend(steps)
        known = self._roster.recall(self._consensus.text)
        if known is None:
            numbers: dict[Hashable, int] = {}
            of_votes = array("H", (numbers.setdefault(self._sight.kind(vote), len(numbers)) for vote in votes))
            known = Remembered(of_votes, (), steps)
            self._roster.remember(self._consensus.text, known)
        return known

    def _votes(self) -> tuple[Approval, ...]:
        return self._roster.votes if self._sight.credentials else self._roster.bare_votes


def _taken(chosen: Sequence[int], kinds: Sequence[Sequence[Approval]]) -> tuple[Approval, ...] | None:
    """One vote of each chosen kind, each of another user; None if there are not so many. ``chosen`` is ascending."""
    used: set[str] = set()
    votes: list[Approval] = []
    kind, waiting = -1, iter(list[Approval]())
    for number in chosen:
        if number != kind:
            kind, waiting = number, iter(kinds[number])
        vote = next((vote for vote in waiting if vote.user.id not in used), None)
        if vote is None:
            return None
        used.add(vote.user.id)
        votes.append(vote)
    return tuple(votes)
