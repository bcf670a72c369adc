"""The first organization of a new server, which nobody could ask for with a stamp."""

from __future__ import annotations

import msgspec

from counterseal.activities.api_keys.key_ring import api_keys_from
from counterseal.contract.rules import email, label
from counterseal.contract.shapes import ApiKeyCurve, ApiKeyParamsV2
from counterseal.crypto import Curve
from counterseal.keystore import Keystore, Seal
from counterseal.organizations import ApiKeyAdded, OrganizationCreated, Quorum, User, UserAdded, fold
from counterseal.store import Commit, Store, StoredSecret
from counterseal.world import World


class FirstOrganization(msgspec.Struct, frozen=True, kw_only=True):
    """What ``counterseal init`` is told."""

    name: str
    user_name: str
    user_email: str | None
    public_key: str  # hex
    curve: Curve


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """The ids it was given."""

    organization_id: str
    user_id: str
    public_key: str


async def create_keystore(store: Store, seal: Seal, *, now_ms: int) -> Keystore:
    """Make the root key, the server's identities and the root of boot proofs, and store them sealed."""
    keystore, sealed = Keystore.create(seal)
    sealed = [*sealed, keystore.new_boot_root(now_ms=now_ms)]
    secrets = [StoredSecret(name=each.name, public_key=each.public_key, sealed=each.sealed) for each in sealed]
    await store.add_sealed_secrets(secrets)
    return Keystore.open(seal, sealed)


async def create_first_organization(store: Store, first: FirstOrganization, world: World) -> Created:
    """An organization whose one user is its root quorum. Raises InvalidRequest."""
    organization_id = world.new_id()
    user = User(
        id=world.new_id(),
        name=label(first.user_name, "user name"),
        email=None if first.user_email is None else email(first.user_email),
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
    )
    described = ApiKeyParamsV2(
        api_key_name="Initial API key", public_key=first.public_key, curve_type=ApiKeyCurve(first.curve)
    )
    (key,) = api_keys_from([described], user_id=user.id, world=world)
    created = OrganizationCreated(
        name=label(first.name, "organization name"),
        parent_id=None,
        created_ms=world.now_ms,
        quorum=Quorum(threshold=1, user_ids=(user.id,)),
        features={},
    )
    step = fold(None, organization_id, [created, UserAdded(user=user), ApiKeyAdded(api_key=key)])
    await store.commit([Commit(activity=None, is_new=False, new_votes=(), steps=(step,))])
    return Created(organization_id=organization_id, user_id=user.id, public_key=key.public_key)
