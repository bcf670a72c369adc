"""Lists of sub-organizations by trait: what each finds, and that none of them reads more than it shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import sample
from counterseal.contract.shapes import AuthenticatorTransport
from counterseal.organizations import (
    ApiKeyAdded,
    Authenticator,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    UserAdded,
    UserChanged,
    UserRemoved,
)
from counterseal.store import SqliteStore, Store, SubOrganizationFilter, Trait
from sample import PARENT_ID, uuid
from stored import change, make

FIRST, SECOND = uuid(0x51), uuid(0x52)
PUBLIC_KEY = "02" + "5a" * 32
CREDENTIAL_ID = "Y3JlZGVudGlhbA"

TRAITS = {
    Trait.USERNAME: "ada",
    Trait.EMAIL: "ADA@example.com",
    Trait.PHONE_NUMBER: "+13214567890",
    Trait.CREDENTIAL_ID: CREDENTIAL_ID,
    Trait.PUBLIC_KEY: PUBLIC_KEY,
}


def authenticator(user_id: str, credential_id: str) -> Authenticator:
    return Authenticator(
        id=uuid(0xE),
        user_id=user_id,
        name="passkey",
        credential_id=credential_id,
        public_key="pQ",
        aaguid="AAAAAAAAAAAAAAAAAAAAAA",
        attestation_type="none",
        model="Security key",
        transports=(AuthenticatorTransport.INTERNAL,),
        rp_id_hash=bytes(32),
        created_ms=1,
    )


async def find(store: Store, trait: Trait, value: str) -> list[str]:
    matching = SubOrganizationFilter(trait=trait, value=value)
    return await store.sub_organization_ids(PARENT_ID, matching=matching, limit=100, before=None, after=None)


@pytest_asyncio.fixture
async def families(store: Store) -> Store:
    """Two sub-organizations with alike users; a third of the same family and a stranger's child without."""
    await make(store, uuid(0xCC))
    for number, parent_id in ((0x51, PARENT_ID), (0x52, PARENT_ID), (0x53, PARENT_ID), (0x54, uuid(0xCC))):
        await make(store, uuid(number), parent_id=parent_id)
    for number in (0x51, 0x52, 0x54):
        user_id = uuid(number + 0x100)
        user = sample.user(user_id, name="ada", email="Ada@Example.com", phone_number="+13214567890")
        api_key = sample.api_key(user_id, public_key=PUBLIC_KEY)
        passkey = authenticator(user_id, CREDENTIAL_ID)
        added = (UserAdded(user=user), ApiKeyAdded(api_key=api_key), AuthenticatorAdded(authenticator=passkey))
        await change(store, uuid(number), *added)
    return store


@pytest.mark.parametrize("trait", TRAITS)
async def test_each_trait_finds_the_family_alone_newest_first(families: Store, trait: Trait) -> None:
    assert await find(families, trait, TRAITS[trait]) == [SECOND, FIRST]


@pytest.mark.parametrize("trait", TRAITS)
async def test_what_a_removed_user_had_is_not_found(families: Store, trait: Trait) -> None:
    await change(families, SECOND, UserRemoved(user_id=uuid(0x152)))
    assert await find(families, trait, TRAITS[trait]) == [FIRST]


async def test_what_a_user_had_before_is_not_found(families: Store) -> None:
    other = sample.user(uuid(0x152), name="grace", email="grace@example.com")
    await change(families, SECOND, UserChanged(user=other))
    for trait in Trait.USERNAME, Trait.EMAIL, Trait.PHONE_NUMBER:
        assert await find(families, trait, TRAITS[trait]) == [FIRST]
    assert await find(families, Trait.USERNAME, "grace") == [SECOND]


async def test_a_removed_passkey_is_not_found(families: Store) -> None:
    passkey = authenticator(uuid(0x152), CREDENTIAL_ID)
    await change(families, SECOND, AuthenticatorRemoved(authenticator=passkey))
    assert await find(families, Trait.CREDENTIAL_ID, CREDENTIAL_ID) == [FIRST]


@pytest.mark.parametrize("trait", [None, *Trait])
@pytest.mark.parametrize("cursor", ["after", "before"])
async def test_a_page_is_a_walk_along_one_index(tmp_path: Path, trait: Trait | None, cursor: str) -> None:
    store = SqliteStore.create(tmp_path / "store.db")
    await make(store, FIRST, parent_id=PARENT_ID)
    statements: list[str] = []
    store._reader.set_trace_callback(statements.append)
    matching = None if trait is None else SubOrganizationFilter(trait=trait, value="00")
    page: dict[str, Any] = {"limit": 10, "before": None, "after": None} | {cursor: FIRST}
    await store.sub_organization_ids(PARENT_ID, matching=matching, **page)
    store._reader.set_trace_callback(None)
    walks = [statement for statement in statements if "FROM keys" in statement]
    plan = [row[3] for walk in walks for row in store._reader.execute(f"EXPLAIN QUERY PLAN {walk}")]
    await store.close()
    assert plan
    assert not [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step], plan
