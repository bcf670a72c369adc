"""One submission, decided: the same activity again, one more vote, or a new activity.

The order is that of docs/divergences.md: fingerprint, time window, organization, type and parameters, limits, decision.
It runs on the writer, one submission after another, over the draft of the current batch.
"""

from __future__ import annotations

import msgspec

from counterseal.activities import Outcome, Unit, unit_of
from counterseal.contract import (
    Variant,
    downgrade_result,
    encode,
    failure,
    intent_of,
    parse_json,
    timestamp_ms_of,
    upgrade,
    variant,
    variant_of,
)
from counterseal.contract.errors import InvalidRequest, NotImplementedHere, PermissionDenied, Refused
from counterseal.engine.authenticate import expired, organization_mismatch, public_key_not_found
from counterseal.engine.ballot import approver_ids
from counterseal.engine.decision import Decision, decide
from counterseal.engine.draft import Draft
from counterseal.engine.submission import Submission
from counterseal.keystore import Keystore
from counterseal.organizations import Snapshot, View
from counterseal.store import ActivityStatus, StoredActivity, StoredVote, VoteSelection
from counterseal.world import Random, World

TIMESTAMP_AGE_MAX_MS = 60 * 60 * 1000
TIMESTAMP_AHEAD_MAX_MS = 5 * 60 * 1000

_NO_POLICY_ALLOWS = (
    "You don't have sufficient permissions to take this action. Please add a policy granting this user permissions."
)


class Submitter:
    """Decides submissions. It holds what decisions need besides the draft."""

    def __init__(self, keystore: Keystore, random: Random) -> None:
        self._keystore = keystore
        self._random = random

    async def submit(self, submission: Submission, draft: Draft) -> StoredActivity:
        """Stage the new activity and give it as decided. Raises Refused with nothing staged."""
        voter, now_ms = submission.caller.voter, submission.now_ms
        check_time_window(submission)
        submitted_as = variant_of(submission.tree, submission.operation)
        organization = await current_organization(submission, draft)
        if voter.organization_id != organization.id:
            raise organization_mismatch(organization.id, voter.organization_id)
        unit = required_unit(submitted_as)
        world = World(now_ms, self._random)
        view = View(organization, initiator_id=voter.user_id)
        intent = newest_intent(submission.tree, submitted_as)
        outcome = unit.try_out(intent, view, world)
        decision = decide(unit, intent, view, approver_ids=[voter.user_id])
        activity = _pending_activity(submission, submitted_as, organization, world)
        if decision is Decision.ALLOWED:
            outcome = outcome or unit.carry_out(intent, view, world, self._keystore)
            activity = completed(activity, outcome, submitted_as, now_ms)
            draft.stage(
                activity,
                is_new=True,
                new_votes=activity.votes,
                organization=organization,
                changes=outcome.changes,
                new_organization=outcome.new_organization,
            )
            return activity
        if decision is Decision.DENIED:
            activity = failed(activity, _implicit_denial(), now_ms)
        draft.stage(activity, is_new=True, new_votes=activity.votes, organization=organization)
        return activity

    async def conclude(
        self, activity: StoredActivity, vote: StoredVote, organization: Snapshot, draft: Draft, *, now_ms: int
    ) -> StoredActivity:
        """Stage one more approval and, if it was the last one needed, carry the activity out by what holds now.

        What goes wrong at this point makes the activity FAILED: nobody is left to whom it could be refused.
        """
        votes = (*activity.votes, vote)
        activity = msgspec.structs.replace(activity, votes=votes, updated_ms=now_ms)
        submitted_as = variant(activity.type)
        unit = required_unit(submitted_as)
        view = View(organization, initiator_id=activity.votes[0].user_id)
        intent = newest_intent(parse_json(activity.votes[0].message), submitted_as)
        outcome: Outcome | None = None
        try:
            approving = approver_ids(votes, organization, now_ms=now_ms)
            if decide(unit, intent, view, approver_ids=approving) is Decision.ALLOWED:
                outcome = unit.carry_out(intent, view, World(now_ms, self._random), self._keystore)
                activity = completed(activity, outcome, submitted_as, now_ms)
        except Refused as refused:
            activity = failed(activity, refused, now_ms)
        draft.stage(
            activity,
            is_new=False,
            new_votes=(vote,),
            organization=organization,
            changes=outcome.changes if outcome else (),
            new_organization=outcome.new_organization if outcome else None,
        )
        return activity


async def current_organization(submission: Submission, draft: Draft) -> Snapshot:
    """The organization meant, once the credential is seen to be live in the voter's own at this point."""
    voter = submission.caller.voter
    home = await draft.snapshot(voter.organization_id)
    target = await draft.snapshot(submission.caller.organization_id)
    if home is None or target is None:
        raise InvalidRequest("failed to load organizations", code="ORGANIZATION_NOT_FOUND")
    key = home.api_keys.get(voter.public_key)
    if key is None or key.id != voter.credential_id:
        raise public_key_not_found(target, voter.public_key)
    if key.is_expired(submission.now_ms):
        raise expired(key)
    return target


def check_time_window(submission: Submission) -> None:
    """``timestampMs`` may be up to one hour old and five minutes ahead (Turnkey docs, FAQ)."""
    timestamp_ms = timestamp_ms_of(submission.tree)
    age_ms = submission.now_ms - timestamp_ms
    if age_ms >= TIMESTAMP_AGE_MAX_MS:
        raise InvalidRequest(
            f"invalid request timestamp: timestampMs {timestamp_ms} is {age_ms // 1000} seconds old, expected less than"
            " one hour"
        )
    if -age_ms > TIMESTAMP_AHEAD_MAX_MS:
        raise InvalidRequest(
            f"invalid request timestamp: timestampMs {timestamp_ms} is {-age_ms // 1000} seconds ahead, expected at"
            " most five minutes"
        )


def required_unit(submitted_as: Variant) -> Unit:
    """The unit of a kind, or the answer that there is none."""
    unit = unit_of(submitted_as.kind)
    if unit is None:
        raise NotImplementedHere(f"{submitted_as.type} is not implemented")
    return unit


def newest_intent(tree: dict[str, object], submitted_as: Variant) -> msgspec.Struct:
    """The intent of a body in the newest form of its kind."""
    return upgrade(intent_of(tree, submitted_as), submitted_as)


def new_vote(
    submission: Submission, activity_id: str, *, organization: Snapshot, selection: VoteSelection, world: World
) -> StoredVote:
    """The vote that this submission's stamp is."""
    voter = submission.caller.voter
    return StoredVote(
        id=world.new_id(),
        activity_id=activity_id,
        user_id=voter.user_id,
        credential_id=voter.credential_id,
        public_key=voter.public_key,
        scheme=voter.scheme,
        signature=voter.signature,
        message=submission.body,
        selection=selection,
        organization_version=organization.version,
        created_ms=world.now_ms,
    )


def completed(activity: StoredActivity, outcome: Outcome, submitted_as: Variant, now_ms: int) -> StoredActivity:
    """The activity once carried out, its result in the form of the version that was submitted."""
    result = encode({submitted_as.result_key or "": downgrade_result(outcome.result, submitted_as)})
    return msgspec.structs.replace(activity, status=ActivityStatus.COMPLETED, result=result, updated_ms=now_ms)


def failed(activity: StoredActivity, reason: Refused, now_ms: int) -> StoredActivity:
    """The activity once it is known that it cannot happen."""
    return msgspec.structs.replace(
        activity, status=ActivityStatus.FAILED, failure=encode(failure(reason)), updated_ms=now_ms
    )


def denial_of(activity: StoredActivity) -> PermissionDenied | None:
    """The answer that a denied activity gives for ever, or None for every other activity."""
    if activity.status is not ActivityStatus.FAILED or activity.failure is None:
        return None
    recorded = msgspec.json.decode(activity.failure)
    if recorded["code"] != PermissionDenied.grpc:
        return None
    return PermissionDenied(recorded["message"], code="", details=recorded["details"])


def _implicit_denial() -> PermissionDenied:
    return PermissionDenied(
        _NO_POLICY_ALLOWS,
        code="",
        details=[
            {
                "@type": "type.googleapis.com/errors.v1.PolicyEnginePermissionError",
                "message": "No policies evaluated to outcome: Allow",
                "policyEvaluations": [],
            }
        ],
    )


def _pending_activity(
    submission: Submission, submitted_as: Variant, organization: Snapshot, world: World
) -> StoredActivity:
    activity_id = world.activity_id()
    vote = new_vote(submission, activity_id, organization=organization, selection=VoteSelection.APPROVED, world=world)
    return StoredActivity(
        id=activity_id,
        organization_id=organization.id,
        type=submitted_as.type,
        fingerprint=submission.fingerprint,
        status=ActivityStatus.CONSENSUS_NEEDED,
        result=None,
        failure=None,
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
        votes=(vote,),
    )
