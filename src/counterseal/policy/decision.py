"""The decision over one vote: root quorum, root-only kinds, policies, own credentials, deny (docs/policy-language.md).

Pure: the same request and policies always give the same decision, in whatever order the policies come.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from counterseal.policy.electorate import User, possible_votes
from counterseal.policy.evaluation import Evaluator, Request
from counterseal.policy.explain import PolicyTrace, explain_policy
from counterseal.policy.policies import CompiledPolicy, Outcome
from counterseal.policy.reachability import SEARCH_ALLOWANCE, contributes, search
from counterseal.policy.values import BudgetExhausted


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

    def traces(self) -> tuple[PolicyTrace, ...]:
        """Why each consulted policy said what it said; computed when asked for."""
        if not self.outcomes:
            return ()
        return tuple(
            explain_policy(policy, self.request, outcome=outcome)
            for policy, outcome in zip(self.policies, self.outcomes, strict=True)
        )


def decide(request: Request, policies: Sequence[CompiledPolicy]) -> Decision:
    """The decision after the last of ``request.approvals``."""
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

    exhausted, outcomes = _outcomes(request, policies)
    said = frozenset(outcomes)
    if Outcome.DENY_EXPLICIT in said:
        if voter_is_root:
            return decided(Outcome.REQUIRES_CONSENSUS, Reason.ROOT_QUORUM_PENDING, outcomes)
        return decided(Outcome.DENY_EXPLICIT, Reason.DENIED_BY_POLICY, outcomes)
    if Outcome.ALLOW in said:
        return decided(Outcome.ALLOW, Reason.ALLOWED_BY_POLICY, outcomes)
    if Outcome.REQUIRES_CONSENSUS in said:
        return decided(Outcome.REQUIRES_CONSENSUS, Reason.AWAITING_CONSENSUS, outcomes)
    if voter_id is not None and voter_id == request.owner_id and not exhausted:
        return decided(Outcome.ALLOW, Reason.OWN_CREDENTIAL, outcomes)
    if not approvers.isdisjoint(members):
        return decided(Outcome.REQUIRES_CONSENSUS, Reason.ROOT_QUORUM_PENDING, outcomes)
    if exhausted:
        return decided(Outcome.DENY_IMPLICIT, Reason.TOO_COSTLY, outcomes)
    return decided(Outcome.DENY_IMPLICIT, Reason.NOTHING_ALLOWS, outcomes)


def _outcomes(request: Request, policies: Sequence[CompiledPolicy]) -> tuple[bool, list[Outcome]]:
    """What every policy says. If they cost too much together, all of them fail, whichever came last: a DENY that was
    not reached must not let an ALLOW pass that was."""
    try:
        return False, Evaluator(request).outcomes(policies)
    except BudgetExhausted:
        return True, [Outcome.ERROR] * len(policies)


def may_approve(request: Request, policies: Sequence[CompiledPolicy], *, user_ids: frozenset[str]) -> frozenset[str]:
    """Those of ``user_ids`` that may still add an approval that counts, given the approvals there are.

    That is a member of the root quorum, or a user whose vote contributes to a completion of some policy that allows
    the request but for its consensus; unless a DENY matches that vote. Nobody may approve twice.
    """
    voted = {approval.user.id for approval in request.approvals}
    asked = [user for user in request.roster.users if user.id in user_ids and user.id not in voted]
    included = {user.id for user in asked} & request.root_quorum.user_ids
    if not request.root_quorum_only:
        included |= _contributors(request, policies, [user for user in asked if user.id not in included])
    return frozenset(user.id for user in asked if user.id in included and _is_accepted(request, policies, user))


def _contributors(request: Request, policies: Sequence[CompiledPolicy], asked: Sequence[User]) -> set[str]:
    evaluator = Evaluator(request)
    found: set[str] = set()
    try:
        awaiting = [policy.consensus for policy in policies if evaluator.awaits_consensus(policy)]
    except BudgetExhausted:
        return found
    for consensus in awaiting:
        if consensus is not None:
            looking = search(consensus, request.roster, allowance=SEARCH_ALLOWANCE // len(awaiting))
            left = [user for user in asked if user.id not in found]
            found.update(user.id for user in left if contributes(looking, user, request.approvals))
    return found


def _is_accepted(request: Request, policies: Sequence[CompiledPolicy], user: User) -> bool:
    """Whether some vote of the user would leave the request allowed or pending."""
    accepted = (Outcome.ALLOW, Outcome.REQUIRES_CONSENSUS)
    votes = (msgspec.structs.replace(request, approvals=(*request.approvals, vote)) for vote in possible_votes(user))
    return any(decide(voted, policies).outcome in accepted for voted in votes)
