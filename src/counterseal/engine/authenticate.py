"""Who signed exactly these bytes? Organization, credential, signature, expiry, in this order.

Nothing but an organization's existence and key-not-found is told before the signature holds. The words that released
clients match ("could not find public key in organization or its parent organization", "Unauthenticated desc = expired
api key publicKey") are kept as they are.
"""

from __future__ import annotations

import msgspec

from counterseal.contract.errors import InvalidRequest, NotFound, Unauthenticated
from counterseal.engine.snapshots import Snapshots
from counterseal.organizations import ApiKey, Snapshot
from counterseal.stamps import ApiKeyStamp, parse_stamp, verify_stamp
from counterseal.store import Store


class Voter(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A user who signed, with the credential and the stamp; ``organization_id`` is the user's own."""

    organization_id: str
    user_id: str
    credential_id: str
    public_key: str
    scheme: str
    signature: str


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A voter and the organization that the request is about: the named one, or the one its credential led to."""

    voter: Voter
    organization_id: str


class Authenticator:
    """Resolves stamps to callers."""

    def __init__(self, snapshots: Snapshots, store: Store) -> None:
        self._snapshots = snapshots
        self._store = store

    async def by_stamp(
        self, header: str, body: bytes, *, organization_id: str | None, may_name_parent: bool, now_ms: int
    ) -> Caller:
        """The caller of a request stamped with ``X-Stamp``.

        ``organization_id`` is None only for a poll that names no organization: then it is the stamping key's.
        ``may_name_parent`` admits the reverse look-up: the parent is named, the key lives in a sub-organization.
        """
        stamp = parse_stamp(header)
        if organization_id is None:
            home, target, key = await self._find_anywhere(stamp.public_key, now_ms)
        else:
            named = await self._snapshots.get(organization_id)
            if named is None:
                raise NotFound(
                    f"no organization found with the given ID {organization_id}", code="ORGANIZATION_NOT_FOUND"
                )
            home, target, key = await self._find(stamp.public_key, named, may_name_parent, now_ms)
        verify_stamp(stamp, curve=key.curve, body=body)
        if key.is_expired(now_ms):
            raise expired(key)
        return Caller(voter=_voter(home, key, stamp), organization_id=target.id)

    async def _find(
        self, public_key: str, named: Snapshot, may_name_parent: bool, now_ms: int
    ) -> tuple[Snapshot, Snapshot, ApiKey]:
        """The organization of the key, the organization meant, and the key: here first, then in the parent."""
        key = named.api_keys.get(public_key)
        if key is not None:
            return named, named, key
        if named.parent_id is not None:
            parent = await self._snapshots.get(named.parent_id)
            key = parent.api_keys.get(public_key) if parent is not None else None
            if parent is None or key is None:
                raise public_key_not_found(named, public_key)
            return parent, named, key
        if not may_name_parent:
            raise public_key_not_found(named, public_key)
        ids = await self._store.sub_organization_ids_by_public_key(named.id, public_key)
        return await self._only_one(
            public_key,
            ids,
            now_ms,
            missing="public key could not be found in organization or its parent organization"
            f" organizationId={named.id} publicKey={public_key}",
        )

    async def _find_anywhere(self, public_key: str, now_ms: int) -> tuple[Snapshot, Snapshot, ApiKey]:
        ids = await self._store.organization_ids_by_public_key(public_key)
        missing = (
            "could not find public key in organization or its parent organization: the request names no organization"
            f" and none has publicKey={public_key}"
        )
        return await self._only_one(public_key, ids, now_ms, missing=missing)

    async def _only_one(
        self, public_key: str, organization_ids: list[str], now_ms: int, *, missing: str
    ) -> tuple[Snapshot, Snapshot, ApiKey]:
        """Live keys decide; an expired one is taken only to say so once its signature holds."""
        live: list[tuple[Snapshot, Snapshot, ApiKey]] = []
        expired_ones: list[tuple[Snapshot, Snapshot, ApiKey]] = []
        for organization_id in organization_ids:
            snapshot = await self._snapshots.get(organization_id)
            key = snapshot.api_keys.get(public_key) if snapshot is not None else None
            if snapshot is not None and key is not None:
                (expired_ones if key.is_expired(now_ms) else live).append((snapshot, snapshot, key))
        if len(live) > 1:
            raise Unauthenticated(
                f"more than one suborg associated with a public key publicKey={public_key}", code="CREDENTIAL_CONFLICT"
            )
        if not live and not expired_ones:
            raise Unauthenticated(missing, code="PUBLIC_KEY_NOT_FOUND")
        return (live or expired_ones)[0]


def public_key_not_found(organization: Snapshot, public_key: str) -> Unauthenticated:
    """The words for a key that neither the organization nor, for a sub-organization, its parent has."""
    where = "organization or its parent organization" if organization.is_sub_organization else "organization"
    return Unauthenticated(
        f"could not find public key in {where} organizationId={organization.id} publicKey={public_key}",
        code="PUBLIC_KEY_NOT_FOUND",
    )


def expired(key: ApiKey) -> Unauthenticated:
    """The words by which the official clients notice that a session is over."""
    return Unauthenticated(
        f"authentication failed: rpc error: code = Unauthenticated desc = expired api key publicKey={key.public_key}",
        code="API_KEY_EXPIRED",
    )


def organization_mismatch(target_id: str, voter_organization_id: str) -> InvalidRequest:
    """A user of another organization, the parent's included, may not write here."""
    return InvalidRequest(
        f'organization mismatch: request is targeting organization ("{target_id}"), but voters are in organization'
        f' ("{voter_organization_id}")',
        code="ORGANIZATION_MISMATCH",
    )


def _voter(home: Snapshot, key: ApiKey, stamp: ApiKeyStamp) -> Voter:
    return Voter(
        organization_id=home.id,
        user_id=key.user_id,
        credential_id=key.id,
        public_key=key.public_key,
        scheme=stamp.scheme,
        signature=stamp.signature,
    )
