"""An activity as one caller may see it, in the wire's words.

The intent is read from the evidence: the body of the first vote. Lists are never missing, ``result`` is ``{}`` when
there is none, ``failure`` is null unless it failed (as in captured replies of the service).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from counterseal.activities import unit_of
from counterseal.contract import (
    Shape,
    Variant,
    asks_for_proofs,
    decode,
    encode,
    parse_json,
    timestamp,
    variant,
    what_is_asked,
)
from counterseal.contract.errors import Refused
from counterseal.contract.shapes import User as UserObject
from counterseal.engine.decide.ballot import has_live_approval, has_rejected, has_voted
from counterseal.engine.decide.judge import Judge
from counterseal.engine.decide.reading import submitted_intent
from counterseal.engine.decide.submission import Submission
from counterseal.engine.state.snapshots import Snapshots, SnapshotsOfTurn
from counterseal.keystore import Keystore
from counterseal.organizations import ActivityProofs, Row, Snapshot, User
from counterseal.queries import Pieces, Room, Viewer, array_of, array_of_proofs, joined, text, user_object
from counterseal.store import ActivityStatus, RowKey, StoredActivity, StoredVote
from counterseal.world import Turns

Intent = Shape | dict[str, Any]
"""What was submitted, or what this release can no longer read of it."""

_NO_RESULT, _NO_PROOFS = msgspec.Raw(b"{}"), msgspec.Raw(b"[]")


class Source(Protocol):
    """What is read to render, of ``Reads``."""

    async def user_as_of(self, organization_id: str, user_id: str, version: int) -> User | None:
        """See ``Reads``."""
        ...

    async def rows(self, organization_id: str, keys: Sequence[RowKey]) -> dict[RowKey, tuple[Row, ...]]:
        """See ``Reads``."""
        ...


class Renderer:
    """Renders activities; users are rebuilt as of their votes."""

    def __init__(
        self, snapshots: Snapshots | SnapshotsOfTurn, store: Source, judge: Judge, keystore: Keystore, turns: Turns
    ) -> None:
        self._snapshots = snapshots
        self._store = store
        self._judge = judge
        self._keystore = keystore
        self._turns = turns

    async def activity(
        self, activity: StoredActivity, viewer: Viewer, submission: Submission | None = None
    ) -> list[bytes]:
        """The wire's activity object as JSON, in parts to be joined. A ``submission`` that is the evidence spares
        parsing. Raises ReplyIsLarge, before any of it is made if its bodies alone are.
        """
        viewer.room.fill(sum(len(vote.message) for vote in (activity.votes[0], *activity.votes)))
        organization = await self._snapshots.get(activity.organization_id)
        submitted_as = variant(activity.type)
        pieces = Pieces(self._turns, viewer.organization_id)
        is_evidence = submission is not None and submission.body == activity.votes[0].message
        evidence = submission if is_evidence else None
        intent, asks = await _intent(activity, evidence, pieces), _may_have_proofs(activity, evidence)
        if organization is None:
            raise LookupError(f"organization {activity.organization_id} of activity {activity.id} is not on record")
        can_approve, can_reject = await self._may_vote(activity, intent, organization, viewer)
        but_votes = {
            "id": activity.id,
            "organizationId": activity.organization_id,
            "status": f"ACTIVITY_STATUS_{activity.status.name}",
            "type": activity.type,
            "intent": {submitted_as.intent_key: intent},
            "result": self._result(activity, submitted_as, viewer),
            "appProofs": await self._proofs(activity, pieces, viewer.room) if asks else _NO_PROOFS,
            "fingerprint": f"sha256:{activity.fingerprint.hex()}",
            "canApprove": can_approve,
            "canReject": can_reject,
            "createdAt": timestamp(activity.created_ms),
            "updatedAt": timestamp(activity.updated_ms),
            "failure": None if activity.failure is None else msgspec.Raw(activity.failure),
        }
        await pieces.add(len(activity.votes[0].message))
        head = encode(but_votes)[:-1]
        return [head, b',"votes":', *await self._votes(activity, pieces, viewer.room), b"}"]

    async def activity_reply(self, activity: StoredActivity, viewer: Viewer, submission: Submission) -> bytes:
        """What every submit path answers. Raises ReplyIsLarge."""
        return await joined([b'{"activity":', *await self.activity(activity, viewer, submission), b"}"])

    def _result(self, activity: StoredActivity, submitted_as: Variant, viewer: Viewer) -> Any:
        if activity.result is None or submitted_as.result is None:
            return _NO_RESULT
        unit = unit_of(submitted_as.kind)
        if unit is None or unit.show is None:
            return msgspec.Raw(activity.result)
        result = decode(msgspec.json.decode(activity.result)[submitted_as.result_key], submitted_as.result)
        to_owner = viewer.has_fresh_stamp and viewer.user_id == activity.votes[0].user_id
        return {submitted_as.result_key: unit.show(result, self._keystore, to_owner=to_owner)}

    async def _may_vote(
        self, activity: StoredActivity, intent: Intent, organization: Snapshot, viewer: Viewer
    ) -> tuple[bool, bool]:
        """canApprove and canReject, which are about the viewer (docs/divergences.md)."""
        if viewer.organization_id != organization.id:
            return False, False
        user_id, is_pending = viewer.user_id, activity.status is ActivityStatus.CONSENSUS_NEEDED
        approves = has_live_approval(activity, user_id, now_ms=viewer.now_ms)
        counts = user_id in organization.quorum.user_ids
        if is_pending and not counts and not approves and organization.policies:
            counts = await self._may_approve(activity, intent, organization, viewer)
        can_approve = is_pending and counts and not approves
        can_reject = (counts or has_voted(activity, user_id)) and not has_rejected(activity, user_id)
        return can_approve, can_reject

    async def _may_approve(
        self, activity: StoredActivity, intent: Intent, organization: Snapshot, viewer: Viewer
    ) -> bool:
        if not isinstance(intent, Shape):  # an older release took it, and this one cannot carry it out
            return False
        await self._turns.next(viewer.organization_id)
        try:
            case = await self._judge.case(activity, organization, now_ms=viewer.now_ms, submitted=intent)
        except Refused:
            return False
        return await self._judge.may_approve(case, viewer.user_id, budget=viewer.budget)

    async def _proofs(self, activity: StoredActivity, pieces: Pieces, room: Room) -> msgspec.Raw:
        """A JSON array."""
        key = RowKey(kind=ActivityProofs, value=activity.id)
        found = await self._store.rows(activity.organization_id, [key])
        return msgspec.Raw(b"".join(await array_of_proofs(found[key], pieces, room)))

    async def _votes(self, activity: StoredActivity, pieces: Pieces, room: Room) -> list[bytes]:
        """A JSON array in parts: there may be hundreds, each with all credentials of its user and all of a body."""
        votes: list[list[bytes]] = []
        for vote in activity.votes:
            but_message = encode(await self._but_message(vote, activity.organization_id))[:-1]
            room.fill(len(but_message))
            votes.append([but_message, b',"message":', *await text(vote.message.decode(), pieces), b"}"])
            await pieces.add(len(but_message), was_read=True)
        return array_of(votes)

    async def _but_message(self, vote: StoredVote, organization_id: str) -> dict[str, Any]:
        return {
            "id": vote.id,
            "userId": vote.user_id,
            "user": await self._voter(vote, organization_id),
            "activityId": vote.activity_id,
            "selection": f"VOTE_SELECTION_{vote.selection.name}",
            "publicKey": vote.public_key,
            "signature": vote.signature,
            "scheme": vote.scheme,
            "createdAt": timestamp(vote.created_ms),
        }

    async def _voter(self, vote: StoredVote, organization_id: str) -> UserObject:
        """The voter as of the vote; the snapshot serves when nothing has changed since."""
        if vote.voter is not None:
            return user_object(vote.voter)
        organization = await self._snapshots.get(organization_id)
        if organization is not None and organization.version == vote.organization_version:
            return user_object(organization.users[vote.user_id])
        user = await self._store.user_as_of(organization_id, vote.user_id, vote.organization_version)
        if user is None:
            raise LookupError(f"user {vote.user_id} is not on record at version {vote.organization_version}")
        return user_object(user)


async def _intent(activity: StoredActivity, submission: Submission | None, pieces: Pieces) -> Intent:
    """The intent that was submitted. What an older release took and this one would refuse is shown as it was sent."""
    known = None if submission is None else submission.words.submitted_as(activity.type)
    if known is not None:
        return known
    evidence = activity.votes[0].message
    try:
        await pieces.add(len(evidence))
        tree = parse_json(evidence)
        await pieces.add(len(evidence))
        return submitted_intent(activity, tree)
    except Refused:
        parameters: dict[str, Any] = json.loads(evidence).get("parameters", {})
        return parameters


def _may_have_proofs(activity: StoredActivity, submission: Submission | None) -> bool:
    """Whether it is completed and has asked for them; none were made where they are switched off."""
    if activity.status is not ActivityStatus.COMPLETED:
        return False
    return asks_for_proofs(what_is_asked(activity.votes[0].message) if submission is None else submission.tree)
