"""get_policy_evaluations: what each policy said at each vote on an activity."""

from __future__ import annotations

import msgspec

from counterseal.contract import timestamp
from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import (
    ActivityPolicyEvaluation,
    GetPolicyEvaluationsRequest,
    GetPolicyEvaluationsResponse,
    PolicyEvaluation,
)
from counterseal.queries.registry import QueryContext, query
from counterseal.store import StoredVote


class _Recorded(msgspec.Struct, rename="camel"):
    """The part of a vote's decision record that this query shows."""

    policy_evaluations: list[PolicyEvaluation]


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
            _evaluation(vote, vote.decision, activity.organization_id)
            for vote in activity.votes
            if vote.decision is not None
        ]
    )


def _evaluation(vote: StoredVote, decision: bytes, organization_id: str) -> ActivityPolicyEvaluation:
    return ActivityPolicyEvaluation(
        id=vote.id,
        activity_id=vote.activity_id,
        organization_id=organization_id,
        vote_id=vote.id,
        policy_evaluations=msgspec.json.decode(decision, type=_Recorded).policy_evaluations,
        created_at=timestamp(vote.created_ms),
    )
