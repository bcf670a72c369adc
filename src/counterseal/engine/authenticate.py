"""Who signed exactly these bytes? Organization, credential, signature, expiry, in this order, for every kind of stamp.

Nothing but an organization's existence and credential-not-found is told before the signature holds. The words that
released clients match ("could not find public key in organization or its parent organization", "Unauthenticated desc =
expired api key publicKey", "webauthn authenticator not found in organization") are kept as they are.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from counterseal.contract.errors import InvalidRequest, NotFound, Unauthenticated
from counterseal.engine.claim import Claim
from counterseal.engine.lookup import Credential, Lookup, expired
from counterseal.engine.snapshots import Snapshots
from counterseal.organizations import Snapshot
from counterseal.store import Store

SEVERAL = 2
"""So many matches are as ambiguous as any more."""


class Voter(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A user who signed, with the credential and the stamp; ``organization_id`` is the user's own."""

    organization_id: str
    user_id: str
    credential_id: str
    public_key: str
    scheme: str
    signature: str
    lookup: Lookup


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A voter and the organization that the request is about: the named one, or the one its credential led to."""

    voter: Voter
    organization_id: str


class _Match(NamedTuple):
    """A credential that may have stamped: the organization of its user, and the one that the request is about."""

    home: Snapshot
    target: Snapshot
    credential: Credential


class Authenticator:
    """Resolves stamps to callers."""

    def __init__(self, snapshots: Snapshots, store: Store) -> None:
        self._snapshots = snapshots
        self._store = store

    async def by_stamp(
        self, claim: Claim, body: bytes, *, organization_id: str | None, may_name_parent: bool, now_ms: int
    ) -> Caller:
        """The caller of a stamped request.

        ``organization_id`` is None only for a poll that names no organization: then it is the credential's.
        ``may_name_parent`` admits the reverse look-up: the parent is named, the credential lives in a sub-organization.
        """
        if organization_id is None:
            matches = await self._find_anywhere(claim.lookup, now_ms)
        else:
            matches = await self._find(claim.lookup, organization_id, may_name_parent, now_ms)
        verified = await self._verified(claim, matches, body)
        home, target, credential = verified[0]
        if credential.is_expired(now_ms):
            raise expired(credential)
        if len(verified) == SEVERAL:
            raise claim.lookup.ambiguous()
        return Caller(voter=_voter(claim, credential, home), organization_id=target.id)

    async def _find(self, lookup: Lookup, organization_id: str, may_name_parent: bool, now_ms: int) -> list[_Match]:
        """Here, then in the parent, then in the sub-organizations, where alone there may be several."""
        named = await self._snapshots.get(organization_id)
        if named is None:
            raise NotFound(f"no organization found with the given ID {organization_id}", code="ORGANIZATION_NOT_FOUND")
        credential = lookup.credential_in(named)
        if credential is not None and not credential.is_expired(now_ms):
            return [_Match(named, named, credential)]
        parent = None if named.parent_id is None else await self._snapshots.get(named.parent_id)
        found = _live_or_first(_matches(lookup, [named, parent], target=named), now_ms)[:1]
        if found and not found[0].credential.is_expired(now_ms):
            return found
        if may_name_parent and not named.is_sub_organization:
            ids = await lookup.sub_organization_ids(self._store, named.id)
            found = _live_or_first([*found, *await self._in(ids, lookup)], now_ms)
            if not found:
                raise lookup.not_found_below(named)
        if not found:
            raise lookup.not_found_in(named)
        return found

    async def _find_anywhere(self, lookup: Lookup, now_ms: int) -> list[_Match]:
        found = _live_or_first(await self._in(await lookup.organization_ids(self._store), lookup), now_ms)
        if not found:
            raise lookup.not_found_anywhere()
        return found

    async def _in(self, organization_ids: list[str], lookup: Lookup) -> list[_Match]:
        return _matches(lookup, [await self._snapshots.get(organization_id) for organization_id in organization_ids])

    async def _verified(self, claim: Claim, matches: list[_Match], body: bytes) -> list[_Match]:
        """One or two whose signature holds, or the reason why the first one's does not. No more are looked for.

        A credential id is no secret: anybody may have registered it, with another key, in a sub-organization of theirs.
        """
        verified: list[_Match] = []
        refusals: list[Unauthenticated] = []
        for match in matches:
            try:
                await claim.verify(match.credential, body, home=match.home, snapshots=self._snapshots)
            except Unauthenticated as refused:
                refusals.append(refused)
            else:
                verified.append(match)
                if len(verified) == SEVERAL:
                    break
        if not verified:
            raise refusals[0]
        return verified


def _matches(lookup: Lookup, homes: list[Snapshot | None], *, target: Snapshot | None = None) -> list[_Match]:
    found = [(home, lookup.credential_in(home)) for home in homes if home is not None]
    return [_Match(home, target or home, credential) for home, credential in found if credential is not None]


def _live_or_first(matches: list[_Match], now_ms: int) -> list[_Match]:
    """Live credentials decide; an expired one is taken only to say so once its signature holds."""
    return [match for match in matches if not match.credential.is_expired(now_ms)] or matches[:1]


def organization_mismatch(target_id: str, voter_organization_id: str) -> InvalidRequest:
    """A user of another organization, the parent's included, may not write here."""
    return InvalidRequest(
        f'organization mismatch: request is targeting organization ("{target_id}"), but voters are in organization'
        f' ("{voter_organization_id}")',
        code="ORGANIZATION_MISMATCH",
    )


def _voter(claim: Claim, credential: Credential, home: Snapshot) -> Voter:
    return Voter(
        organization_id=home.id,
        user_id=credential.user_id,
        credential_id=credential.id,
        public_key=credential.public_key,
        scheme=claim.scheme,
        signature=claim.signature,
        lookup=claim.lookup,
    )
