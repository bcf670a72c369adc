"""The decision over one vote: root quorum, root-only kinds, policies, own credentials, deny (docs/policy-language.md).

Pure: the same request and policies always give the same decision, in whatever order the policies come.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from counterseal.policy.compile.budget import DECISION_STEPS, Budget, BudgetExhausted
from counterseal.policy.decide.evaluation import Evaluator, Request
from counterseal.policy.decide.policies import CompiledPolicy, Outcome


class Reason(StrEnum):
    """Which rule made the decision."""

    ROOT_QUORUM_MET = "the root quorum is met"
    ROOT_QUORUM_PENDING = "a member of the root quorum approved; the quorum is not met yet"
    ROOT_QUORUM_ONLY = "only the root quorum may do this"
    DENIED_BY_POLICY = "a policy denies it"
    ALLOWED_BY_POLICY = "a policy allows it"
    AWAITING_CONSENSUS = "a policy allows it once its consensus is reached"
    OWN_CREDENTIAL = "users may manage their own credentials and sessions"
    NOTHING_ALLOWS = "no policy allows it"
    TOO_COSTLY = "the policies need more evaluation than one request may use"


class PolicyEvaluation(msgspec.Struct, frozen=True):
    """What one policy said."""

    policy_id: str
    outcome: Outcome


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """``outcome`` is ALLOW, DENY_EXPLICIT, DENY_IMPLICIT or REQUIRES_CONSENSUS.

    ``outcomes`` are in the order of the policies given, and empty where none was consulted.
    """

    outcome: Outcome
    reason: Reason
    request: Request
    policies: tuple[CompiledPolicy, ...]
    outcomes: tuple[Outcome, ...] = ()

    @property
    def evaluations(self) -> tuple[PolicyEvaluation, ...]:
        """What each consulted policy said."""
        if not self.outcomes:
            return ()
        return tuple(
            PolicyEvaluation(policy.id, outcome) for policy, outcome in zip(self.policies, self.outcomes, strict=True)
        )

    def deciding_policies(self) -> tuple[str, ...]:
        """The ids of the policies that said what was decided."""
        return tuple(each.policy_id for each in self.evaluations if each.outcome is self.outcome)


def decide(request: Request, policies: Sequence[CompiledPolicy], *, budget: Budget) -> Decision:
    """The decision after the last of ``request.approvals``. It spends at most ``DECISION_STEPS`` of the budget."""
    policies = tuple(policies)
    approvers = {approval.user.id for approval in request.approvals}
    members = request.root_quorum.user_ids
    voter_id = request.approvals[-1].user.id if request.approvals else None
    voter_is_root = voter_id in members

    def decided(outcome: Outcome, reason: Reason, outcomes: Sequence[Outcome] = ()) -> Decision:
        return Decision(outcome=outcome, reason=reason, request=request, policies=policies, outcomes=tuple(outcomes))

    if request.root_quorum.met_by(approvers):
        return decided(Outcome.ALLOW, Reason.ROOT_QUORUM_MET)
    if request.root_quorum_only:
        if voter_is_root:
            return decided(Outcome.REQUIRES_CONSENSUS, Reason.ROOT_QUORUM_PENDING)
        return decided(Outcome.DENY_IMPLICIT, Reason.ROOT_QUORUM_ONLY)

    is_sure, outcomes = _outcomes(request, policies, budget)
    said = frozenset(outcomes)
    if Outcome.DENY_EXPLICIT in said:
        if voter_is_root:
            return decided(Outcome.REQUIRES_CONSENSUS, Reason.ROOT_QUORUM_PENDING, outcomes)
        return decided(Outcome.DENY_EXPLICIT, Reason.DENIED_BY_POLICY, outcomes)
    if Outcome.ALLOW in said:
        return decided(Outcome.ALLOW, Reason.ALLOWED_BY_POLICY, outcomes)
    if Outcome.REQUIRES_CONSENSUS in said:
        return decided(Outcome.REQUIRES_CONSENSUS, Reason.AWAITING_CONSENSUS, outcomes)
    if voter_id is not None and voter_id == request.owner_id and is_sure:
        return decided(Outcome.ALLOW, Reason.OWN_CREDENTIAL, outcomes)
    if not approvers.isdisjoint(members):
        return decided(Outcome.REQUIRES_CONSENSUS, Reason.ROOT_QUORUM_PENDING, outcomes)
    if is_sure:
        return decided(Outcome.DENY_IMPLICIT, Reason.NOTHING_ALLOWS, outcomes)
    return decided(Outcome.DENY_IMPLICIT, Reason.TOO_COSTLY, outcomes)


def _outcomes(request: Request, policies: Sequence[CompiledPolicy], budget: Budget) -> tuple[bool, list[Outcome]]:
    """Whether all is known, and what every policy says.

    If they cost too much together, all of them fail, whichever came last: a DENY that was not reached must not let an
    ALLOW pass that was. A completion that was not found counts as none; but then nobody may say that no policy decides.
    """
    lent = budget.lend(DECISION_STEPS)
    try:
        evaluator = Evaluator(request, lent)
        outcomes = evaluator.outcomes(policies)
        return evaluator.is_sure, outcomes
    except BudgetExhausted:
        return False, [Outcome.ERROR] * len(policies)
    finally:
        budget.take_back(lent)
