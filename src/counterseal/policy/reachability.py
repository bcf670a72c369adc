"""Can a consensus still be reached, and do the present votes contribute? (Turnkey docs, "Monitoring activities")

With V the approvers and U the users of the organization, a consensus is *reachable* when some S, V ⊆ S ⊆ U, makes it
true while it is false without one of V: that vote is then a *pivot*. Without a pivot the votes contribute nothing, and
the activity is denied rather than pending. Consensus need not be monotone: ``approvers.count() == 1`` exists.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from counterseal.policy.countsearch import CountSearch
from counterseal.policy.electorate import Approval, Roster, User, possible_votes
from counterseal.policy.expression import Expression
from counterseal.policy.setsearch import SetSearch

# What all searches of one decision may cost together, about in evaluated nodes: a few hundredths of a second.
SEARCH_ALLOWANCE = 250_000


class Search(Protocol):
    """Looks for approvals to add to those there are."""

    def completion(self, approvals: Sequence[Approval], pivots: Collection[str]) -> tuple[Approval, ...] | None:
        """Approvals that, added, make the consensus true, and false without one of the users ``pivots``.

        None if there are none, or if none were found within the search's allowance.
        """
        ...


def search(consensus: Expression, roster: Roster, *, allowance: int = SEARCH_ALLOWANCE) -> Search:
    """The search for this consensus among these users; it may cost so much, over all that it is asked."""
    if consensus.headcount is None:
        return SetSearch(consensus, roster, allowance=allowance)
    return CountSearch(consensus, consensus.headcount, roster, allowance=allowance)


def completion(
    consensus: Expression, *, approvals: Sequence[Approval], roster: Roster, allowance: int = SEARCH_ALLOWANCE
) -> tuple[Approval, ...] | None:
    """The approvals that would complete a consensus to which the present ones contribute; None if unreachable."""
    pivots = {approval.user.id for approval in approvals}
    return search(consensus, roster, allowance=allowance).completion(approvals, pivots)


def contributes(looking: Search, user: User, approvals: Sequence[Approval]) -> bool:
    """Whether some vote of ``user``, who has not voted yet, would contribute to some completion."""
    return any(looking.completion([*approvals, vote], {user.id}) is not None for vote in possible_votes(user))
