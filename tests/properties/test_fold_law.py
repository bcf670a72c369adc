"""One fold: what the changes make of a snapshot is what the rows say, in the same order, at every version."""

from __future__ import annotations

import asyncio
import tempfile
import typing
from pathlib import Path
from typing import Any

import msgspec
from histories import READABLE, Reader, changes_of, histories
from hypothesis import HealthCheck, given

import sample
import stored
from counterseal.organizations import (
    ITEM_KINDS,
    ApiKey,
    Authenticator,
    Change,
    OrganizationChanges,
    Snapshot,
    User,
    UserAdded,
    fold,
)
from counterseal.organizations.snapshot import MAPS
from counterseal.policy import recorded_order
from counterseal.store import Store
from store_kinds import StoreKind

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


def test_folded_snapshots_are_the_loaded_ones(store_kind: StoreKind) -> None:
    async def replay(path: Path, history: History) -> None:
        store = await store_kind.create(path)
        await _replay(store, history)
        await store.close()

    @store_kind.examples(60, suppress_health_check=[HealthCheck.too_slow])
    @given(histories)
    def they_are(history: History) -> None:
        with tempfile.TemporaryDirectory() as directory:
            asyncio.run(replay(Path(directory), history))

    they_are()


async def _replay(store: Store, history: History) -> None:
    shown: dict[str, Snapshot] = {}
    versions: dict[str, dict[int, Snapshot]] = {sample.PARENT_ID: {}, sample.ORGANIZATION_ID: {}}
    for id_, parent_id in (sample.PARENT_ID, None), (sample.ORGANIZATION_ID, sample.PARENT_ID):
        user = sample.user(sample.uuid(int(id_[-2:], 16)))
        shown[id_] = await stored.make(store, id_, UserAdded(user=user), parent_id=parent_id)
        versions[id_][1] = shown[id_]
    reader = Reader()
    for batch in history:
        commits = []
        for in_parent, steps in batch:
            id_ = sample.PARENT_ID if in_parent else sample.ORGANIZATION_ID
            changes = changes_of(reader, shown[id_], steps)
            if changes:
                step = fold(shown[id_], id_, changes)
                shown[id_] = versions[id_][step.after.version] = step.after
                commits.append(sample.commit(None, step))
                _check_that_it_travels(sample.changed(id_, step.after.version, *changes))
        await store.commit(commits)
        for id_, snapshot in shown.items():
            assert in_order(await store.snapshot(id_)) == in_order(snapshot)
    for id_, snapshots in versions.items():
        await _check_every_version(store, id_, snapshots)


async def _check_every_version(store: Store, id_: str, snapshots: dict[int, Snapshot]) -> None:
    user_ids = {user_id for snapshot in snapshots.values() for user_id in snapshot.users}
    for version, snapshot in snapshots.items():
        await _check_that_it_is_brought_up(store, snapshot, snapshots[len(snapshots)])
        assert in_order(await store.snapshot_as_of(id_, version)) == in_order(snapshot)
        recorded = [policy.id for policy in recorded_order(snapshot.policies.values())]
        assert await store.policy_ids_as_of(id_, version) == recorded
        for user_id in user_ids:
            assert await store.user_as_of(id_, user_id, version) == snapshot.users.get(user_id)


async def _check_that_it_is_brought_up(store: Store, snapshot: Snapshot, present: Snapshot) -> None:
    """Whoever has an earlier version makes the present one of it by what is another, and copies no other map."""
    advance = (await store.advances({snapshot.id: snapshot.version}))[snapshot.id]
    brought_up = advance.of(snapshot)
    if advance.difference is None:
        assert brought_up is None
        return
    assert in_order(brought_up) == in_order(present)
    kinds = {gone.kind for gone in advance.difference.gone} | {item.KIND for item in advance.difference.items}
    copied = {kind.HELD_IN for kind in ITEM_KINDS if kind.KIND in kinds}
    copied |= {User.HELD_IN} if kinds & {ApiKey.KIND, Authenticator.KIND} else set()
    for name in set(MAPS) - copied:
        assert getattr(brought_up, name) is getattr(snapshot, name)


def _check_that_it_travels(sent: OrganizationChanges) -> None:
    """Workers are told of commits in MessagePack."""
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(sent), type=OrganizationChanges) == sent
