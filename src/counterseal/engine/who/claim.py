"""What a stamp claims: that the holder of one credential signed exactly this body. Each kind of stamp has its claim."""

from __future__ import annotations

from typing import Any, Protocol

from counterseal.contract.errors import Unauthenticated
from counterseal.contract.letting_go import let_go
from counterseal.contract.shapes import FeatureName
from counterseal.crypto import Curve, base64url
from counterseal.engine.state.snapshots import Snapshots
from counterseal.engine.who.lookup import CredentialIdLookup, Lookup, PublicKeyLookup
from counterseal.organizations import ApiKey, Authenticator, Snapshot
from counterseal.stamps import (
    WEBAUTHN_SCHEME,
    StampHeader,
    StampKind,
    parse_stamp,
    parse_webauthn_stamp,
    verify_stamp,
    verify_webauthn_stamp,
)


class Claim(Protocol):
    """A stamp, read and not yet verified."""

    lookup: Lookup
    """By what its credential is found."""
    scheme: str
    """As votes show it."""
    signature: str
    """As votes show it: of an API key the signature, of a passkey the whole stamp."""

    async def verify(self, credential: Any, body: bytes, *, home: Snapshot, snapshots: Snapshots) -> None:
        """Raise Unauthenticated unless ``credential``, which ``lookup`` found in ``home``, signed exactly ``body``."""
        ...


def claim_of(stamp: StampHeader) -> Claim:
    """What a stamp claims. Raises Unauthenticated for a header that holds no stamp of its kind."""
    match stamp.kind:
        case StampKind.API_KEY:
            return ApiKeyClaim(stamp.value)
        case StampKind.WEBAUTHN:
            return PasskeyClaim(stamp.value)


class ApiKeyClaim:
    """``X-Stamp``: that an API key signed.

    One key may be held in many organizations. It is verified once for each curve that they have it on: with a large
    body, once for each holder would be long.
    """

    __slots__ = ("_stamp", "_verdicts", "lookup", "scheme", "signature")

    def __init__(self, header_value: str) -> None:
        self._stamp = parse_stamp(header_value)
        self._verdicts: dict[Curve, Unauthenticated | None] = {}
        self.lookup: Lookup = PublicKeyLookup(self._stamp.public_key, self._stamp.scheme)
        self.scheme: str = self._stamp.scheme
        self.signature = self._stamp.signature

    async def verify(self, credential: ApiKey, body: bytes, **_: object) -> None:
        """See ``Claim``. The body is that of the claim's request, always the same."""
        curve = credential.curve
        if curve not in self._verdicts:
            self._verdicts[curve] = self._verdict(curve, body)
        refusal = self._verdicts[curve]
        if refusal is not None:
            raise refusal

    def _verdict(self, curve: Curve, body: bytes) -> Unauthenticated | None:
        try:
            verify_stamp(self._stamp, curve=curve, body=body)
        except Unauthenticated as refusal:
            return let_go(refusal)
        return None


class PasskeyClaim:
    """``X-Stamp-WebAuthn``: that a passkey signed."""

    __slots__ = ("_stamp", "lookup", "scheme", "signature")

    def __init__(self, header_value: str) -> None:
        self._stamp = parse_webauthn_stamp(header_value)
        self.lookup: Lookup = CredentialIdLookup(self._stamp.credential_id)
        self.scheme = WEBAUTHN_SCHEME
        self.signature = self._stamp.text

    async def verify(self, credential: Authenticator, body: bytes, *, home: Snapshot, snapshots: Snapshots) -> None:
        """See ``Claim``."""
        verify_webauthn_stamp(
            self._stamp,
            public_key=base64url.decode(credential.public_key),
            rp_id_hash=credential.rp_id_hash,
            allowed_origins=await _allowed_origins(home, snapshots),
            body=body,
        )


async def _allowed_origins(home: Snapshot, snapshots: Snapshots) -> frozenset[str] | None:
    """The origins at which passkeys of ``home`` may be used; None for all of them.

    A sub-organization that names none has those of its parent. Source: Turnkey docs, organizations, features.
    """
    value = home.features.get(FeatureName.WEBAUTHN_ORIGINS)
    if value is None and home.parent_id is not None:
        parent = await snapshots.get(home.parent_id)
        value = None if parent is None else parent.features.get(FeatureName.WEBAUTHN_ORIGINS)
    return None if value is None else frozenset(value.split(","))
