"""STAMP_LOGIN: register a key of the client's as a session, against the credential that stamps."""

from __future__ import annotations

import msgspec

from counterseal.activities.api_keys.key_ring import add_api_keys
from counterseal.activities.registry import Outcome, activity
from counterseal.activities.sessions.lifetime import earlier_sessions, lifetime_seconds
from counterseal.contract.errors import InvalidRequest, NotImplementedHere
from counterseal.contract.shapes import CredentialType, StampLoginIntent, StampLoginResult
from counterseal.crypto import Curve, validate_public_key
from counterseal.crypto.errors import InvalidPublicKey
from counterseal.keystore import Keystore
from counterseal.organizations import ApiKey, Change, View
from counterseal.world import World

SESSION_TYPE = "SESSION_TYPE_READ_WRITE"


class Login(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The session's key, and all that changes."""

    key: ApiKey
    changes: tuple[Change, ...]


def check_login(intent: StampLoginIntent, view: View, world: World) -> Login:
    """Everything that can be wrong with the request, before anybody decides about it."""
    if intent.session_profile_id is not None:
        raise NotImplementedHere("`sessionProfileId` is not implemented")
    key, user = _session_key(intent, view, world), view.user(view.initiator_id)
    earlier = earlier_sessions(user, key.type) if intent.invalidate_existing else ()
    changes = add_api_keys(user, [key], organization=view.organization, world=world, replaced=earlier)
    return Login(key=key, changes=tuple(changes))


@activity(
    "STAMP_LOGIN",
    check=check_login,
    may_name_parent=True,
)
def stamp_login(login: Login, view: View, world: World, keystore: Keystore) -> Outcome:
    """Add the client's P-256 key as an expiring key of the initiator; the result is a JWT that describes the session.

    Lifetime in seconds, 900 unless given. ``invalidateExisting`` first removes the user's earlier login keys, those of
    no other kind. Errors: a key that is no P-256 point, a bad lifetime (400), a key that lives in the organization
    already (409), a session profile (501). Source: Turnkey API reference, stamp_login; sessions overview.
    """
    key = login.key
    jwt = keystore.session_jwt(
        {
            "exp": world.now_ms // 1000 + (key.expiration_seconds or 0),
            "public_key": key.public_key,
            "session_type": SESSION_TYPE,
            "user_id": key.user_id,
            "organization_id": view.organization.id,
        }
    )
    return Outcome(result=StampLoginResult(session=jwt), changes=login.changes)


def _session_key(intent: StampLoginIntent, view: View, world: World) -> ApiKey:
    try:
        public_key = validate_public_key(Curve.P256, intent.public_key)
    except InvalidPublicKey as error:
        raise InvalidRequest(f"invalid `publicKey`: {error}") from None
    return ApiKey(
        id=world.new_id(),
        user_id=view.initiator_id,
        name=f"Login Session - {world.now_ms // 1000}",
        type=CredentialType.LOGIN,
        curve=Curve.P256,
        public_key=public_key,
        created_ms=world.now_ms,
        expiration_seconds=lifetime_seconds(intent.expiration_seconds),
    )
