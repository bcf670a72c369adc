"""Who signed exactly these bytes? Organization, credential, signature, expiry, in this order, for every kind of stamp.

Nothing but an organization's existence and credential-not-found is told before the signature holds. The words that
released clients match ("could not find public key in organization or its parent organization", "Unauthenticated desc =
expired api key publicKey", "webauthn authenticator not found in organization") are kept as they are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import msgspec

from counterseal.contract.errors import InvalidRequest, NotFound, Refused, Unauthenticated
from counterseal.contract.letting_go import let_go
from counterseal.engine.state.snapshots import Snapshots
from counterseal.engine.who.claim import Claim
from counterseal.engine.who.from_where import require_address
from counterseal.engine.who.lookup import Credential, Lookup, expired
from counterseal.engine.who.session_scope import scope_of
from counterseal.organizations import SessionScope, Snapshot
from counterseal.store import Store

Absence = Callable[[], Refused]
"""Says that no such credential was found where it was looked for."""


class Voter(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A user who signed, with the credential and the stamp; ``organization_id`` is the user's own.

    ``session`` is what binds the session whose key it is, as it was then: queries rest on it. Writes ask again.
    """

    organization_id: str
    user_id: str
    credential_id: str
    public_key: str
    scheme: str
    signature: str
    lookup: Lookup
    session: SessionScope | None = None


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """A voter and the organization that the request is about: the named one, or the one its credential led to."""

    voter: Voter
    organization_id: str


class _Match(NamedTuple):
    """A credential whose stamp holds: the organization of its user, and the one that the request is about."""

    home: Snapshot
    target: Snapshot
    credential: Credential


class _Trial:
    """Tries a stamp on one credential after another.

    A public key and a credential id are no secrets: anybody may have registered them, with another curve or key, in an
    organization of theirs. What does not verify is passed over, so that nobody is shut out by it.
    """

    def __init__(self, claim: Claim, body: bytes, snapshots: Snapshots, now_ms: int) -> None:
        self._claim = claim
        self._body = body
        self._snapshots = snapshots
        self._now_ms = now_ms
        self._over: list[_Match] = []
        self._refusals: list[Unauthenticated] = []
        self.live: list[_Match] = []
        """Those that hold."""

    async def holds_in(self, home: Snapshot | None, *, target: Snapshot | None = None) -> bool:
        """Whether ``home`` has the credential, live, and the stamp holds. ``target`` is ``home`` unless given."""
        credential = None if home is None else self._claim.lookup.credential_in(home)
        if home is None or credential is None:
            return False
        try:
            await self._claim.verify(credential, self._body, home=home, snapshots=self._snapshots)
        except Unauthenticated as refused:
            self._refusals.append(let_go(refused))
            return False
        is_over = credential.is_expired(self._now_ms)
        (self._over if is_over else self.live).append(_Match(home, target or home, credential))
        return not is_over

    def failure(self, not_found: Absence) -> Refused:
        """Why none holds: one is over, the first one found does not verify, or none was found."""
        if self._over:
            return expired(self._over[0].credential)
        return self._refusals[0] if self._refusals else not_found()


class Authentication:
    """Resolves stamps to callers."""

    def __init__(self, snapshots: Snapshots, store: Store) -> None:
        self._snapshots = snapshots
        self._store = store

    async def by_stamp(
        self,
        claim: Claim,
        body: bytes,
        *,
        organization_id: str | None,
        may_name_parent: bool,
        address: str,
        now_ms: int,
    ) -> Caller:
        """The caller of a stamped request.

        ``organization_id`` is None only for a poll that names no organization: then it is the credential's.
        ``may_name_parent`` admits the reverse look-up: the parent is named, the credential lives in a sub-organization.
        ``address`` is the client's: PermissionDenied if the credential may not stamp there.
        """
        trial = _Trial(claim, body, self._snapshots, now_ms)
        if organization_id is None:
            await self._try_each(await claim.lookup.organization_ids(self._store), trial)
            not_found: Absence = claim.lookup.not_found_anywhere
        else:
            not_found = await self._try_from(organization_id, claim.lookup, trial, may_name_parent=may_name_parent)
        if not trial.live:
            raise trial.failure(not_found)
        if len(trial.live) > 1:
            raise claim.lookup.ambiguous()
        home, target, credential = trial.live[0]
        require_address(home, credential, address)
        return Caller(voter=_voter(claim, credential, home), organization_id=target.id)

    async def _try_from(self, organization_id: str, lookup: Lookup, trial: _Trial, *, may_name_parent: bool) -> Absence:
        """Here, then in the parent, then in the sub-organizations, where alone there may be several.

        Gives what says that there is no such credential. Raises NotFound for an organization that does not exist.
        """
        named = await self._snapshots.get(organization_id)
        if named is None:
            raise NotFound(f"no organization found with the given ID {organization_id}", code="ORGANIZATION_NOT_FOUND")
        if await trial.holds_in(named):
            return partial(lookup.not_found_in, named)
        if named.parent_id is not None:
            await trial.holds_in(await self._snapshots.get(named.parent_id), target=named)
        elif may_name_parent:
            await self._try_each(await lookup.sub_organization_ids(self._store, named.id), trial)
            return partial(lookup.not_found_below, named)
        return partial(lookup.not_found_in, named)

    async def _try_each(self, organization_ids: list[str], trial: _Trial) -> None:
        """Two that hold are enough to know that the credential is ambiguous."""
        for at, organization_id in enumerate(organization_ids):
            if at:
                await asyncio.sleep(0)  # to verify for one takes some tenths of a millisecond, and there may be many
            await trial.holds_in(await self._snapshots.get(organization_id))
            if len(trial.live) > 1:
                return


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
        session=scope_of(credential),
    )
