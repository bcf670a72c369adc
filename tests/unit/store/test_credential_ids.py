"""Look-ups of organizations by the credential id of an authenticator, in every store."""

from __future__ import annotations

import sample
from counterseal.contract.shapes import AuthenticatorTransport
from counterseal.organizations import (
    Authenticator,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    OrganizationDeleted,
    UserAdded,
)
from counterseal.store import Store
from sample import NOW_MS, PARENT_ID, uuid
from stored import change, make


def authenticator(number: int, user_id: str, credential_id: str = "-__-AA") -> Authenticator:
    return Authenticator(
        id=uuid(number),
        user_id=user_id,
        name="passkey",
        credential_id=credential_id,
        public_key="pQECAyY",
        aaguid="AAAAAAAAAAAAAAAAAAAAAA",
        attestation_type="none",
        model="Security key",
        transports=(AuthenticatorTransport.USB, AuthenticatorTransport.HYBRID),
        rp_id_hash=bytes(range(32)),
        created_ms=NOW_MS,
    )


async def add_organization(store: Store, number: int, *authenticators: Authenticator, parent_id: str | None) -> str:
    """Whose only user has these authenticators."""
    user = sample.user(authenticators[0].user_id)
    added = (AuthenticatorAdded(authenticator=each) for each in authenticators)
    await make(store, uuid(number), UserAdded(user=user), *added, parent_id=parent_id)
    return uuid(number)


async def test_they_are_found_by_credential_id_the_oldest_first(store: Store) -> None:
    held = {number: authenticator(0x200 + number, uuid(0x100 + number)) for number in (0x51, 0x52, 0x53)}
    other = authenticator(0x299, uuid(0x151), "other")
    one = await add_organization(store, 0x51, held[0x51], other, parent_id=PARENT_ID)
    two = await add_organization(store, 0x52, held[0x52], parent_id=PARENT_ID)
    stranger = await add_organization(store, 0x53, held[0x53], parent_id=None)
    assert await store.sub_organization_ids_by_credential_id(PARENT_ID, "-__-AA") == [one, two]
    assert await store.sub_organization_ids_by_credential_id(PARENT_ID, "other") == [one]
    assert await store.sub_organization_ids_by_credential_id(stranger, "-__-AA") == []
    assert await store.organization_ids_by_credential_id("-__-AA") == [one, two, stranger]
    assert await store.organization_ids_by_credential_id("-__-aa") == []
    assert await store.organization_ids_by_credential_id("") == []

    await change(store, one, AuthenticatorRemoved(authenticator=held[0x51]))
    assert await store.organization_ids_by_credential_id("-__-AA") == [two, stranger]
    await change(store, two, OrganizationDeleted(deleted_ms=NOW_MS))
    assert await store.organization_ids_by_credential_id("-__-AA") == [stranger]
    assert await store.organization_ids_by_credential_id("other") == [one]


async def test_an_authenticator_reads_as_it_was_written(store: Store) -> None:
    held = authenticator(0x251, uuid(0x151))
    one = await add_organization(store, 0x51, held, parent_id=PARENT_ID)
    snapshot = await store.snapshot(one)
    assert snapshot is not None
    assert snapshot.authenticators == {held.credential_id: held}
    assert snapshot.users[held.user_id].authenticators == (held,)
