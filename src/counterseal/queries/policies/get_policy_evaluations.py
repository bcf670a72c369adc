"""get_policy_evaluations: what each policy said at each vote on an activity."""

from __future__ import annotations

from collections.abc import Iterable

from counterseal import policy
from counterseal.contract import encode, timestamp
from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import (
    ActivityPolicyEvaluation,
    GetPolicyEvaluationsRequest,
    Outcome,
    PolicyEvaluation,
)
from counterseal.policy import read_record
from counterseal.queries.pieces import Pieces, array_of, joined
from counterseal.queries.registry import QueryContext, query
from counterseal.store import StoredActivity, StoredVote


@query("get_policy_evaluations")
async def get_policy_evaluations(request: GetPolicyEvaluationsRequest, context: QueryContext) -> bytes:
    """One entry a vote that was decided on, oldest first, under the vote's id.

    A rejection is final by itself and has none; where no policy was consulted (the root quorum was met) the entry is
    empty. Errors: an id that is no UUID (400), an unknown activity (404).
    Source: Turnkey API reference, get_policy_evaluations.
    """
    activity_id = uuid(request.activity_id, "activityId")
    activity = await context.reader.activity_of_family(activity_id)
    if activity is None:
        raise NotFound(f"no activity found with ID {activity_id} in organization {context.organization.id}")
    policies_of: dict[int, list[str]] = {}
    shown: list[list[bytes]] = []
    pieces = Pieces(context.turns)
    for vote in activity.votes:
        if vote.decision is not None:
            recorded, version = read_record(vote.decision), vote.organization_version
            if recorded.said and version not in policies_of:
                policies_of[version] = await context.reader.policy_ids_as_of(activity, version)
            entry = encode(_entry(vote, activity, recorded.evaluations(policies_of[version] if recorded.said else ())))
            context.viewer.room.fill(len(entry))
            shown.append([entry])
            await pieces.add(len(entry), was_read=True)
    return await joined([b'{"policyEvaluations":', *array_of(shown), b"}"])


def _entry(
    vote: StoredVote, activity: StoredActivity, evaluations: Iterable[policy.PolicyEvaluation]
) -> ActivityPolicyEvaluation:
    return ActivityPolicyEvaluation(
        id=vote.id,
        activity_id=activity.id,
        organization_id=activity.organization_id,
        vote_id=vote.id,
        policy_evaluations=[
            PolicyEvaluation(policy_id=each.policy_id, outcome=Outcome(each.outcome)) for each in evaluations
        ],
        created_at=timestamp(vote.created_ms),
    )
