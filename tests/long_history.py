"""A store whose organizations have seen much, and every read of a store that there is.

``fill`` makes the sample organization below its parent, changes it so many times, and gives another parent as many
sub-organizations in which the same names and credentials are found. No read may cost more for it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from msgspec.structs import replace

import sample
import stored
from counterseal.contract.shapes import AddressFormat, AuthenticatorTransport, Curve, Effect
from counterseal.organizations import (
    ApiKeyAdded,
    ApiKeyRemoved,
    Authenticator,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    Change,
    Key,
    Policy,
    PolicySet,
    Put,
    Removed,
    Snapshot,
    User,
    UserAdded,
    UserChanged,
    UserRemoved,
    WalletAccount,
    fold,
)
from counterseal.store import (
    ActivityStatus,
    Commit,
    RowChanges,
    RowKey,
    SealedRow,
    Store,
    SubOrganizationFilter,
    Trait,
)
from sample import COLOUR, DOOR_NAME, ORGANIZATION_ID, PARENT_ID, Door, uuid

STRANGER_ID = uuid(0xCC)
ADDRESS = "0x00000000000000000000000000000000000000AA"
"""A parent of others."""

USER_ID, POLICY_ID = uuid(1), uuid(0x700)
PUBLIC_KEY, CREDENTIAL_ID = "02" + "5a" * 32, "Y3JlZGVudGlhbA"
USUAL, RARE = "ACTIVITY_TYPE_CREATE_API_KEYS_V2", "ACTIVITY_TYPE_CREATE_USERS_V4"

_COMMITS_AT_ONCE = 50


async def fill(store: Store, *, length: int) -> None:
    """See the module. The first activity is the only one of its type and the only one that failed."""
    await _commit(store, iter(_organizations(length)))
    await _commit(store, _versions(length))


async def fill_rows(store: Store, *, length: int) -> None:
    """Give the sample organization, which is there, as many rows and secrets. The first row alone is red.

    Each of the other sub-organizations has one wallet account, all of the same address.
    """
    organization = await store.snapshot(ORGANIZATION_ID)
    assert organization is not None
    doors = [sample.door(at, **{"colour": "red"} if at == 0 else {}) for at in range(length)]
    await store.commit(
        [
            sample.commit(
                None,
                rows=(RowChanges(organization=organization, changes=tuple(Put(row=door) for door in doors)),),
                secrets=tuple(SealedRow(organization_id=ORGANIZATION_ID, id=door.id, sealed=b"s") for door in doors),
            )
        ]
    )
    await _commit(store, iter([await _with_account(store, number) for number in range(length)]))


async def _with_account(store: Store, number: int) -> Commit:
    organization = await store.snapshot(uuid(0x20_0000 + number))
    assert organization is not None
    put = Put(row=_account(0x50_0000 + number))
    return sample.commit(None, rows=(RowChanges(organization=organization, changes=(put,)),))


def _organizations(length: int) -> Iterator[Commit]:
    for id_, parent_id in (PARENT_ID, None), (STRANGER_ID, None), (ORGANIZATION_ID, PARENT_ID):
        yield sample.commit(None, sample.made(id_, parent_id=parent_id))
    for number in range(length):
        user = _ada(uuid(0x10_0000 + number))
        changes = sample.creation([], root=[], parent_id=STRANGER_ID)
        changes += [
            UserAdded(user=user),
            ApiKeyAdded(api_key=sample.api_key(user.id, public_key=PUBLIC_KEY)),
            AuthenticatorAdded(authenticator=_passkey(user.id, CREDENTIAL_ID)),
        ]
        yield sample.commit(None, fold(None, uuid(0x20_0000 + number), changes))


def _versions(length: int) -> Iterator[Commit]:
    """The sample organization: from version to version its only user changes, its key, its passkey and its policy."""
    user, key, passkey = _ada(USER_ID), sample.api_key(USER_ID, public_key=PUBLIC_KEY), _passkey(USER_ID, CREDENTIAL_ID)
    first: list[Change] = [
        UserAdded(user=user),
        ApiKeyAdded(api_key=sample.api_key(USER_ID)),
        ApiKeyAdded(api_key=key),
        AuthenticatorAdded(authenticator=passkey),
        PolicySet(policy=_policy("true")),
    ]
    made = sample.made(ORGANIZATION_ID, parent_id=PARENT_ID).after
    step = fold(made, ORGANIZATION_ID, first)
    yield sample.commit(sample.activity(id=_activity_id(0), type=RARE, status=ActivityStatus.FAILED), step)
    for number in range(length):
        removed = [ApiKeyRemoved(api_key=key), AuthenticatorRemoved(authenticator=passkey)]
        key = replace(key, id=uuid(0x30_0000 + number))
        passkey = replace(passkey, id=uuid(0x40_0000 + number))
        changes: list[Change] = [
            *removed,
            ApiKeyAdded(api_key=key),
            AuthenticatorAdded(authenticator=passkey),
            UserChanged(user=replace(user, updated_ms=number)),
            PolicySet(policy=_policy(f"{number} > 0")),
        ]
        step = fold(step.after, ORGANIZATION_ID, changes)
        yield sample.commit(sample.activity(id=_activity_id(number + 1), type=USUAL), step)


async def alter(store: Store) -> None:
    """Remove a user with its credentials, alter a policy, replace a row, remove another one, erase a secret."""
    organization = await stored.snapshot(store, ORGANIZATION_ID)
    (policy,) = organization.policies.values()
    changes: list[Change] = [PolicySet(policy=replace(policy, notes="new")), UserRemoved(user_id=USER_ID)]
    await stored.change(store, ORGANIZATION_ID, *changes, activity=sample.activity())
    replaced, removed = await store.page(ORGANIZATION_ID, Door, limit=2, before=None, after=None)
    put = Put(row=replace(replaced, name="new", colour="red"), replaces=replaced)
    rows = RowChanges(organization=organization, changes=(put, Removed(row=removed)))
    erased = SealedRow(organization_id=ORGANIZATION_ID, id=removed.id, sealed=None)
    await store.commit([sample.commit(None, rows=(rows,), secrets=(erased,))])


def renamed(organization: Snapshot) -> list[Change]:
    """One change more: its user has another name."""
    return [UserChanged(user=replace(organization.users[USER_ID], name="Ada", updated_ms=1))]


async def _commit(store: Store, commits: Iterator[Commit]) -> None:
    batch: list[Commit] = []
    for commit in commits:
        batch.append(commit)
        if len(batch) == _COMMITS_AT_ONCE:
            await store.commit(batch)
            batch = []
    await store.commit(batch)


def _ada(user_id: str) -> User:
    return sample.user(user_id, name="ada", email="ada@example.com", phone_number="+13214567890")


def _account(number: int) -> WalletAccount:
    return WalletAccount(
        id=uuid(number),
        wallet_id=uuid(0xA),
        curve=Curve.SECP256K1,
        path="m",
        levels="m",
        followed="m",
        address_format=AddressFormat.ETHEREUM,
        address=ADDRESS,
        public_key="02" * 33,
        created_ms=sample.NOW_MS,
        updated_ms=sample.NOW_MS,
    )


def _activity_id(number: int) -> str:
    return uuid(0x7000_0000 + number)


def _passkey(user_id: str, credential_id: str) -> Authenticator:
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
        created_ms=sample.NOW_MS,
    )


def _policy(condition: str) -> Policy:
    return Policy(
        id=POLICY_ID,
        name="policy",
        effect=Effect.ALLOW,
        condition=condition,
        consensus=None,
        time=None,
        notes="",
        created_ms=sample.NOW_MS,
        updated_ms=sample.NOW_MS,
    )


PAGE: dict[str, Any] = {"limit": 10, "before": None, "after": None}
FINGERPRINT = sample.activity(id=_activity_id(0)).fingerprint
TRAITS = {
    Trait.NAME: "Sample",
    Trait.USERNAME: "ada",
    Trait.EMAIL: "ADA@example.com",
    Trait.PHONE_NUMBER: "+13214567890",
    Trait.CREDENTIAL_ID: CREDENTIAL_ID,
    Trait.PUBLIC_KEY: PUBLIC_KEY,
    Trait.WALLET_ACCOUNT_ADDRESS: ADDRESS,
}

Read = Callable[[Store], Awaitable[object]]


def _activities(*, types: tuple[str, ...] = (), statuses: tuple[ActivityStatus, ...] = (), **page: Any) -> Read:
    return lambda store: store.activity_ids(ORGANIZATION_ID, types=types, statuses=statuses, **PAGE | page)


def _sub_organizations(trait: Trait | None, parent_id: str = PARENT_ID, **page: Any) -> Read:
    matching = None if trait is None else SubOrganizationFilter(trait=trait, value=TRAITS[trait])
    return lambda store: store.sub_organization_ids(parent_id, matching=matching, **PAGE | page)


def _rows(*keys: RowKey) -> Read:
    return lambda store: store.rows(ORGANIZATION_ID, keys)


def _page(where: tuple[Key, str] | None, **page: Any) -> Read:
    return lambda store: store.page(ORGANIZATION_ID, Door, where=where, **PAGE | page)


def reads(*, length: int) -> dict[str, Read]:
    """Every read, by the name of the method and what makes it another one, of a store that has been filled so far."""
    middle = length // 2 + 1
    found: dict[str, Read] = {
        "snapshot": lambda store: store.snapshot(ORGANIZATION_ID),
        "count": lambda store: store.count(ORGANIZATION_ID, Door, at_most=100),
        "count of a colour": lambda store: store.count(ORGANIZATION_ID, Door, at_most=100, where=(COLOUR, "green")),
        "organization_ids": lambda store: store.organization_ids(after=uuid(0x20_0000), limit=10),
        "page oldest first": _page(None, oldest_first=True),
        "page oldest first after": _page((COLOUR, "green"), after=sample.door(middle).id, oldest_first=True),
        "secrets": lambda store: store.secrets(ORGANIZATION_ID, [sample.door(middle).id, sample.door(0).id]),
        "boot_proof": lambda store: store.boot_proof(sample.boot_proof(1).proof_key),
        "latest_boot_proof": lambda store: store.latest_boot_proof(),
        "versions": lambda store: store.versions([ORGANIZATION_ID]),
        "advances from now": lambda store: store.advances({ORGANIZATION_ID: length + 2}),
        "advances from yesterday": lambda store: store.advances({ORGANIZATION_ID: length}),
        "advances from the middle": lambda store: store.advances({ORGANIZATION_ID: middle}),
        "advances from the beginning": lambda store: store.advances({ORGANIZATION_ID: 1, PARENT_ID: 1}),
        "known_fingerprints of one": lambda store: store.known_fingerprints([(ORGANIZATION_ID, FINGERPRINT)]),
        "known_fingerprints of many": lambda store: store.known_fingerprints([(ORGANIZATION_ID, FINGERPRINT)] * 40),
        "activity_by_fingerprint": lambda store: store.activity_by_fingerprint(ORGANIZATION_ID, FINGERPRINT),
        "activity": lambda store: store.activity(ORGANIZATION_ID, _activity_id(middle)),
        "activity_ids": _activities(),
        "activity_ids before": _activities(before=_activity_id(2)),
        "activity_ids after": _activities(after=_activity_id(middle)),
        "activity_ids of a rare type": _activities(types=(RARE,)),
        "activity_ids of a rare status": _activities(statuses=(ActivityStatus.FAILED,)),
        "activity_ids of the usual status": _activities(statuses=(ActivityStatus.COMPLETED,)),
        "activity_ids of a type with a status": _activities(types=(USUAL,), statuses=(ActivityStatus.FAILED,)),
        "activity_ids of all types and statuses": _activities(types=(USUAL, RARE), statuses=tuple(ActivityStatus)),
        "activity_ids of a type before": _activities(types=(USUAL,), before=_activity_id(2)),
        "activity_ids of no type": _activities(types=("ACTIVITY_TYPE_CREATE_WALLET",)),
        "organization_id_of_activity": lambda store: store.organization_id_of_activity(_activity_id(middle)),
        "sub_organization_activity": lambda store: store.sub_organization_activity(PARENT_ID, _activity_id(middle)),
        "sub_organization_ids_by_public_key": lambda store: store.sub_organization_ids_by_public_key(
            PARENT_ID, PUBLIC_KEY
        ),
        "sub_organization_ids_by_credential_id": lambda store: store.sub_organization_ids_by_credential_id(
            PARENT_ID, CREDENTIAL_ID
        ),
        "organization_ids_by_public_key": lambda store: store.organization_ids_by_public_key(PUBLIC_KEY),
        "organization_ids_by_credential_id": lambda store: store.organization_ids_by_credential_id(CREDENTIAL_ID),
    }
    for when, version in ("long ago", 2), ("in the middle", middle), ("yesterday", length + 1):
        found |= _past(when, version)
    keys = {
        "by id": RowKey(kind=Door, value=sample.door(middle).id),
        "by a key that one has": RowKey(kind=Door, key=DOOR_NAME, value=sample.door(middle).name),
        "by a key that several may have": RowKey(kind=Door, key=COLOUR, value="red"),
    }
    found |= {f"rows {name}": _rows(key) for name, key in keys.items()} | {"rows by all": _rows(*keys.values())}
    for colour in (None, "red", "green"):
        where = None if colour is None else (COLOUR, colour)
        found[f"page of {colour}"] = _page(where)
        found[f"page of {colour} before"] = _page(where, before=sample.door(0).id)
        found[f"page of {colour} after"] = _page(where, after=sample.door(middle).id)
    for trait in (None, *Trait):
        name = f"sub_organization_ids by {trait}"
        found[name] = _sub_organizations(trait)
        found[f"{name} before"] = _sub_organizations(trait, STRANGER_ID, before=uuid(0x20_0000))
        found[f"{name} after"] = _sub_organizations(trait, STRANGER_ID, after=uuid(0x20_0000 + length - 1))
    return found


def _past(when: str, version: int) -> dict[str, Read]:
    return {
        f"user_as_of {when}": lambda store: store.user_as_of(ORGANIZATION_ID, USER_ID, version),
        f"policy_ids_as_of {when}": lambda store: store.policy_ids_as_of(ORGANIZATION_ID, version),
        f"snapshot_as_of {when}": lambda store: store.snapshot_as_of(ORGANIZATION_ID, version),
    }
