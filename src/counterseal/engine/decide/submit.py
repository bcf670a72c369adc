"""One submission, decided: the same activity again, one more vote, or a new activity.

The order is that of docs/divergences.md: fingerprint, time window, organization, type and parameters, limits, decision.
It runs on the writer, one submission after another, over the draft of the current batch.
"""

from __future__ import annotations

from functools import partial

import msgspec

from counterseal.activities import Checked, RefusedButCounted, Unit
from counterseal.activities import Outcome as UnitOutcome
from counterseal.contract import (
    Shape,
    Variant,
    asks_for_proofs,
    downgrade_result,
    encode,
    failure,
    timestamp_ms_of,
    what_is_asked,
)
from counterseal.contract.errors import InvalidRequest, PermissionDenied, Refused
from counterseal.engine.decide.case import Case
from counterseal.engine.decide.evidence import check_evidence
from counterseal.engine.decide.judge import Judge, evaluations_object
from counterseal.engine.decide.proving import PROOF_BYTES, Decided, Prover
from counterseal.engine.decide.reading import Reading, read
from counterseal.engine.decide.standing import current_standing
from counterseal.engine.decide.submission import Submission
from counterseal.engine.decide.work import Made, WorkFirst
from counterseal.engine.state.allowance import Allowance
from counterseal.engine.state.draft import Draft
from counterseal.engine.who.authenticate import organization_mismatch
from counterseal.engine.who.session_scope import require_scope
from counterseal.keystore import Keystore
from counterseal.organizations import Put, Removed, Snapshot, View
from counterseal.policy import Budget, Decision, Outcome, decision_record
from counterseal.store import ActivityStatus, StoredActivity, StoredVote, VoteSelection
from counterseal.world import Random, World

TIMESTAMP_AGE_MAX_MS = 60 * 60 * 1000
TIMESTAMP_AHEAD_MAX_MS = 5 * 60 * 1000

_NO_POLICY_ALLOWS = (
    "You don't have sufficient permissions to take this action. Please add a policy granting this user permissions."
)


class Submitter:
    """Decides submissions. It holds what decisions need besides the draft."""

    def __init__(self, judge: Judge, keystore: Keystore, random: Random, prover: Prover | None = None) -> None:
        self._judge = judge
        self._keystore = keystore
        self._random = random
        self._prover = prover
        self.allowance = Allowance()

    async def submit(self, submission: Submission, draft: Draft) -> StoredActivity:
        """Stage the new activity and give it as decided. Raises Refused with nothing staged, but for what counts."""
        voter, now_ms = submission.caller.voter, submission.now_ms
        check_time_window(submission)
        organization, scope = await current_standing(submission, draft)
        if voter.organization_id != organization.id:
            raise organization_mismatch(organization.id, voter.organization_id)
        what = submission.words.said()
        world = World(now_ms, self._random)
        session_profile_id = None if scope is None else scope.profile_id
        view = View(
            organization,
            initiator_id=voter.user_id,
            session_profile_id=session_profile_id,
            signing=self._judge.signing,
        )
        view.is_asked_about = scope is not None or bool(organization.policies)
        reading, budget = read(what, view), Budget()
        check_evidence(submission.body, reading.intent)
        unit, intent = reading.unit, reading.intent
        await draft.read_for(unit, intent, view)
        checked = unit.open(unit.check(intent, view, world), view, self._keystore)
        case = Case(reading=reading, view=view, votes=(), now_ms=now_ms).with_facts_of(checked)
        require_scope(scope, case.facts_of_calls, budget=budget)
        vote = new_vote(
            submission,
            world.dated_id(),
            organization=organization,
            selection=VoteSelection.APPROVED,
            world=world,
        )
        decision = await self._judge.decide(msgspec.structs.replace(case, votes=(vote,)), budget=budget)
        activity = _pending_activity(submission, reading, on_record(vote, decision, organization))
        if decision.outcome not in (Outcome.ALLOW, Outcome.REQUIRES_CONSENSUS):
            activity = failed(activity, denial(decision), now_ms)
        shown_again = len(submission.body) + PROOF_BYTES if asks_for_proofs(submission.tree) else 0
        charge = self.allowance.charge(activity, uncommitted=draft.charged, beside=shown_again)
        if decision.outcome is Outcome.ALLOW:
            try:
                outcome = self._carry_out(unit, checked, view, world, submission.made)
            except RefusedButCounted as counted:
                draft.count(counted.rows, organization)
                raise counted.reason from None
            activity = completed(activity, outcome, reading.submitted_as, now_ms)
            if self._prover is not None:
                decided = Decided(activity, submission.tree, case, decision, outcome)
                outcome = await self._prover.proven(decided, draft)
            draft.stage(
                activity,
                is_new=True,
                new_votes=activity.votes,
                organization=organization,
                outcome=outcome,
                charge=charge,
            )
            return activity
        draft.stage(activity, is_new=True, new_votes=activity.votes, organization=organization, charge=charge)
        return activity

    async def conclude(
        self,
        activity: StoredActivity,
        vote: StoredVote,
        organization: Snapshot,
        draft: Draft,
        *,
        submitted: Shape | None,
        now_ms: int,
        budget: Budget,
        made: Made | None,
    ) -> StoredActivity:
        """Stage one more approval and, if it was the last one needed, carry the activity out by what holds now.

        ``submitted`` is its intent if that has been read already, ``made`` what has been made for it.

        A vote that a policy denies is refused and not stored. What goes wrong in carrying the activity out makes it
        FAILED: nobody is left to whom it could be refused.
        """
        activity = msgspec.structs.replace(activity, votes=(*activity.votes, vote), updated_ms=now_ms)
        try:
            case = await self._judge.case(activity, organization, now_ms=now_ms, submitted=submitted, over=draft)
        except Refused as refused:  # an older release took it, and this one cannot carry it out
            activity = failed(activity, refused, now_ms)
            draft.stage(activity, is_new=False, new_votes=(vote,), organization=organization)
            return activity
        decision = await self._judge.decide(case, budget=budget)
        if decision.outcome not in (Outcome.ALLOW, Outcome.REQUIRES_CONSENSUS):
            raise denial(decision)
        activity = msgspec.structs.replace(
            activity, votes=(*activity.votes[:-1], on_record(vote, decision, organization))
        )
        outcome: UnitOutcome | None = None
        counted: tuple[Put | Removed, ...] = ()
        if decision.outcome is Outcome.ALLOW:
            try:
                reading, world = case.reading, World(now_ms, self._random)
                await draft.read_for(reading.unit, reading.intent, case.view)
                unit, view = reading.unit, case.view
                checked = unit.open(unit.check(reading.intent, view, world), view, self._keystore)
                outcome = self._carry_out(unit, checked, view, world, made)
                activity = completed(activity, outcome, reading.submitted_as, now_ms)
            except Refused as refused:
                activity = failed(activity, refused, now_ms)
            except RefusedButCounted as refused_but:
                activity, counted = failed(activity, refused_but.reason, now_ms), refused_but.rows
            if outcome is not None and self._prover is not None:
                decided = Decided(activity, what_is_asked(activity.votes[0].message), case, decision, outcome)
                outcome = await self._prover.proven(decided, draft)
        draft.stage(
            activity,
            is_new=False,
            new_votes=activity.votes[-1:],
            organization=organization,
            outcome=outcome,
            counted=counted,
        )
        return activity

    def _carry_out(self, unit: Unit, checked: Checked, view: View, world: World, made: Made | None) -> UnitOutcome:
        """What comes of it. Raises WorkFirst where something is to be made before."""
        if unit.make is None or checked.work is None:
            return unit.carry_out(checked, view, world, self._keystore)
        if made is None or made.work != checked.work:
            raise WorkFirst(partial(unit.make, checked.work, self._keystore), work=checked.work)
        return unit.carry_out(checked, view, world, self._keystore, made.value)


def check_time_window(submission: Submission) -> None:
    """See ``check_time``."""
    check_time(timestamp_ms_of(submission.tree), now_ms=submission.now_ms)


def check_time(timestamp_ms: int, *, now_ms: int) -> None:
    """``timestampMs`` may be up to one hour old and five minutes ahead (Turnkey docs, FAQ). Raises InvalidRequest."""
    age_ms = now_ms - timestamp_ms
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
        voter=organization.users[voter.user_id],
    )


def completed(activity: StoredActivity, outcome: UnitOutcome, submitted_as: Variant, now_ms: int) -> StoredActivity:
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


def denial(decision: Decision) -> PermissionDenied:
    """The answer to what is denied, explicitly by a policy or because nothing allows it."""
    if decision.outcome is Outcome.DENY_EXPLICIT:
        return PermissionDenied("policy engine denied request explicitly", code="", details=[])
    return PermissionDenied(
        _NO_POLICY_ALLOWS,
        code="",
        details=[
            {
                "@type": "type.googleapis.com/errors.v1.PolicyEnginePermissionError",
                "message": "No policies evaluated to outcome: Allow",
                "policyEvaluations": evaluations_object(decision.evaluations),
            }
        ],
    )


def on_record(vote: StoredVote, decision: Decision, organization: Snapshot) -> StoredVote:
    """The vote with what was decided after it."""
    return msgspec.structs.replace(vote, decision=decision_record(decision, organization.quorum))


def _pending_activity(submission: Submission, reading: Reading, vote: StoredVote) -> StoredActivity:
    return StoredActivity(
        id=vote.activity_id,
        organization_id=submission.caller.organization_id,
        type=reading.submitted_as.type,
        fingerprint=submission.fingerprint,
        status=ActivityStatus.CONSENSUS_NEEDED,
        result=None,
        failure=None,
        created_ms=submission.now_ms,
        updated_ms=submission.now_ms,
        votes=(vote,),
        resolved=reading.resolved,
        made_by=submission.request_id,
    )
