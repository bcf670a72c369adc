"""What is booked for an organization is about what it takes: at the limits, when small, and after any history."""

from __future__ import annotations

import enum
from pathlib import Path
from sys import getsizeof
from typing import Any

import msgspec
import pytest

import largest
import sample
from composed import ComposedServer
from counterseal.contract import encode
from counterseal.organizations import ApiKeyAdded, ApiKeyRemoved, OrganizationRenamed, Snapshot, apply_changes
from counterseal.organizations.snapshot import MAPS
from counterseal.queries.objects import user_object
from counterseal.queries.policies.policy_object import policy_object
from sample import uuid

LEAST, MOST = 0.8, 1.6


def measured(value: Any, seen: set[int] | None = None) -> int:
    """The bytes of a value and of all that it holds, each object once."""
    seen = set() if seen is None else seen
    if id(value) in seen or value is None or isinstance(value, enum.Enum | type):
        return 0
    seen.add(id(value))
    if isinstance(value, msgspec.Struct):
        inner: Any = (getattr(value, name) for name in value.__struct_fields__)
    elif isinstance(value, dict):
        inner = (*value.keys(), *value.values())
    else:
        inner = value if isinstance(value, tuple) else ()
    return getsizeof(value) + sum(measured(each, seen) for each in inner)


def show(snapshot: Snapshot) -> None:
    for user in snapshot.users.values():
        encode(user_object(user))
    for policy in snapshot.policies.values():
        encode(policy_object(policy))


def assert_truthful(snapshot: Snapshot) -> None:
    items = (item for name in MAPS for item in getattr(snapshot, name).values())
    assert snapshot.bytes_held == snapshot.profile.bytes_held + sum(item.bytes_held for item in items)
    assert LEAST < snapshot.bytes_held / measured(snapshot) < MOST


@pytest.mark.slow
async def test_of_the_largest_organization_as_loaded_as_folded_and_once_shown(tmp_path: Path) -> None:
    server = await ComposedServer.start(tmp_path)

    async def submit(activity_type: str, parameters: Any) -> Any:
        return (await server.submit(activity_type, parameters)).result

    await largest.fill(submit, root=largest.Member(server.root.user_id, server.root.key))
    folded = await server.app.engine._snapshots.get(server.root.organization_id)
    loaded = await server.store.snapshot(server.root.organization_id)
    assert folded is not None
    assert loaded is not None
    assert folded.bytes_held == loaded.bytes_held
    for snapshot in folded, loaded:
        assert_truthful(snapshot)
    show(loaded)
    assert_truthful(loaded)
    await server.app.stop()


@pytest.mark.parametrize("users", [1, 3, 50])
@pytest.mark.parametrize("name", ["ann", "x" * 255, "ü" * 255, "☃" * 255, largest.NAME])
def test_of_ordinary_ones(users: int, name: str) -> None:
    members = [
        sample.user(uuid(at), sample.api_key(uuid(at)), sample.api_key(uuid(at)), name=f"{name[:250]}{at}")
        for at in range(users)
    ]
    organization = sample.organization(*members, features={"FEATURE_NAME_EMAIL_AUTH": ""})
    show(organization)  # Python keeps the UTF-8 of a text that has been shown
    assert_truthful(organization)


def test_it_follows_every_change() -> None:
    key = sample.api_key(name="k" * 200)
    before = sample.organization(sample.user())
    renamed = apply_changes(before, before.id, [OrganizationRenamed(name="n" * 1000)])
    assert renamed.bytes_held == before.bytes_held + 1000 - len(before.name)
    added = apply_changes(renamed, before.id, [ApiKeyAdded(api_key=key)])
    assert added.bytes_held == renamed.bytes_held + key.bytes_held
    assert apply_changes(added, before.id, [ApiKeyRemoved(api_key=key)]).bytes_held == renamed.bytes_held
