"""What was: an organization at an earlier version, and reading beside a server at work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

import sample
import stored
from counterseal.contract.shapes import Effect
from counterseal.organizations import (
    ApiKeyAdded,
    ApiKeyRemoved,
    Change,
    Policy,
    PolicyRemoved,
    PolicySet,
    Snapshot,
    UserAdded,
    UserChanged,
    UserRemoved,
)
from counterseal.store import SqliteStore, Store, StoreError
from sample import ORGANIZATION_ID, PARENT_ID, uuid


def policy(number: int, condition: str = "true") -> Policy:
    return Policy(
        id=uuid(0x700 + number),
        name=f"policy {number}",
        effect=Effect.ALLOW,
        condition=condition,
        consensus=None,
        time=None,
        notes="",
        created_ms=sample.NOW_MS + number,
        updated_ms=sample.NOW_MS + number,
    )


def history() -> Sequence[tuple[Change, ...]]:
    """The changes of one version after the other."""
    ann, bob = sample.user(uuid(1)), sample.user(uuid(2))
    first, second, third = (sample.api_key(uuid(1), created_ms=sample.NOW_MS + at) for at in range(3))
    other = sample.api_key(uuid(2), public_key=first.public_key)
    return [
        (UserAdded(user=ann), ApiKeyAdded(api_key=first), UserAdded(user=bob)),
        (PolicySet(policy=policy(1)), PolicySet(policy=policy(2))),
        (UserChanged(user=replace(ann, name="Ann", tag_ids=(uuid(9),))), ApiKeyAdded(api_key=second)),
        (PolicySet(policy=policy(1, "false")),),
        (ApiKeyRemoved(api_key=first), ApiKeyAdded(api_key=other)),
        (PolicyRemoved(policy_id=policy(1).id), ApiKeyAdded(api_key=third)),
        (UserRemoved(user_id=uuid(1)),),
        (PolicySet(policy=policy(3)),),
    ]


async def test_every_version_reads_as_it_was(store: Store) -> None:
    then: dict[int, Snapshot | None] = {1: await store.snapshot(ORGANIZATION_ID)}
    for version, changes in enumerate(history(), start=2):
        then[version] = await stored.change(store, ORGANIZATION_ID, *changes)
    assert len(then) == 9
    for version, expected in then.items():
        assert await store.snapshot_as_of(ORGANIZATION_ID, version) == expected


async def test_versions_that_have_not_been_and_organizations_that_are_not_there(store: Store) -> None:
    for version in 0, 2:
        assert await store.snapshot_as_of(ORGANIZATION_ID, version) is None
    assert await store.snapshot_as_of(uuid(99), 1) is None


async def test_the_organization_of_an_activity(store: Store) -> None:
    activity = sample.activity(PARENT_ID)
    await store.commit([sample.commit(activity)])
    assert await store.organization_id_of_activity(activity.id) == PARENT_ID
    assert await store.organization_id_of_activity(uuid(99)) is None


async def test_a_reader_beside_a_writer_sees_each_commit_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a path with ?, # and %20.db"
    writer = SqliteStore.create(path)
    reader = SqliteStore.open_read_only(path)
    created = sample.commit(None, sample.made(PARENT_ID))
    with pytest.raises(StoreError, match="readonly"):
        await reader.commit([created])
    await writer.commit([created])
    assert await reader.versions([PARENT_ID]) == {PARENT_ID: 1}
    await reader.close()
    await writer.close()
    alone = SqliteStore.open_read_only(path)
    assert await alone.versions([PARENT_ID]) == {PARENT_ID: 1}
    await alone.close()


async def test_a_reader_neither_makes_nor_upgrades_a_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="`counterseal init` makes one"):
        SqliteStore.open_read_only(tmp_path / "none.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match="the store has schema version 0"):
        SqliteStore.open_read_only(tmp_path / "empty.db")
