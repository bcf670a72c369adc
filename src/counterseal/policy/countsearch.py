"""Reachability of a consensus that is a headcount: a search over how many users of each class approve.

Users are of one class when their votes count alike in every tally. Never are sets of users tried.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cached_property

import msgspec

from counterseal.policy.closures import new_scope
from counterseal.policy.electorate import Approval, Roster, consensus_facts, distinct_users
from counterseal.policy.expression import Expression
from counterseal.policy.headcount import CAN_BE_FALSE, CAN_BE_TRUE, Headcount, Tally
from counterseal.policy.values import BudgetExhausted, EvaluationFailure

_NODES_PER_COUNT = 12  # measured: what a step of the search costs, compared with evaluating a node

_Vector = tuple[int, ...]  # one number a tally, or one a choice
_Options = dict[_Vector, Approval]  # what a user's vote can add to the tallies, and the vote that does
_Groups = dict[tuple[_Vector, ...], dict[str, _Options]]  # by the vectors that each user of the class can add


class _Choice(msgspec.Struct, frozen=True):
    """``size`` users of one class could each give a vote that adds ``vector`` to the tallies.

    ``counted`` are the indexes at which the vector is not zero.
    """

    group: tuple[_Vector, ...]
    vector: _Vector
    counted: tuple[int, ...]
    size: int


class CountSearch:
    """Branch and bound. See ``reachability.Search``; ``allowance`` is what it may cost in all, about in nodes."""

    def __init__(self, consensus: Expression, headcount: Headcount, roster: Roster, *, allowance: int) -> None:
        self._consensus = consensus
        self._tallies = headcount.tallies
        self._formula = headcount.formula
        self._roster = roster
        self._left = allowance
        self._solved: dict[object, _Vector | None] = {}

    def completion(self, approvals: Sequence[Approval], pivots: Collection[str]) -> tuple[Approval, ...] | None:
        """See ``reachability.Search``."""
        counted = self._counted(approvals)
        if counted is None:
            return None
        leaving = {vector for user_id, vector in counted.items() if user_id in pivots and any(vector)}
        if not leaving:
            return None
        base = tuple(map(sum, zip(*counted.values(), strict=True)))
        if self._left < 0:
            return None
        choices = self._choices(set(counted))
        for vector in sorted(leaving):
            key = (base, vector, tuple(choice.size for choice in choices))
            if key not in self._solved:
                self._solved[key] = self._solve(base, vector, choices)
            counts = self._solved[key]
            if counts is not None:
                return self._votes(choices, counts, set(counted))
        return None

    def _counted(self, approvals: Sequence[Approval]) -> dict[str, _Vector] | None:
        """What each approver's votes add to the tallies; None if a predicate fails on one of them."""
        try:
            return {
                user.id: tuple(
                    _tallied(tally, [vote for vote in approvals if vote.user.id == user.id]) for tally in self._tallies
                )
                for user in distinct_users(approvals)
            }
        except (EvaluationFailure, BudgetExhausted):
            return None

    @cached_property
    def _groups(self) -> _Groups:
        """Charged for even if it is remembered: the same request must always be decided alike."""
        self._left -= self._consensus.cost * len(self._roster.votes)
        if self._left < 0:
            return {}
        known: _Groups | None = self._roster.classes.get(self._consensus.text)
        if known is None:
            known = self._roster.classes[self._consensus.text] = _grouped(self._tallies, self._roster)
        return known

    def _choices(self, voted: set[str]) -> list[_Choice]:
        return [
            _Choice(
                group,
                vector,
                tuple(index for index, count in enumerate(vector) if count),
                len(members) - len(voted & members.keys()),
            )
            for group, members in self._groups.items()
            for vector in group
            if any(vector)
        ]

    def _solve(self, base: _Vector, leaving: _Vector, choices: Sequence[_Choice]) -> _Vector | None:
        """How many of each choice make the consensus true, and false without ``leaving``; few rather than many."""
        stack = [(tuple(0 for _ in choices), tuple(choice.size for choice in choices))]
        step = _NODES_PER_COUNT * (10 + 2 * len(self._tallies) + sum(2 + len(choice.counted) for choice in choices))
        while stack and self._left >= 0:
            self._left -= step
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

    def _votes(self, choices: Sequence[_Choice], counts: _Vector, voted: set[str]) -> tuple[Approval, ...]:
        used = set(voted)
        votes = []
        for choice, count in zip(choices, counts, strict=True):
            members = self._groups[choice.group]
            for user_id in [user_id for user_id in members if user_id not in used][:count]:
                used.add(user_id)
                votes.append(members[user_id][choice.vector])
        return tuple(votes)


def _tallied(tally: Tally, votes: Sequence[Approval]) -> int:
    return len(tally.select(new_scope(consensus_facts(votes))))


def _grouped(tallies: Sequence[Tally], roster: Roster) -> _Groups:
    """The users of the organization by class. Votes on which a predicate fails are no option: they spoil all."""
    options: dict[str, _Options] = {user.id: {} for user in roster.users}
    columns = [_column(tally, roster) for tally in tallies]
    for vote, vector in zip(roster.votes, zip(*columns, strict=True), strict=True):
        if None not in vector:
            options[vote.user.id].setdefault(vector, vote)
    groups: _Groups = defaultdict(dict)
    for user_id, vectors in options.items():
        groups[tuple(vectors)][user_id] = vectors
    return groups


def _column(tally: Tally, roster: Roster) -> list[int | None]:
    """What each possible vote adds to the tally; None where the predicate fails on it."""
    records = roster.facts[tally.keyword]
    try:
        kept = tally.select(new_scope({tally.keyword: [record for record in records if record is not None]}))
    except (EvaluationFailure, BudgetExhausted):
        return [_alone(tally, record) for record in records]
    chosen = set(map(id, kept))
    return [1 if id(record) in chosen else 0 for record in records]


def _alone(tally: Tally, record: dict[str, object] | None) -> int | None:
    if record is None:
        return 0
    try:
        return len(tally.select(new_scope({tally.keyword: [record]})))
    except (EvaluationFailure, BudgetExhausted):
        return None


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
    used: dict[tuple[_Vector, ...], int] = defaultdict(int)
    for choice, count in zip(choices, counts, strict=True):
        used[choice.group] += count
    return any(used[choice.group] > choice.size for choice in choices)


def _put(counts: _Vector, index: int, value: int) -> _Vector:
    return (*counts[:index], value, *counts[index + 1 :])
