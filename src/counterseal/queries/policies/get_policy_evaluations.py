"""get_policy_evaluations: what each policy said at each vote on an activity."""

from __future__ import annotations

from counterseal.contract import timestamp
from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import (
    ActivityPolicyEvaluation,
    GetPolicyEvaluationsRequest,
    GetPolicyEvaluationsResponse,
    Outcome,
    PolicyEvaluation,
)
from counterseal.policy import read_record
from counterseal.queries.registry import QueryContext, query
from counterseal.store import Store, StoredActivity, StoredVote


@query("get_policy_evaluations")
async def get_policy_evaluations(
    request: GetPolicyEvaluationsRequest, context: QueryContext
) -> GetPolicyEvaluationsResponse:
    """One entry a vote that was decided on, oldest first, under the vote's id.

    A rejection is final by itself and has none; where no policy was consulted (the root quorum was met) the entry is
    empty. Errors: an id that is no UUID (400), an unknown activity (404).
    Source: Turnkey API reference, get_policy_evaluations.
    """
    organization, activity_id = context.organization, uuid(request.activity_id, "activityId")
    activity = await context.store.activity(organization.id, activity_id)
    if activity is None and not organization.is_sub_organization:
        activity = await context.store.sub_organization_activity(organization.id, activity_id)
    if activity is None:
        raise NotFound(f"no activity found with ID {activity_id} in organization {organization.id}")
    return GetPolicyEvaluationsResponse(
        policy_evaluations=[
            ActivityPolicyEvaluation(
                id=vote.id,
                activity_id=activity.id,
                organization_id=activity.organization_id,
                vote_id=vote.id,
                policy_evaluations=await _evaluations(vote.decision, vote, activity, context.store),
                created_at=timestamp(vote.created_ms),
            )
            for vote in activity.votes
            if vote.decision is not None
        ]
    )


async def _evaluations(
    decision: bytes, vote: StoredVote, activity: StoredActivity, store: Store
) -> list[PolicyEvaluation]:
    recorded = read_record(decision)
    then = await store.snapshot_as_of(activity.organization_id, vote.organization_version)
    if then is None:
        raise LookupError(f"version {vote.organization_version} of {activity.organization_id} is not on record")
    return [
        PolicyEvaluation(policy_id=each.policy_id, outcome=Outcome(each.outcome))
        for each in recorded.evaluations(then.policies.values())
    ]
