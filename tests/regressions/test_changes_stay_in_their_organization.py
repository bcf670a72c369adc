"""Changes of users, credentials and policies found their rows by id alone, so that only the code above the store kept
one organization's changes out of another's rows. Now the statements themselves name the organization.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

import sample
import stored
from counterseal.contract.shapes import Effect, TagType
from counterseal.organizations import (
    ApiKeyAdded,
    ApiKeyRemoved,
    Authenticator,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    Change,
    Policy,
    PolicyRemoved,
    PolicySet,
    Step,
    Tag,
    TagRemoved,
    TagSet,
    UserAdded,
    UserChanged,
    UserRemoved,
)
from counterseal.store import Store
from sample import NOW_MS, ORGANIZATION_ID, PARENT_ID, uuid
from store_kinds import StoreKind

USER = sample.user(uuid(1))
KEY = sample.api_key(USER.id)
PASSKEY = Authenticator(
    id=uuid(2),
    user_id=USER.id,
    name="passkey",
    credential_id="credential",
    public_key="key",
    aaguid="",
    attestation_type="none",
    model="",
    transports=(),
    rp_id_hash=bytes(32),
    created_ms=NOW_MS,
)
TAG = Tag(id=uuid(3), name="tag", type=TagType.USER, created_ms=NOW_MS, updated_ms=NOW_MS)
POLICY = Policy(
    id=uuid(4),
    name="policy",
    effect=Effect.DENY,
    condition="true",
    consensus=None,
    time=None,
    notes="",
    created_ms=NOW_MS,
    updated_ms=NOW_MS,
)
FOREIGN: list[Change] = [
    UserChanged(user=replace(USER, name="changed")),
    UserRemoved(user_id=USER.id),
    ApiKeyRemoved(api_key=KEY),
    AuthenticatorRemoved(authenticator=PASSKEY),
    TagSet(tag=replace(TAG, name="changed")),
    TagRemoved(tag_id=TAG.id),
    PolicySet(policy=replace(POLICY, effect=Effect.ALLOW)),
    PolicyRemoved(policy_id=POLICY.id),
]


@pytest_asyncio.fixture
async def store(tmp_path: Path, store_kind: StoreKind) -> AsyncIterator[Store]:
    """A parent with nothing in it, and a sub-organization with something of everything."""
    made = await store_kind.create(tmp_path)
    everything = [
        UserAdded(user=USER),
        ApiKeyAdded(api_key=KEY),
        AuthenticatorAdded(authenticator=PASSKEY),
        TagSet(tag=TAG),
        PolicySet(policy=POLICY),
    ]
    await stored.make(made, PARENT_ID)
    await stored.make(made, ORGANIZATION_ID, *everything, parent_id=PARENT_ID)
    yield made
    await made.close()


@pytest.mark.parametrize("change", FOREIGN, ids=lambda change: type(change).__name__)
async def test_a_change_of_one_organization_leaves_the_rows_of_another_alone(store: Store, change: Change) -> None:
    before = [await stored.snapshot(store, ORGANIZATION_ID), await stored.snapshot(store, PARENT_ID)]
    of_child = await stored.step(store, ORGANIZATION_ID, change)
    of_parent = Step(replace(before[1], version=2), of_child.touched)
    await store.commit([sample.commit(None, of_parent)])
    child, parent = await store.snapshot(ORGANIZATION_ID), await stored.snapshot(store, PARENT_ID)
    assert [child, replace(parent, version=1)] == before


@pytest.mark.parametrize("change", FOREIGN, ids=lambda change: type(change).__name__)
async def test_the_same_change_of_its_own_organization_is_seen(store: Store, change: Change) -> None:
    before = await store.snapshot(ORGANIZATION_ID)
    after = await stored.change(store, ORGANIZATION_ID, change)
    assert replace(after, version=1) != before
    assert await store.snapshot(ORGANIZATION_ID) == after
