"""One fold: what the changes make of a snapshot is what the rows say, at every version and in the same order."""

from __future__ import annotations

import asyncio
import tempfile
import typing
from pathlib import Path
from typing import Any

import msgspec
from histories import READABLE, Reader, changes_of, histories
from hypothesis import HealthCheck, given, settings

import sample
from counterseal.organizations import Change, Snapshot, apply_changes
from counterseal.store import Commit, OrganizationChanges, SqliteStore, Store

History = list[list[tuple[bool, list[tuple[int, int, str]]]]]


def in_order(value: Any) -> Any:
    """``value`` with its dictionaries as lists of pairs: equal only if their order is the same, too."""
    if isinstance(value, dict):
        return [(key, in_order(each)) for key, each in value.items()]
    if isinstance(value, msgspec.Struct):
        return [(name, in_order(getattr(value, name))) for name in value.__struct_fields__]
    return value


def test_histories_hold_every_kind_of_change() -> None:
    assert set(typing.get_args(Change)) == READABLE


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(histories)
def test_folded_snapshots_are_the_loaded_ones(history: History) -> None:
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(_replay(Path(directory) / "store.db", history))


async def _replay(path: Path, history: History) -> None:
    store = SqliteStore.create(path)
    shown = await _two_organizations(store)
    versions = {id_: {snapshot.version: snapshot} for id_, snapshot in shown.items()}
    reader = Reader()
    for batch in history:
        commits = []
        for in_parent, steps in batch:
            id_ = sample.PARENT_ID if in_parent else sample.ORGANIZATION_ID
            changes = changes_of(reader, shown[id_], steps)
            if changes:
                shown[id_] = apply_changes(shown[id_], id_, changes)
                versions[id_][shown[id_].version] = shown[id_]
                commits.append(_commit(shown[id_], changes))
                _check_that_it_travels(commits[-1])
        await store.commit(commits)
        for id_, snapshot in shown.items():
            assert in_order(await store.snapshot(id_)) == in_order(snapshot)
    await _check_every_user_at_every_version(store, versions)
    await store.close()


async def _two_organizations(store: Store) -> dict[str, Snapshot]:
    made = {}
    for id_, parent_id in (sample.PARENT_ID, None), (sample.ORGANIZATION_ID, sample.PARENT_ID):
        user_id = sample.uuid(int(id_[-2:], 16))
        changes = tuple(
            sample.creation([sample.user(user_id, sample.api_key(user_id))], root=[user_id], parent_id=parent_id)
        )
        made[id_] = apply_changes(None, id_, changes)
        await store.commit([_commit(made[id_], changes)])
    return made


async def _check_every_user_at_every_version(store: Store, versions: dict[str, dict[int, Snapshot]]) -> None:
    for id_, snapshots in versions.items():
        for user_id in {user_id for snapshot in snapshots.values() for user_id in snapshot.users}:
            for version, snapshot in snapshots.items():
                assert await store.user_as_of(id_, user_id, version) == snapshot.users.get(user_id)


def _check_that_it_travels(commit: Commit) -> None:
    """Workers are told of commits in MessagePack."""
    (sent,) = commit.organizations
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=OrganizationChanges) == sent


def _commit(after: Snapshot, changes: tuple[Change, ...]) -> Commit:
    organization = OrganizationChanges(organization_id=after.id, version=after.version, changes=changes)
    return Commit(activity=None, is_new=False, new_votes=(), organizations=(organization,))
