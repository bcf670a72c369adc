"""Commits as rows: every decision of a batch becomes a few statements, run together with the others of its kind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from counterseal.organizations import (
    ApiKey,
    ApiKeyAdded,
    ApiKeyRemoved,
    Change,
    OrganizationCreated,
    Quorum,
    RootQuorumChanged,
    User,
    UserAdded,
)
from counterseal.store.records import Commit, StoredActivity, StoredVote
from counterseal.store.uuids import join, to_bytes

# In this order: what others refer to comes first, what closes a row comes after what may have opened it.
_STATEMENTS = {
    "organization": "INSERT INTO organizations (id, parent_id, name, version, root_threshold, root_user_ids, features,"
    " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "activity": "INSERT INTO activities (id, organization_id, type, fingerprint, status, result, failure, created_ms,"
    " updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "activity_update": "UPDATE activities SET status = ?, result = ?, failure = ?, updated_ms = ? WHERE id = ?",
    "vote": "INSERT INTO votes (id, activity_id, user_id, credential_id, public_key, scheme, signature, message,"
    " selection, organization_version, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "user": "INSERT INTO users (id, organization_id, since, name, email, phone_number, tag_ids, created_ms, updated_ms)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "api_key_removal": "UPDATE api_keys SET until = ? WHERE user_id = ? AND until IS NULL AND id = ?",
    "api_key": "INSERT INTO api_keys (id, organization_id, user_id, since, name, type, curve, public_key, created_ms,"
    " expiration_seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "quorum": "UPDATE organizations SET root_threshold = ?, root_user_ids = ? WHERE id = ?",
    "version": "UPDATE organizations SET version = ? WHERE id = ?",
}


def write(connection: sqlite3.Connection, commits: Sequence[Commit]) -> None:
    """Run all statements of a batch inside the caller's transaction."""
    rows = _Rows()
    for commit in commits:
        rows.add(commit)
    for name, parameters in rows.batches:
        connection.executemany(_STATEMENTS[name], parameters)


class _Rows:
    """The parameters of a batch.

    Statements of a kind run together, but for credentials: removing and adding keep their order, because a public key
    may pass from one row to another within a batch.
    """

    def __init__(self) -> None:
        self._by_statement: dict[str, list[tuple[Any, ...]]] = {name: [] for name in _STATEMENTS}
        self._credentials: list[tuple[str, list[tuple[Any, ...]]]] = []
        self._versions: dict[bytes, int] = {}

    @property
    def batches(self) -> Iterable[tuple[str, list[tuple[Any, ...]]]]:
        """Statement names with their parameters, in the order in which they must run."""
        for name, parameters in self._by_statement.items():
            if name == "api_key":
                yield from self._credentials
            elif name == "version":
                yield name, [(version, id_) for id_, version in self._versions.items()]
            elif parameters:
                yield name, parameters

    def add(self, commit: Commit) -> None:
        for organization in commit.organizations:
            id_ = to_bytes(organization.organization_id)
            self._versions[id_] = organization.version
            for change in organization.changes:
                self._add_change(id_, organization.version, change)
        if commit.activity is not None:
            if commit.is_new:
                self._by_statement["activity"].append(_activity_row(commit.activity))
            else:
                self._by_statement["activity_update"].append(_activity_update(commit.activity))
        for vote in commit.new_votes:
            self._by_statement["vote"].append(_vote_row(vote))

    def _add_change(self, organization: bytes, version: int, change: Change) -> None:
        match change:
            case ApiKeyAdded(api_key=key):
                self._add_credential("api_key", _api_key_row(organization, version, key))
            case ApiKeyRemoved(api_key=key):
                self._add_credential("api_key_removal", (version, to_bytes(key.user_id), to_bytes(key.id)))
            case UserAdded(user=user):
                self._by_statement["user"].append(_user_row(organization, version, user))
            case RootQuorumChanged(quorum=quorum):
                self._by_statement["quorum"].append((*_quorum_columns(quorum), organization))
            case OrganizationCreated():
                self._by_statement["organization"].append(_organization_row(organization, version, change))

    def _add_credential(self, statement: str, parameters: tuple[Any, ...]) -> None:
        if not self._credentials or self._credentials[-1][0] != statement:
            self._credentials.append((statement, []))
        self._credentials[-1][1].append(parameters)


def _organization_row(organization: bytes, version: int, change: OrganizationCreated) -> tuple[Any, ...]:
    parent = to_bytes(change.parent_id) if change.parent_id else None
    features = msgspec.json.encode(change.features).decode()
    return (organization, parent, change.name, version, *_quorum_columns(change.quorum), features, change.created_ms)


def _quorum_columns(quorum: Quorum) -> tuple[int, bytes]:
    return quorum.threshold, join(quorum.user_ids)


def _user_row(organization: bytes, version: int, user: User) -> tuple[Any, ...]:
    return (
        to_bytes(user.id),
        organization,
        version,
        user.name,
        user.email,
        user.phone_number,
        join(user.tag_ids),
        user.created_ms,
        user.updated_ms,
    )


def _api_key_row(organization: bytes, version: int, key: ApiKey) -> tuple[Any, ...]:
    return (
        to_bytes(key.id),
        organization,
        to_bytes(key.user_id),
        version,
        key.name,
        key.type,
        key.curve,
        bytes.fromhex(key.public_key),
        key.created_ms,
        key.expiration_seconds,
    )


def _activity_row(activity: StoredActivity) -> tuple[Any, ...]:
    return (
        to_bytes(activity.id),
        to_bytes(activity.organization_id),
        activity.type,
        activity.fingerprint,
        int(activity.status),
        activity.result,
        activity.failure,
        activity.created_ms,
        activity.updated_ms,
    )


def _activity_update(activity: StoredActivity) -> tuple[Any, ...]:
    return int(activity.status), activity.result, activity.failure, activity.updated_ms, to_bytes(activity.id)


def _vote_row(vote: StoredVote) -> tuple[Any, ...]:
    return (
        to_bytes(vote.id),
        to_bytes(vote.activity_id),
        to_bytes(vote.user_id),
        to_bytes(vote.credential_id),
        vote.public_key,
        vote.scheme,
        vote.signature,
        vote.message,
        int(vote.selection),
        vote.organization_version,
        vote.created_ms,
    )
