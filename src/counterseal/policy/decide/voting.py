"""Who may still add an approval that counts, given the approvals there are (docs/policy-language.md, "Reachable").

A condition and a time do not depend on who votes: they are evaluated once. Of users whom the policies cannot tell apart
one is asked for all.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import partial

from counterseal.policy.compile.budget import DECISION_STEPS, Budget, BudgetExhausted
from counterseal.policy.compile.sight import together
from counterseal.policy.decide.evaluation import Evaluator, Request
from counterseal.policy.decide.policies import CompiledPolicy, Effect
from counterseal.policy.language.electorate import Approval, User, possible_votes
from counterseal.policy.reach.reachability import Search, search

_STEPS_PER_VOTE = 45  # to find out what the policies see of it


def may_approve(
    request: Request, policies: Sequence[CompiledPolicy], *, user_ids: frozenset[str], budget: Budget
) -> frozenset[str]:
    """Those of ``user_ids`` that may still add an approval that counts, given the approvals there are.

    That is a member of the root quorum, or a user whose vote contributes to a completion of some policy that allows
    the request but for its consensus; unless a DENY matches that vote. Nobody may approve twice. Once the budget is
    spent, nobody may but members of the root quorum, on whom no policy is consulted.
    """
    voted = {approval.user.id for approval in request.approvals}
    asked = [user for user in request.roster.users if user.id in user_ids and user.id not in voted]
    members = frozenset(user.id for user in asked) & request.root_quorum.user_ids
    if request.root_quorum_only or sum([policy.cost for policy in policies]) > DECISION_STEPS:
        return members
    lent = budget.lend(DECISION_STEPS)
    try:
        canvass = _Canvass(request, policies, lent, known=budget)
        return members | {user.id for user in asked if user.id not in members and canvass.counts(user)}
    except BudgetExhausted:
        return members
    finally:
        budget.take_back(lent)


class _Canvass:
    """Asks, on one request, about one user after another. ``known`` keeps searches for other requests of one reply."""

    def __init__(self, request: Request, policies: Sequence[CompiledPolicy], budget: Budget, *, known: Budget) -> None:
        self._request = request
        self._budget = budget
        budget.spend(len(request.roster.users))
        self._evaluator = Evaluator(request, budget)
        matching = self._evaluator.matching(policies)
        sights = [policy.consensus.sight for policy in matching if policy.consensus is not None]
        budget.spend(sum([4 + len(each.fields) + len(each.named) for each in sights]))
        self._sight = together(sights)
        self._denying = [policy for policy in matching if policy.effect is Effect.DENY]
        self._allowing = [policy for policy in matching if policy.effect is Effect.ALLOW]
        self._searches = [
            None
            if policy.consensus is None
            else known.once(
                (policy.consensus.text, id(request.roster)), partial(search, policy.consensus, request.roster)
            )
            for policy in self._allowing
        ]
        self._open = [looking for looking in self._searches if looking is not None]
        self._share = budget.left // 2 // max(len(self._open), 1)
        self._answers: dict[Hashable, bool] = {}
        approvers = {approval.user.id for approval in request.approvals}
        self._is_met = request.root_quorum.met_by(approvers)
        self._is_pending_anyway = not approvers.isdisjoint(request.root_quorum.user_ids)

    def counts(self, user: User) -> bool:
        """Whether a vote of a user who has not voted contributes, and one is accepted."""
        if not self._open:
            return False
        votes = possible_votes(user) if self._sight.credentials else (Approval(user),)
        self._budget.spend(_STEPS_PER_VOTE * len(votes))
        different = {self._sight.kind(vote): vote for vote in votes}
        alike = frozenset(different), user.id == self._request.owner_id
        if alike not in self._answers:
            contributes = any(map(self._contributes, different.values()))
            self._answers[alike] = contributes and any(map(self._is_accepted, different.values()))
        return self._answers[alike]

    def _contributes(self, vote: Approval) -> bool:
        return self._reaches(self._open, [*self._request.approvals, vote], [vote.user.id])

    def _is_accepted(self, vote: Approval) -> bool:
        """Whether the decision after this vote would be to allow or to wait."""
        if self._is_met:
            return True
        approvals = [*self._request.approvals, vote]
        self._evaluator.show(approvals)
        denied = [self._evaluator.agrees(policy) for policy in self._denying]
        if True in denied:
            return False
        agreed = [self._evaluator.agrees(policy) for policy in self._allowing]
        if True in agreed or self._is_pending_anyway or vote.user.id == self._request.owner_id:
            return True
        waiting = [
            looking
            for looking, said in zip(self._searches, agreed, strict=True)
            if said is False and looking is not None
        ]
        return self._reaches(waiting, approvals, list(dict.fromkeys(each.user.id for each in approvals)))

    def _reaches(self, searches: Iterable[Search], approvals: Sequence[Approval], pivots: Sequence[str]) -> bool:
        """Whether some search finds a completion; each within its share, so that their order does not matter."""
        for looking in searches:
            lent = self._budget.lend(self._share)
            found = looking.reaches(approvals, pivots, lent)
            self._budget.take_back(lent)
            if found:
                return True
        return False
