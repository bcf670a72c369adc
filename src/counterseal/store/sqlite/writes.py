"""Commits as rows: the decisions of a batch become statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, TypeVar

import msgspec

from counterseal.store.records import Commit, StoredActivity, StoredVote
from counterseal.store.sqlite.changes import Statement, statements_of
from counterseal.store.sqlite.rows import THE_EVIDENCE
from counterseal.store.uuids import to_bytes

_ADD_ACTIVITY = (
    "INSERT INTO activities (id, organization_id, type, fingerprint, status, result, failure, created_ms, updated_ms,"
    " resolved) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE_ACTIVITY = "UPDATE activities SET status = ?, result = ?, failure = ?, updated_ms = ? WHERE id = ?"
_ADD_VOTE = (
    "INSERT INTO votes (id, activity_id, user_id, credential_id, public_key, scheme, signature, message, selection,"
    " organization_version, created_ms, decision) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SET_VERSIONS = (
    "WITH new (organization_id, version) AS (VALUES {rows})"
    " UPDATE organizations SET version = new.version FROM new WHERE organizations.id = new.organization_id"
)

_ROWS_MAX = 64  # of some ten columns each; SQLite takes 32,766 parameters (SQLITE_MAX_VARIABLE_NUMBER)

Row = tuple[Any, ...]
Item = TypeVar("Item")


def statements_of_commits(commits: Sequence[Commit]) -> list[Statement]:
    """What has to be run, in this order and in one transaction, to make a batch durable.

    Changes keep their order, because a public key may pass from one row to another within a batch. Activities, votes
    and versions are run together, after the organizations that they refer to.
    """
    changes: list[Statement] = []
    activities: list[Row] = []
    updates: list[Row] = []
    votes: list[Row] = []
    versions: dict[bytes, int] = {}
    for commit in commits:
        for organization in commit.organizations:
            id_ = to_bytes(organization.organization_id)
            versions[id_] = organization.version
            for change in organization.changes:
                changes.extend(statements_of(change, id_, organization.version))
        if commit.activity is not None:
            if commit.is_new:
                activities.append(_activity_row(commit.activity))
            else:
                updates.append(_activity_update(commit.activity))
            evidence = commit.activity.votes[0]
            votes.extend(_vote_row(vote, evidence) for vote in commit.new_votes)
    return [
        *_merged(changes),
        *_of_rows(_ADD_ACTIVITY, activities),
        *_of_rows(_UPDATE_ACTIVITY, updates),
        *_of_rows(_ADD_VOTE, votes),
        *_set_versions(list(versions.items())),
    ]


def _merged(changes: Sequence[Statement]) -> Iterator[Statement]:
    """Neighbours that say the same of different rows, as one."""
    for statement, alike in groupby(changes, key=itemgetter(0)):
        yield from _of_rows(statement, [parameters for _, parameters in alike])


def _of_rows(statement: str, rows: Sequence[Row]) -> Iterator[Statement]:
    """A statement for every row: a plain INSERT takes many rows at once, any other statement one after another.

    Each run of a statement gives up the interpreter lock and has to win it back from the event loop. A row that cannot
    be added ends the transaction, as it would in any case; so SQLite need not remember how to undo the statement alone.
    """
    if not statement.endswith("?)"):
        for row in rows:
            yield statement, row
        return
    head, values, row_of_marks = statement.replace(" INTO ", " OR ROLLBACK INTO ", 1).rpartition("VALUES ")
    for chunk in _chunks(rows):
        yield head + values + ", ".join([row_of_marks] * len(chunk)), tuple(chain.from_iterable(chunk))


def _set_versions(versions: Sequence[tuple[bytes, int]]) -> Iterator[Statement]:
    for chunk in _chunks(versions):
        yield _SET_VERSIONS.format(rows=", ".join(["(?, ?)"] * len(chunk))), tuple(chain.from_iterable(chunk))


def _chunks(rows: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (rows[start : start + _ROWS_MAX] for start in range(0, len(rows), _ROWS_MAX))


def _activity_row(activity: StoredActivity) -> Row:
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
        msgspec.json.encode(activity.resolved).decode() if activity.resolved else None,
    )


def _activity_update(activity: StoredActivity) -> Row:
    return int(activity.status), activity.result, activity.failure, activity.updated_ms, to_bytes(activity.id)


def _vote_row(vote: StoredVote, evidence: StoredVote) -> Row:
    is_the_same = vote.id != evidence.id and vote.message == evidence.message
    return (
        to_bytes(vote.id),
        to_bytes(vote.activity_id),
        to_bytes(vote.user_id),
        to_bytes(vote.credential_id),
        vote.public_key,
        vote.scheme,
        vote.signature,
        THE_EVIDENCE if is_the_same else vote.message,
        int(vote.selection),
        vote.organization_version,
        vote.created_ms,
        None if vote.decision is None else vote.decision.decode(),
    )
