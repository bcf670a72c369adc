"""An activity as one caller may see it, in the wire's words.

The intent is read from the evidence: the body of the first vote. Lists are never missing, ``result`` is ``{}`` when
there is none, ``failure`` is null unless it failed (as in captured replies of the service).
"""

from __future__ import annotations

from typing import Any

import msgspec

from counterseal.activities import unit_of
from counterseal.contract import Variant, decode, encode, intent_of, parse_json, timestamp, variant
from counterseal.contract.shapes import User as UserObject
from counterseal.engine.ballot import has_live_approval, has_rejected, has_voted
from counterseal.engine.decision import may_approve
from counterseal.engine.snapshots import Snapshots
from counterseal.keystore import Keystore
from counterseal.organizations import Snapshot
from counterseal.queries import Viewer, user_object
from counterseal.store import ActivityStatus, Store, StoredActivity, StoredVote

_NO_RESULT = msgspec.Raw(b"{}")


class Renderer:
    """Renders activities; users are rebuilt as of their votes."""

    def __init__(self, snapshots: Snapshots, store: Store, keystore: Keystore) -> None:
        self._snapshots = snapshots
        self._store = store
        self._keystore = keystore

    async def activity(self, activity: StoredActivity, viewer: Viewer) -> dict[str, Any]:
        """The wire's activity object, to be encoded as it is."""
        organization = await self._snapshots.get(activity.organization_id)
        submitted_as = variant(activity.type)
        intent = intent_of(parse_json(activity.votes[0].message), submitted_as)
        if organization is None:
            raise LookupError(f"organization {activity.organization_id} of activity {activity.id} is not on record")
        return {
            "id": activity.id,
            "organizationId": activity.organization_id,
            "status": f"ACTIVITY_STATUS_{activity.status.name}",
            "type": activity.type,
            "intent": {submitted_as.intent_key: intent},
            "result": self._result(activity, submitted_as, viewer),
            "votes": [await self._vote(vote, activity.organization_id) for vote in activity.votes],
            "appProofs": [],
            "fingerprint": f"sha256:{activity.fingerprint.hex()}",
            "canApprove": _can_approve(activity, organization, viewer),
            "canReject": _can_reject(activity, organization, viewer),
            "createdAt": timestamp(activity.created_ms),
            "updatedAt": timestamp(activity.updated_ms),
            "failure": None if activity.failure is None else msgspec.Raw(activity.failure),
        }

    async def activity_reply(self, activity: StoredActivity, viewer: Viewer) -> bytes:
        """What every submit path and ``get_activity`` answer."""
        return encode({"activity": await self.activity(activity, viewer)})

    def _result(self, activity: StoredActivity, submitted_as: Variant, viewer: Viewer) -> Any:
        if activity.result is None or submitted_as.result is None:
            return _NO_RESULT
        unit = unit_of(submitted_as.kind)
        if unit is None or unit.show is None:
            return msgspec.Raw(activity.result)
        result = decode(msgspec.json.decode(activity.result)[submitted_as.result_key], submitted_as.result)
        to_owner = viewer.has_stamped and viewer.user_id == activity.votes[0].user_id
        return {submitted_as.result_key: unit.show(result, self._keystore, to_owner=to_owner)}

    async def _vote(self, vote: StoredVote, organization_id: str) -> dict[str, Any]:
        return {
            "id": vote.id,
            "userId": vote.user_id,
            "user": await self._voter(vote, organization_id),
            "activityId": vote.activity_id,
            "selection": f"VOTE_SELECTION_{vote.selection.name}",
            "message": vote.message.decode(),
            "publicKey": vote.public_key,
            "signature": vote.signature,
            "scheme": vote.scheme,
            "createdAt": timestamp(vote.created_ms),
        }

    async def _voter(self, vote: StoredVote, organization_id: str) -> UserObject:
        """The voter as of the vote; the snapshot serves when nothing has changed since."""
        organization = await self._snapshots.get(organization_id)
        if organization is not None and organization.version == vote.organization_version:
            return user_object(organization.users[vote.user_id])
        user = await self._store.user_as_of(organization_id, vote.user_id, vote.organization_version)
        if user is None:
            raise LookupError(f"user {vote.user_id} is not on record at version {vote.organization_version}")
        return user_object(user)


def _can_approve(activity: StoredActivity, organization: Snapshot, viewer: Viewer) -> bool:
    return (
        viewer.organization_id == organization.id
        and activity.status is ActivityStatus.CONSENSUS_NEEDED
        and may_approve(organization, viewer.user_id)
        and not has_live_approval(activity, viewer.user_id, now_ms=viewer.now_ms)
    )


def _can_reject(activity: StoredActivity, organization: Snapshot, viewer: Viewer) -> bool:
    if viewer.organization_id != organization.id:
        return False
    may_vote = may_approve(organization, viewer.user_id) or has_voted(activity, viewer.user_id)
    return may_vote and not has_rejected(activity, viewer.user_id)
