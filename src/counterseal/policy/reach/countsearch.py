"""Reachability of a consensus that is a headcount: a search over how many users of each class approve.

Users are of one class when their votes count alike in every tally. Never are sets of users tried.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec

from counterseal.policy.compile.budget import Budget, BudgetExhausted
from counterseal.policy.compile.closures import new_scope
from counterseal.policy.compile.cost import FAILURE_STEPS
from counterseal.policy.compile.expression import Expression
from counterseal.policy.compile.headcount import CAN_BE_FALSE, CAN_BE_TRUE, Headcount, Tally
from counterseal.policy.language.electorate import (
    Approval,
    Remembered,
    Roster,
    User,
    consensus_facts,
    credential_fact,
    possible_votes,
    user_fact,
)
from counterseal.policy.language.values import EvaluationFailure

# What the search's own work costs, measured in steps.
_PER_SEARCH, _PER_APPROVAL, _PER_VOTE, _PER_RECORD, _PER_TALLY = 90, 8, 40, 3, 12
_PER_CHOICE, _PER_ENTRY, _PER_TURN, _PER_TERM = 12, 5, 60, 6

_Vector = tuple[int, ...]  # one number a tally, or one a choice
_Record = dict[str, Any]  # a user or a credential as policies see it
_Class = tuple[_Vector, ...]  # all that the votes of one user can add to the tallies


class _Choice(msgspec.Struct, frozen=True):
    """``size`` users of one class could each give a vote that adds ``vector`` to the tallies.

    ``counted`` are the indexes at which the vector is not zero.
    """

    group: _Class
    vector: _Vector
    counted: tuple[int, ...]
    size: int


class CountSearch:
    """Branch and bound. See ``reachability.Search``."""

    def __init__(self, consensus: Expression, headcount: Headcount, roster: Roster) -> None:
        self._consensus = consensus
        self._tallies = headcount.tallies
        self._formula = headcount.formula
        self._terms = headcount.terms
        self._roster = roster
        self._scope = new_scope({}, Budget(0))
        self._vectors: dict[tuple[str, ...], _Vector | None] = {}
        self._classes: Remembered | None = None
        self._solved: dict[object, _Vector | None] = {}

    def reaches(self, approvals: Sequence[Approval], pivots: Sequence[str], budget: Budget) -> bool | None:
        """See ``reachability.Search``."""
        try:
            return self._counts(approvals, pivots, budget) is not None
        except BudgetExhausted:
            return None

    def completion(
        self, approvals: Sequence[Approval], pivots: Sequence[str], budget: Budget
    ) -> tuple[Approval, ...] | None:
        """See ``reachability.Search``."""
        try:
            found = self._counts(approvals, pivots, budget)
            return None if found is None else self._votes(*found, {vote.user.id for vote in approvals}, budget)
        except BudgetExhausted:
            return None

    def _counts(
        self, approvals: Sequence[Approval], pivots: Sequence[str], budget: Budget
    ) -> tuple[list[_Choice], _Vector] | None:
        """Choices, and how many of each complete the consensus."""
        counted = self._counted(approvals, budget)
        if counted is None:
            return None
        leaving = {vector for vector in map(counted.get, pivots) if vector is not None and any(vector)}
        if not leaving:
            return None
        base = tuple(map(sum, zip(*counted.values(), strict=True)))
        choices = self._choices(counted, budget)
        for vector in sorted(leaving):
            key = (base, vector, tuple(choice.size for choice in choices))
            if key not in self._solved:
                self._solved[key] = self._solve(base, vector, choices, budget)
            counts = self._solved[key]
            if counts is not None:
                return choices, counts
        return None

    def _counted(self, approvals: Sequence[Approval], budget: Budget) -> dict[str, _Vector] | None:
        """What each approver's votes add to the tallies; None if a predicate fails on one of them."""
        budget.spend(_PER_SEARCH + _PER_APPROVAL * len(approvals))
        of_user: dict[str, list[Approval]] = defaultdict(list)
        for vote in approvals:
            of_user[vote.user.id].append(vote)
        counted: dict[str, _Vector] = {}
        for user_id, votes in of_user.items():
            vector = self._vector(votes, budget)
            if vector is None:
                return None
            counted[user_id] = vector
        return counted

    def _vector(self, votes: Sequence[Approval], budget: Budget) -> _Vector | None:
        """What these votes of one user add to the tallies; None if a predicate fails on them."""
        key = (votes[0].user.id, *(vote.credential.id for vote in votes if vote.credential is not None))
        if key not in self._vectors:
            self._vectors[key] = self._counted_anew(votes, budget)
        return self._vectors[key]

    def _counted_anew(self, votes: Sequence[Approval], budget: Budget) -> _Vector | None:
        budget.spend(_PER_VOTE * len(votes))
        facts = consensus_facts(votes)
        try:
            return tuple(len(self._selected(tally, facts[tally.keyword], budget)) for tally in self._tallies)
        except EvaluationFailure:
            return None

    def _choices(self, voted: Iterable[str], budget: Budget) -> list[_Choice]:
        if self._classes is None:
            self._classes = self._divided(budget)
        numbers, classes = self._classes.numbers, self._classes.classes
        budget.spend(len(numbers) + _PER_CHOICE * sum(map(len, classes)))
        sizes = [0] * len(classes)
        gone = set(voted)
        for user, number in zip(self._roster.users, numbers, strict=True):
            sizes[number] += user.id not in gone
        return [
            _Choice(group, vector, tuple(index for index, count in enumerate(vector) if count), size)
            for group, size in zip(classes, sizes, strict=True)
            for vector in group
            if any(vector)
        ]

    def _divided(self, budget: Budget) -> Remembered:
        """The users by class. Votes on which a predicate fails are no option: they spoil all."""
        known = self._roster.recall(self._consensus.text)
        if known is not None:
            budget.spend(known.steps)
            return known
        before = budget.left
        votes = self._roster.votes if self._consensus.sees_credentials else self._roster.bare_votes
        numbers: dict[_Class, int] = {}
        of_users = array("H")
        vectors = zip(*self._columns(votes, budget), strict=True)
        for _, of_user in groupby(zip(votes, vectors, strict=True), key=lambda each: each[0].user.id):
            different = dict.fromkeys(vector for _, vector in of_user)
            group = tuple(vector for vector in different if None not in vector)
            of_users.append(numbers.setdefault(group, len(numbers)))
        known = Remembered(of_users, tuple(numbers), before - budget.left)
        self._roster.remember(self._consensus.text, known)
        return known

    def _columns(self, votes: Sequence[Approval], budget: Budget) -> list[list[int | None]]:
        """For each tally what each vote adds to it; None where the predicate fails on the vote."""
        budget.spend(_PER_RECORD * len(votes) * (1 + len(self._tallies)))
        records: dict[str, list[_Record | None]] = {
            "approvers": [user_fact(vote.user) for vote in votes],
            "credentials": [None if vote.credential is None else credential_fact(vote.credential) for vote in votes],
        }
        return [self._column(tally, records[tally.keyword], budget) for tally in self._tallies]

    def _column(self, tally: Tally, records: Sequence[_Record | None], budget: Budget) -> list[int | None]:
        try:
            kept = self._selected(tally, [record for record in records if record is not None], budget)
        except EvaluationFailure:
            return [self._alone(tally, record, budget) for record in records]
        chosen = set(map(id, kept))
        return [1 if id(record) in chosen else 0 for record in records]

    def _alone(self, tally: Tally, record: _Record | None, budget: Budget) -> int | None:
        if record is None:
            return 0
        try:
            budget.spend(FAILURE_STEPS)
            return len(self._selected(tally, [record], budget))
        except EvaluationFailure:
            return None

    def _selected(self, tally: Tally, records: list[_Record], budget: Budget) -> list[_Record]:
        budget.spend(_PER_TALLY + tally.cost)
        self._scope[:2] = budget, {tally.keyword: records}
        selected: list[_Record] = tally.select(self._scope)
        return selected

    def _solve(self, base: _Vector, leaving: _Vector, choices: Sequence[_Choice], budget: Budget) -> _Vector | None:
        """How many of each choice make the consensus true, and false without ``leaving``; few rather than many."""
        stack = [(tuple(0 for _ in choices), tuple(choice.size for choice in choices))]
        entries = sum([1 + len(choice.counted) for choice in choices])
        turn = _PER_TURN + _PER_ENTRY * (len(self._tallies) + entries) + 2 * _PER_TERM * self._terms
        while stack:
            budget.spend(turn)
            low, high = stack.pop()
            if _is_overfull(choices, low):
                continue
            bounds = _bounds(base, choices, low, high)
            whole = self._formula(bounds)
            without = self._formula([(lo - less, hi - less) for (lo, hi), less in zip(bounds, leaving, strict=True)])
            if not (whole & CAN_BE_TRUE and without & CAN_BE_FALSE):
                continue
            if whole == CAN_BE_TRUE and without == CAN_BE_FALSE:
                return low
            widest = max(range(len(choices)), key=lambda index: high[index] - low[index])
            middle = (low[widest] + high[widest]) // 2
            stack.append((_put(low, widest, middle + 1), high))
            stack.append((low, _put(high, widest, middle)))
        return None

    def _votes(
        self, choices: Sequence[_Choice], counts: _Vector, voted: set[str], budget: Budget
    ) -> tuple[Approval, ...]:
        """Votes of users who have not voted, as many as of each choice are asked for."""
        known = self._classes or self._divided(budget)
        members: dict[_Class, list[User]] = defaultdict(list)
        for user, number in zip(self._roster.users, known.numbers, strict=True):
            if user.id not in voted:
                members[known.classes[number]].append(user)
        votes: list[Approval] = []
        for choice, count in zip(choices, counts, strict=True):
            taken, members[choice.group] = members[choice.group][:count], members[choice.group][count:]
            votes += [
                next(vote for vote in possible_votes(user) if self._vector([vote], budget) == choice.vector)
                for user in taken
            ]
        return tuple(votes)


def _bounds(base: _Vector, choices: Sequence[_Choice], low: _Vector, high: _Vector) -> list[tuple[int, int]]:
    """The lowest and highest value of each tally when each choice is taken ``low`` to ``high`` times."""
    least, most = list(base), list(base)
    for choice, fewest, all_of_them in zip(choices, low, high, strict=True):
        for index in choice.counted:
            least[index] += choice.vector[index] * fewest
            most[index] += choice.vector[index] * all_of_them
    return list(zip(least, most, strict=True))


def _is_overfull(choices: Sequence[_Choice], counts: _Vector) -> bool:
    """Whether a class would have to give more votes than it has users."""
    used: dict[_Class, int] = defaultdict(int)
    for choice, count in zip(choices, counts, strict=True):
        used[choice.group] += count
    return any(used[choice.group] > choice.size for choice in choices)


def _put(counts: _Vector, index: int, value: int) -> _Vector:
    return (*counts[:index], value, *counts[index + 1 :])
