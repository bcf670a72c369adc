"""One more vote on an activity: by its fingerprint, or by sending the very bytes of its submission.

What a vote changes is decided by the policies, tags and quorum of the moment it is cast. Sources: Turnkey docs,
activities overview, root quorum; approve_activity and reject_activity answer with the target activity.
"""

from __future__ import annotations

import re

import msgspec

from counterseal.contract import intent_of, variant_of
from counterseal.contract.errors import InvalidRequest, LimitExceeded, NotFound, PermissionDenied
from counterseal.contract.shapes import ApproveActivityIntent, RejectActivityIntent
from counterseal.engine.decide.ballot import CONSENSUS_WINDOW_MS, has_live_approval, has_voted
from counterseal.engine.decide.case import Case
from counterseal.engine.decide.evidence import check_evidence
from counterseal.engine.decide.judge import Judge
from counterseal.engine.decide.standing import Standing, current_standing
from counterseal.engine.decide.submission import Submission
from counterseal.engine.decide.submit import Submitter, check_time_window, new_vote
from counterseal.engine.state.draft import Draft
from counterseal.engine.who.authenticate import Voter, organization_mismatch
from counterseal.engine.who.session_scope import require_scope
from counterseal.organizations import Snapshot
from counterseal.policy import Budget
from counterseal.store import ActivityStatus, StoredActivity, StoredVote, VoteSelection
from counterseal.world import Random, World

RESENT_BYTES_MAX = 64 * 1024
"""Every vote shows the body that was stamped for it."""
VOTES_MAX = 200
"""Of an activity: each of 100 users may approve it once in 24 hours, for as long as it waits."""

VOTES = frozenset({"approve_activity", "reject_activity"})
"""The operations that name another activity."""

_FINGERPRINT = re.compile(r"sha256:([0-9a-f]{64})")


class VoteTaker:
    """Takes votes and stages what they lead to."""

    def __init__(self, judge: Judge, submitter: Submitter, random: Random) -> None:
        self._judge = judge
        self._submitter = submitter
        self._random = random

    async def resubmitted(self, activity: StoredActivity, submission: Submission, draft: Draft) -> StoredActivity:
        """The bytes of an activity again: a read, or another member's approval while consensus is needed.

        Raises InvalidRequest on the path of another type: there these bytes mean nothing, whenever they come.
        """
        variant_of(submission.tree, submission.operation)
        voter = submission.caller.voter
        standing, budget = await current_standing(submission, draft), Budget()
        await self._require_scope(standing, activity, draft, submission.now_ms, budget)
        organization = standing.organization
        if voter.organization_id != organization.id or activity.status is not ActivityStatus.CONSENSUS_NEEDED:
            return activity
        if has_voted(activity, voter.user_id) or _is_recorded(activity, voter, submission.body):
            return activity  # lapsed approvals are renewed by approve_activity only
        if submission.now_ms - activity.created_ms > CONSENSUS_WINDOW_MS:
            raise InvalidRequest(
                "the same bytes are an approval within 24 hours of their submission: approve this activity by"
                " approve_activity"
            )
        if len(submission.body) > RESENT_BYTES_MAX:
            raise InvalidRequest(
                f"the same bytes are an approval if they are at most {RESENT_BYTES_MAX}, got {len(submission.body)}:"
                " approve this activity by approve_activity"
            )
        return await self._approve(activity, submission, organization, draft, budget)

    async def by_fingerprint(self, submission: Submission, draft: Draft) -> StoredActivity:
        """approve_activity and reject_activity. Raises NotFound for an unknown fingerprint."""
        voter = submission.caller.voter
        submitted_as = variant_of(submission.tree, submission.operation)
        standing, budget = await current_standing(submission, draft), Budget()
        organization = standing.organization
        intent = intent_of(submission.tree, submitted_as)
        if not isinstance(intent, ApproveActivityIntent | RejectActivityIntent):
            raise TypeError(f"{submitted_as.type} is not a vote")
        activity = await draft.activity_by_fingerprint(organization.id, fingerprint_of(intent.fingerprint))
        if activity is not None:
            await self._require_scope(standing, activity, draft, submission.now_ms, budget)
        if activity is not None and _is_recorded(activity, voter, submission.body):
            return activity
        check_time_window(submission)
        check_evidence(submission.body, intent)
        if voter.organization_id != organization.id:
            raise organization_mismatch(organization.id, voter.organization_id)
        if activity is None:
            raise NotFound(
                "No activity found with fingerprint. Consensus activities must target an existing activity by"
                " fingerprint"
            )
        if isinstance(intent, ApproveActivityIntent):
            return await self._approve(activity, submission, organization, draft, budget)
        return await self._reject(activity, submission, organization, draft, budget)

    async def _approve(
        self,
        activity: StoredActivity,
        submission: Submission,
        organization: Snapshot,
        draft: Draft,
        budget: Budget,
    ) -> StoredActivity:
        voter, now_ms = submission.caller.voter, submission.now_ms
        if activity.status is not ActivityStatus.CONSENSUS_NEEDED:
            return activity
        if has_live_approval(activity, voter.user_id, now_ms=now_ms):
            return activity
        case = await self._case(activity, voter.user_id, organization, draft, now_ms=now_ms)
        if case is not None and not await self._judge.may_approve(case, voter.user_id, budget=budget):
            raise takes_no_part(voter.user_id, activity.id)
        if len(activity.votes) >= VOTES_MAX:
            raise LimitExceeded(
                f"activity {activity.id} has exceeded maximum votes: it has {len(activity.votes)} of at most"
                f" {VOTES_MAX}, most of them lapsed. Reject it, and submit it anew"
            )
        vote = self._vote(activity, submission, organization, VoteSelection.APPROVED)
        return await self._submitter.conclude(
            activity,
            vote,
            organization,
            draft,
            submitted=None if case is None else case.reading.submitted,
            now_ms=now_ms,
            budget=budget,
            made=submission.made,
        )

    async def _reject(
        self,
        activity: StoredActivity,
        submission: Submission,
        organization: Snapshot,
        draft: Draft,
        budget: Budget,
    ) -> StoredActivity:
        voter, now_ms = submission.caller.voter, submission.now_ms
        if activity.status is ActivityStatus.REJECTED:
            return activity
        if activity.status.is_final:
            raise InvalidRequest(f"activity {activity.id} is {activity.status.name}: it cannot be rejected any more")
        if not has_voted(activity, voter.user_id):
            case = await self._case(activity, voter.user_id, organization, draft, now_ms=now_ms)
            if case is not None and not await self._judge.may_approve(case, voter.user_id, budget=budget):
                raise takes_no_part(voter.user_id, activity.id)
        vote = self._vote(activity, submission, organization, VoteSelection.REJECTED)
        rejected = msgspec.structs.replace(
            activity, status=ActivityStatus.REJECTED, votes=(*activity.votes, vote), updated_ms=now_ms
        )
        draft.stage(rejected, is_new=False, new_votes=(vote,), organization=organization)
        return rejected

    async def _case(
        self, activity: StoredActivity, user_id: str, organization: Snapshot, draft: Draft, *, now_ms: int
    ) -> Case | None:
        """By which policies say whether an approval can count; None for a root user, whose approval always does.

        The root quorum need not understand what it decides about.
        """
        if user_id in organization.quorum.user_ids:
            return None
        return await self._judge.case(activity, organization, now_ms=now_ms, over=draft)

    async def _require_scope(
        self, standing: Standing, activity: StoredActivity, draft: Draft, now_ms: int, budget: Budget
    ) -> None:
        """Whoever may not ask for an activity may not vote on it, nor read it by sending its bytes."""
        if standing.scope is not None:
            case = await self._judge.case(activity, standing.organization, now_ms=now_ms, over=draft)
            require_scope(standing.scope, case.facts_of_calls, budget=budget)

    def _vote(
        self, activity: StoredActivity, submission: Submission, organization: Snapshot, selection: VoteSelection
    ) -> StoredVote:
        world = World(submission.now_ms, self._random)
        return new_vote(submission, activity.id, organization=organization, selection=selection, world=world)


def takes_no_part(user_id: str, activity_id: str) -> PermissionDenied:
    """The answer to a vote that could not count."""
    return PermissionDenied(
        f"request not authorized: user {user_id} takes no part in the consensus on activity {activity_id}"
    )


def fingerprint_of(text: str) -> bytes:
    """The SHA-256 of a submission's body, as votes name it. Raises InvalidRequest."""
    match = _FINGERPRINT.fullmatch(text)
    if match is None:
        raise InvalidRequest(f"invalid fingerprint {text[:100]!r}: expected `sha256:` and 64 lower-case hex digits")
    return bytes.fromhex(match[1])


def _is_recorded(activity: StoredActivity, voter: Voter, body: bytes) -> bool:
    """The same vote again, whatever its age: the same bytes have the same answer for ever.

    Every reader of the activity knows its votes' stamps. So where the key has another owner by now, nobody knows who
    sends them, and they are nobody's vote.
    """
    return any(
        vote.message == body and (vote.user_id == voter.user_id or vote.public_key == voter.public_key)
        for vote in activity.votes
    )
