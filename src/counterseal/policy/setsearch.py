"""Reachability for the rare consensus that is no headcount: it relates approvers to each other or takes positions.

Sets of additional votes are tried, smallest first, with users of one kind taken as interchangeable, until the search's
allowance is used up; then the consensus counts as unreachable. What is found has been evaluated and is therefore right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from itertools import combinations_with_replacement

from counterseal.policy import syntax
from counterseal.policy.closures import FACTS, new_scope, spend
from counterseal.policy.electorate import Approval, Roster, consensus_facts, credential_fact, user_fact
from counterseal.policy.expression import Expression
from counterseal.policy.syntax import Expr, children
from counterseal.policy.values import BudgetExhausted, EvaluationFailure

_IDENTITIES = ("id", "user_id")


class SetSearch:
    """Tries sets of votes. See ``reachability.Search``; ``allowance`` is what it may cost in all, in nodes."""

    def __init__(self, consensus: Expression, roster: Roster, *, allowance: int) -> None:
        self._consensus = consensus
        self._roster = roster
        self._scope = new_scope({}, budget=allowance)
        tree = consensus.tree
        self._fields = {node.name for node in _nodes(tree) if isinstance(node, syntax.Field)}
        self._named = {node.value for node in _nodes(tree) if isinstance(node, syntax.Text)}
        self._anonymous = _identities_are_only_compared(tree)

    def completion(self, approvals: Sequence[Approval], pivots: Collection[str]) -> tuple[Approval, ...] | None:
        """See ``reachability.Search``."""
        try:
            for added in self._additions(approvals):
                together = [*approvals, *added]
                if not self._is(True, together):
                    continue
                for pivot in pivots:
                    if self._is(False, [vote for vote in together if vote.user.id != pivot]):
                        return added
        except BudgetExhausted:
            return None
        return None

    def _is(self, wanted: bool, approvals: Sequence[Approval]) -> bool:
        self._scope[FACTS] = consensus_facts(approvals)
        try:
            return self._consensus.value(self._scope) is wanted
        except EvaluationFailure:
            return False

    def _additions(self, approvals: Sequence[Approval]) -> Iterator[tuple[Approval, ...]]:
        voted = {approval.user.id for approval in approvals}
        spend(self._scope, len(self._roster.votes))
        kinds: dict[object, list[Approval]] = defaultdict(list)
        for kind, vote in self._kinds:
            if vote.user.id not in voted:
                kinds[kind].append(vote)
        for number in range(len({user.id for user in self._roster.users} - voted) + 1):
            for chosen in combinations_with_replacement(kinds, number):
                spend(self._scope, 5 * (number + len(approvals)))
                votes = _taken(chosen, kinds)
                if votes is not None:
                    yield votes

    @cached_property
    def _kinds(self) -> list[tuple[object, Approval]]:
        """Charged for even if it is remembered: the same request must always be decided alike."""
        spend(self._scope, 10 * len(self._roster.votes))
        known: list[tuple[object, Approval]] | None = self._roster.classes.get(self._consensus.text)
        if known is None:
            known = [(self._kind(vote), vote) for vote in self._roster.votes]
            self._roster.classes[self._consensus.text] = known
        return known

    def _kind(self, vote: Approval) -> object:
        """Votes of one kind cannot be told apart by the expression: what it looks at is equal, or equally unnamed."""
        seen = user_fact(vote.user) | {"credential": credential_fact(vote.credential) if vote.credential else {}}
        return (
            *(self._seen(name, seen[name]) for name in ("id", "tags", "email", "alias")),
            *(self._seen(name, value) for name, value in sorted(seen["credential"].items())),
            vote.credential is None,
        )

    def _seen(self, name: str, value: object) -> object:
        if name not in self._fields:
            return None
        unnamed = name in _IDENTITIES and self._anonymous and value not in self._named
        return None if unnamed else value


def _taken(chosen: tuple[object, ...], kinds: dict[object, list[Approval]]) -> tuple[Approval, ...] | None:
    """One vote of each chosen kind, each of another user; None if there are not so many."""
    used: set[str] = set()
    votes = []
    for kind in chosen:
        vote = next((vote for vote in kinds[kind] if vote.user.id not in used), None)
        if vote is None:
            return None
        used.add(vote.user.id)
        votes.append(vote)
    return tuple(votes)


def _nodes(tree: Expr) -> Iterator[Expr]:
    yield tree
    for child in children(tree):
        yield from _nodes(child)


def _identities_are_only_compared(tree: Expr) -> bool:
    """Whether all that the expression does with ids is to compare them, with each other or with literals."""
    for node in _nodes(tree):
        if isinstance(node, syntax.Index | syntax.Slice):
            return False
        compares = isinstance(node, syntax.Compare) and node.op in ("==", "!=", "in")
        if not compares and any(_is_identity(child) for child in children(node)):
            return False
    return True


def _is_identity(node: Expr) -> bool:
    return isinstance(node, syntax.Field) and node.name in _IDENTITIES
