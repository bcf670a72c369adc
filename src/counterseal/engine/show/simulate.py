"""What would happen if a user stamped a body now? The steps of a live submission up to its decision; nothing is stored.

Neither the stamp nor ``timestampMs`` is looked at: there is none, and an example may be old. A unit that makes secrets
is checked and not carried out.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import msgspec

from counterseal.contract import Variant, all_operations, error_envelope, organization_id_of, parse_json
from counterseal.contract.errors import InvalidRequest, Refused, quoted
from counterseal.contract.extensions import SimulateActivityResponse
from counterseal.engine.decide.ballot import has_voted
from counterseal.engine.decide.case import Case
from counterseal.engine.decide.evidence import check_evidence
from counterseal.engine.decide.judge import Judge, evaluations_object
from counterseal.engine.decide.reading import read, said_as
from counterseal.engine.decide.vote import VOTES, takes_no_part
from counterseal.engine.state.committed import Committed
from counterseal.engine.who.session_scope import require_scope
from counterseal.organizations import SessionScope, Snapshot, User, View
from counterseal.policy import Budget, Outcome, explain_decision
from counterseal.store import ActivityStatus, Store, StoredActivity, StoredVote, VoteSelection
from counterseal.world import Random, Turns, World


class Simulator:
    """Decides without consequences."""

    def __init__(self, judge: Judge, store: Store, random: Random, turns: Turns) -> None:
        self._judge = judge
        self._store = store
        self._committed = Committed(store)
        self._random = random
        self._turns = turns

    async def simulate(
        self, organization: Snapshot, user: User, credential_id: str | None, body: str, now_ms: int
    ) -> SimulateActivityResponse:
        """The decision that ``user``'s stamp on ``body`` would lead to, or the refusal before it.

        Each step is in a turn of its own: nothing is at stake, so others may go first.
        """
        raw = body.encode()
        budget = Budget()
        activity: StoredActivity | None = None
        await self._turns.next(organization.id)
        try:
            tree = _body_of(raw, organization)
            fingerprint = hashlib.sha256(raw).digest()
            activity = await self._store.activity_by_fingerprint(organization.id, fingerprint)
            vote = self._vote(user, credential_id, raw, organization, now_ms)
            await self._turns.next(organization.id)
            if activity is None:
                case = await self._submission(tree, vote, organization, budget)
            elif activity.status is ActivityStatus.CONSENSUS_NEEDED and not has_voted(activity, user.id):
                case = await self._approval(activity, vote, organization, budget)
            else:
                reason = f"the activity is {activity.status.name}: to send its bytes again is to read it"
                return SimulateActivityResponse(activity_id=activity.id, reason=reason)
        except Refused as refused:
            return SimulateActivityResponse(
                activity_id=None if activity is None else activity.id, refusal=_refusal(refused)
            )
        await self._turns.next(organization.id)
        decision = await self._judge.decide(case, budget=budget)
        await self._turns.next(organization.id)
        pending = decision.outcome is Outcome.REQUIRES_CONSENSUS
        may_approve = await self._judge.may_still_approve(case, budget=budget) if pending else frozenset[str]()
        await self._turns.next(organization.id)
        return SimulateActivityResponse(
            outcome=decision.outcome,
            reason=decision.reason,
            policy_evaluations=evaluations_object(decision.evaluations),
            traces=list(explain_decision(decision, budget)),
            may_approve=sorted(may_approve),
            activity_id=None if activity is None else activity.id,
        )

    async def _submission(self, tree: dict[str, Any], vote: StoredVote, organization: Snapshot, budget: Budget) -> Case:
        submitted_as = _variant_of(tree)
        scope = _scope(vote, organization)
        session_profile_id = None if scope is None else scope.profile_id
        view = View(
            organization,
            initiator_id=vote.user_id,
            session_profile_id=session_profile_id,
            signing=self._judge.signing,
        )
        reading = read(said_as(tree, submitted_as), view)
        check_evidence(vote.message, reading.intent)
        await self._committed.read_for(reading.unit, reading.intent, view)
        checked = reading.unit.check(reading.intent, view, World(vote.created_ms, self._random))
        case = Case(reading=reading, view=view, votes=(vote,), now_ms=vote.created_ms).with_facts_of(checked)
        require_scope(scope, case.facts_of_calls, budget=budget)
        return case

    async def _approval(
        self, activity: StoredActivity, vote: StoredVote, organization: Snapshot, budget: Budget
    ) -> Case:
        case = await self._judge.case(activity, organization, now_ms=vote.created_ms)
        require_scope(_scope(vote, organization), case.facts_of_calls, budget=budget)
        if not await self._judge.may_approve(case, vote.user_id, budget=budget):
            raise takes_no_part(vote.user_id, activity.id)
        return msgspec.structs.replace(case, votes=(*activity.votes, vote))

    def _vote(
        self, user: User, credential_id: str | None, body: bytes, organization: Snapshot, now_ms: int
    ) -> StoredVote:
        world = World(now_ms, self._random)
        live = [key.id for key in user.api_keys if not key.is_expired(now_ms)]
        live += [each.id for each in user.authenticators]
        return StoredVote(
            id=world.new_id(),
            activity_id=world.new_id(),
            user_id=user.id,
            credential_id=credential_id or (live[0] if live else world.new_id()),
            public_key="",
            scheme="",
            signature="",
            message=body,
            selection=VoteSelection.APPROVED,
            organization_version=organization.version,
            created_ms=now_ms,
        )


def _scope(vote: StoredVote, organization: Snapshot) -> SessionScope | None:
    """What binds the session with whose key it would be stamped, if one has a profile."""
    keys = organization.users[vote.user_id].api_keys
    return next((key.session for key in keys if key.id == vote.credential_id), None)


def _body_of(raw: bytes, organization: Snapshot) -> dict[str, Any]:
    tree = parse_json(raw)
    named = organization_id_of(tree)
    if named != organization.id:
        raise InvalidRequest(f"the body is for organization {named}, the question for organization {organization.id}")
    return tree


def _variant_of(tree: dict[str, Any]) -> Variant:
    found = tree.get("type")
    submitted_as = _submittable().get(found) if isinstance(found, str) else None
    if submitted_as is None:
        named = "no `type`" if found is None else f"type {quoted(str(found))}"
        raise InvalidRequest(
            f"bad request body: found {named}, expected the type of a submission; an approval is simulated by the body"
            " of its activity"
        )
    return submitted_as


@cache
def _submittable() -> dict[str, Variant]:
    operations = (each for each in all_operations() if each.name not in VOTES)
    return {name: variant for operation in operations for name, variant in operation.variants.items()}


def _refusal(refused: Refused) -> dict[str, Any]:
    envelope: dict[str, Any] = msgspec.json.decode(error_envelope(refused))
    return {"httpStatus": refused.http} | envelope
