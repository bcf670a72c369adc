"""Why an activity is where it is: each decision again, from what held at its vote, and what would unblock it now."""

from __future__ import annotations

import msgspec

from counterseal import policy
from counterseal.engine.decide.ballot import live_approvals
from counterseal.engine.decide.judge import Judge
from counterseal.organizations import Snapshot
from counterseal.store import ActivityStatus, Store, StoredActivity, StoredVote, VoteSelection


class VoteExplained(msgspec.Struct, kw_only=True, omit_defaults=True, rename="camel"):
    """One vote. A rejection is final by itself: it has no ``outcome``, ``reason`` and ``policies``.

    ``recorded_outcome`` is there only if this release decides otherwise than the one that took the vote.
    """

    vote_id: str
    user_id: str
    user_name: str
    selection: VoteSelection
    created_ms: int
    outcome: policy.Outcome | None = None
    reason: str = ""
    policies: tuple[policy.PolicyTrace, ...] = ()
    recorded_outcome: policy.Outcome | None = None


class Explanation(msgspec.Struct, kw_only=True, rename="camel"):
    """An activity's decisions. The rest says what would unblock it and is empty unless consensus is needed.

    ``in_words`` is what is signed, by the interfaces of today; empty for activities that sign nothing.

    ``live_approvals`` are the users whose approvals count now, ``may_approve`` those whose approval would count too.
    """

    activity_id: str
    organization_id: str
    type: str
    in_words: str
    status: ActivityStatus
    votes: list[VoteExplained]
    root_threshold: int
    root_user_ids: tuple[str, ...]
    live_approvals: list[str]
    may_approve: list[str]
    user_names: dict[str, str]
    policy_names: dict[str, str]


async def explain(activity: StoredActivity, store: Store, judge: Judge, *, now_ms: int) -> Explanation:
    """Explain a stored activity. Raises Refused where its kind cannot be read any more."""
    today = await store.snapshot(activity.organization_id)
    if today is None:
        raise LookupError(f"organization {activity.organization_id} of activity {activity.id} is not on record")
    user_names, policy_names = _names(today)
    votes = []
    for at, vote in enumerate(activity.votes, start=1):
        then = await store.snapshot_as_of(activity.organization_id, vote.organization_version)
        if then is None:
            raise LookupError(f"version {vote.organization_version} of {activity.organization_id} is not on record")
        users_then, policies_then = _names(then)
        user_names, policy_names = users_then | user_names, policies_then | policy_names
        so_far = msgspec.structs.replace(activity, votes=activity.votes[:at])
        votes.append(await _vote(vote, so_far, then, judge))
    may_approve: frozenset[str] = frozenset()
    live: list[str] = []
    case = await judge.case(activity, today, now_ms=now_ms)
    if activity.status is ActivityStatus.CONSENSUS_NEEDED:
        may_approve = await judge.may_still_approve(case, budget=policy.Budget())
        live = [vote.user_id for vote in live_approvals(activity.votes, now_ms=now_ms) if vote.user_id in today.users]
    return Explanation(
        activity_id=activity.id,
        organization_id=activity.organization_id,
        type=activity.type,
        in_words="" if case.in_words is None else case.in_words(),
        status=activity.status,
        votes=votes,
        root_threshold=today.quorum.threshold,
        root_user_ids=today.quorum.user_ids,
        live_approvals=live,
        may_approve=[user_id for user_id in today.users if user_id in may_approve],
        user_names=user_names,
        policy_names=policy_names,
    )


async def _vote(vote: StoredVote, so_far: StoredActivity, then: Snapshot, judge: Judge) -> VoteExplained:
    said = VoteExplained(
        vote_id=vote.id,
        user_id=vote.user_id,
        user_name=then.users[vote.user_id].name,
        selection=vote.selection,
        created_ms=vote.created_ms,
    )
    if vote.decision is None:
        return said
    recorded = policy.read_record(vote.decision)
    then = msgspec.structs.replace(then, quorum=recorded.root_quorum)
    case = await judge.case(so_far, then, now_ms=vote.created_ms)
    decision = await judge.decide(case, budget=policy.Budget())
    said.outcome, said.reason = decision.outcome, decision.reason
    said.policies = policy.explain_decision(decision, policy.Budget())
    if recorded.outcome is not decision.outcome:
        said.recorded_outcome = recorded.outcome
    return said


def _names(organization: Snapshot) -> tuple[dict[str, str], dict[str, str]]:
    users = {user.id: user.name for user in organization.users.values()}
    return users, {each.id: each.name for each in organization.policies.values()}
