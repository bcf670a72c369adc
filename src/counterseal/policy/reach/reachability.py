"""Can a consensus still be reached, and do the present votes contribute? (Turnkey docs, "Monitoring activities")

With V the approvers and U the users of the organization, a consensus is *reachable* when some S, V ⊆ S ⊆ U, makes it
true while it is false without one of V: that vote is then a *pivot*. Without a pivot the votes contribute nothing, and
the activity is denied rather than pending. Consensus need not be monotone: ``approvers.count() == 1`` exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from counterseal.policy.compile.budget import Budget
from counterseal.policy.compile.expression import Expression
from counterseal.policy.language.electorate import Approval, Roster
from counterseal.policy.reach.countsearch import CountSearch
from counterseal.policy.reach.setsearch import SetSearch


class Search(Protocol):
    """Looks for approvals to add to those there are. It may be asked again, and remembers what it has found out."""

    def reaches(self, approvals: Sequence[Approval], pivots: Sequence[str], budget: Budget) -> bool | None:
        """Whether there is a completion; None if that was not known before the budget was spent."""
        ...

    def completion(
        self, approvals: Sequence[Approval], pivots: Sequence[str], budget: Budget
    ) -> tuple[Approval, ...] | None:
        """Approvals that, added, make the consensus true, and false without one of the users ``pivots``.

        None if there are none, or if none were found before the budget was spent.
        """
        ...


def search(consensus: Expression, roster: Roster) -> Search:
    """The search for this consensus among these users."""
    if consensus.headcount is None:
        return SetSearch(consensus, consensus.sight, roster)
    return CountSearch(consensus, consensus.headcount, roster)


def completion(
    consensus: Expression, *, approvals: Sequence[Approval], roster: Roster, budget: Budget
) -> tuple[Approval, ...] | None:
    """The approvals that would complete a consensus to which the present ones contribute; None if unreachable."""
    pivots = list(dict.fromkeys(approval.user.id for approval in approvals))
    return search(consensus, roster).completion(approvals, pivots, budget)
