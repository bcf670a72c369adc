"""Activities with their votes, one statement each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import msgspec

from counterseal.store.records import ActivityStatus, StoredActivity, StoredVote, VoteSelection
from counterseal.store.sql import tables
from counterseal.store.sql.batch import THE_EVIDENCE
from counterseal.store.sql.query import Given, Query, Read, Row, Rows, Type
from counterseal.store.uuids import to_bytes, to_text

Pair = tuple[str, bytes]
"""An organization's id and the SHA-256 of a submission in it."""

_WIDTH = len(tables.ACTIVITIES.columns)
COLUMNS = ", ".join(f"{table.name}.{name}" for table in (tables.ACTIVITIES, tables.VOTES) for name, _ in table.columns)
WITH_VOTES = "activities CROSS JOIN votes ON [votes.activity_id = activities.id]"

PAIR = (("organization_id", Type.BYTES), ("fingerprint", Type.BYTES))
_OF_GIVEN_PAIR = "activities.organization_id = given.organization_id AND activities.fingerprint = given.fingerprint"

_decode_resolved = msgspec.json.Decoder(dict[str, str]).decode


def read_activity(organization_id: str, activity_id: str) -> Read[StoredActivity | None]:
    """One activity of this organization."""
    rows = yield Query(
        f"SELECT {COLUMNS} FROM {WITH_VOTES} WHERE activities.organization_id = ? AND activities.id = ?"
        " ORDER BY votes.ordinal",
        (to_bytes(organization_id), to_bytes(activity_id)),
    )
    return one_of(rows)


def read_activity_by_fingerprint(organization_id: str, fingerprint: bytes) -> Read[StoredActivity | None]:
    """The activity whose submission had this SHA-256."""
    rows = yield Query(
        f"SELECT {COLUMNS} FROM {WITH_VOTES} WHERE activities.organization_id = ? AND activities.fingerprint = ?"
        " ORDER BY votes.ordinal",
        (to_bytes(organization_id), fingerprint),
    )
    return one_of(rows)


def read_activities_by_fingerprint(asked: Sequence[Pair]) -> Read[dict[Pair, StoredActivity]]:
    """Those of the organizations and SHA-256s of which there is an activity, with it."""
    rows = yield Query(
        f"SELECT {COLUMNS} FROM given CROSS JOIN activities ON [{_OF_GIVEN_PAIR}]"
        " CROSS JOIN votes ON [votes.activity_id = activities.id]",
        given=_given(set(asked)),
    )
    in_order = sorted(rows, key=itemgetter(0, _WIDTH + 1))
    found = [_activity_from(list(each)) for _, each in groupby(in_order, key=itemgetter(0))]
    return {(activity.organization_id, activity.fingerprint): activity for activity in found}


def read_known_fingerprints(asked: Sequence[Pair]) -> Read[set[Pair]]:
    """Those of the organizations and SHA-256s of which there is an activity."""
    rows = yield Query(
        "SELECT activities.organization_id, activities.fingerprint"
        f" FROM given CROSS JOIN activities ON [{_OF_GIVEN_PAIR}]",
        given=_given(asked),
    )
    return {(to_text(organization_id), fingerprint) for organization_id, fingerprint in rows}


def one_of(rows: Rows) -> StoredActivity | None:
    """The one activity of these rows, if there are any. Columns: COLUMNS, in the order of casting."""
    return _activity_from(rows) if rows else None


def _given(asked: Sequence[Pair] | set[Pair]) -> Given:
    return Given(PAIR, [(to_bytes(organization_id), fingerprint) for organization_id, fingerprint in asked])


def _activity_from(rows: Rows) -> StoredActivity:
    id_, organization_id, type_, fingerprint, status, result, failure, created_ms, updated_ms, resolved = rows[0][
        :_WIDTH
    ]
    evidence = rows[0][_WIDTH + 8]
    return StoredActivity(
        id=to_text(id_),
        organization_id=to_text(organization_id),
        type=type_,
        fingerprint=fingerprint,
        status=ActivityStatus(status),
        result=result,
        failure=failure,
        created_ms=created_ms,
        updated_ms=updated_ms,
        votes=tuple(_vote_from(row[_WIDTH:], evidence=evidence) for row in rows),
        resolved={} if resolved is None else _decode_resolved(resolved),
    )


def _vote_from(row: Row, *, evidence: bytes) -> StoredVote:
    activity_id, _, id_, user_id, credential_id, public_key, scheme, signature, message, *rest = row
    selection, version, created, decision = rest
    return StoredVote(
        id=to_text(id_),
        activity_id=to_text(activity_id),
        user_id=to_text(user_id),
        credential_id=to_text(credential_id),
        public_key=public_key,
        scheme=scheme,
        signature=signature,
        message=evidence if message == THE_EVIDENCE else message,
        selection=VoteSelection(selection),
        organization_version=version,
        created_ms=created,
        decision=None if decision is None else decision.encode(),
    )
