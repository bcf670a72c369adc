"""Bodies that were stamped: the submission itself, or a vote on it; for this organization, and at its time."""

from __future__ import annotations

from typing import Any

import msgspec

from counterseal.activities import unit_of
from counterseal.contract import organization_id_of, timestamp_ms_of, variant
from counterseal.contract.errors import Refused
from counterseal.engine.decide.submit import check_time
from counterseal.ledger import NotProven
from counterseal.store import StoredActivity, StoredVote, VoteSelection

_VOTES = {
    VoteSelection.APPROVED: "ACTIVITY_TYPE_APPROVE_ACTIVITY",
    VoteSelection.REJECTED: "ACTIVITY_TYPE_REJECT_ACTIVITY",
}


class _Body(msgspec.Struct, rename="camel"):
    type: Any = None
    organization_id: Any = None
    timestamp_ms: Any = None
    parameters: msgspec.Raw = msgspec.Raw(b"null")


_decode = msgspec.json.Decoder(_Body).decode


def check_body(activity: StoredActivity, vote: StoredVote, *, parent_id: str | None) -> None:
    """Raise NotProven unless the body of the last vote is what it is filed as. ``parent_id`` is the organization's."""
    is_first = len(activity.votes) == 1
    is_submission = is_first or vote.message == activity.votes[0].message
    try:
        body = _decode(vote.message)
        fingerprint = None if is_submission else msgspec.json.decode(body.parameters)["fingerprint"]
        named = organization_id_of({"organizationId": body.organization_id})
        if is_first or not is_submission:  # the same bytes are a vote for longer than they are a submission
            check_time(timestamp_ms_of({"timestampMs": body.timestamp_ms}), now_ms=vote.created_ms)
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError):
        raise NotProven("the body that was stamped is no request") from None
    except Refused as refused:
        raise NotProven(f"the body that was stamped would have been refused then: {refused}") from None
    expected = activity.type if is_submission else _VOTES[vote.selection]
    if body.type != expected or (not is_submission and fingerprint != f"sha256:{activity.fingerprint.hex()}"):
        raise NotProven(f"the body that was stamped asks for {body.type!s:.80}, expected {expected} of this activity")
    if named != activity.organization_id and not (named == parent_id and _may_name_parent(expected)):
        raise NotProven(f"the body that was stamped is for organization {named}, not for {activity.organization_id}")


def _may_name_parent(type_: str) -> bool:
    """Whether a user of a sub-organization may send it under the parent's id."""
    try:
        unit = unit_of(variant(type_).kind)
    except KeyError:
        return False
    return unit is not None and unit.may_name_parent
