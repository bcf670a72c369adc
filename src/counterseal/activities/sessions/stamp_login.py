"""STAMP_LOGIN: register a key of the client's as a session, against the credential that stamps."""

from __future__ import annotations

import msgspec

from counterseal.activities.api_keys.key_ring import add_api_keys
from counterseal.activities.registry import Outcome, activity
from counterseal.activities.sessions.lifetime import earlier_sessions, lifetime_seconds
from counterseal.contract.errors import InvalidRequest, PermissionDenied, quoted
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import CredentialType, StampLoginIntent, StampLoginResult
from counterseal.crypto import Curve, validate_public_key
from counterseal.crypto.errors import InvalidPublicKey
from counterseal.keystore import Keystore
from counterseal.organizations import NO_PROFILE_ID, ApiKey, Change, SessionProfile, View
from counterseal.world import World

SESSION_TYPE = "SESSION_TYPE_READ_WRITE"


class Login(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The session's key, all that changes, and the session's profile if it has one."""

    key: ApiKey
    changes: tuple[Change, ...]
    profile: SessionProfile | None


def names_profile(intent: StampLoginIntent) -> bool:
    """Whether the session is to have a profile."""
    return bool(intent.session_profile_id) and intent.session_profile_id != NO_PROFILE_ID


def which_profile(submitted: StampLoginIntent, view: View) -> dict[str, str]:
    """The profile named or, for a session that opens another one, its own. None is empty, however that is said.

    Raises PermissionDenied for a session that asks for another profile than its own: it may go on, and not get out.
    """
    named, own = submitted.session_profile_id or None, view.session_profile_id
    if own is not None and named not in (None, own):
        raise PermissionDenied(
            f"request not authorized: a session of session profile {own} may open sessions of that profile only, and"
            f" {quoted(named)} is asked for"
        )
    return {"session_profile_id": "" if named == NO_PROFILE_ID else named or own or ""}


def check_login(intent: StampLoginIntent, view: View, world: World) -> Login:
    """Everything that can be wrong with the request, before anybody decides about it."""
    profile = None
    if names_profile(intent):
        profile = view.session_profile(uuid(intent.session_profile_id or "", "sessionProfileId"))
    key, user = _session_key(intent, profile, view, world), view.user(view.initiator_id)
    earlier = earlier_sessions(user, key.type) if intent.invalidate_existing else ()
    changes = add_api_keys(user, [key], organization=view.organization, world=world, replaced=earlier)
    return Login(key=key, changes=tuple(changes), profile=profile)


@activity(
    "STAMP_LOGIN",
    check=check_login,
    reads_parent=names_profile,
    resolve=which_profile,
    may_name_parent=True,
)
def stamp_login(login: Login, view: View, world: World, keystore: Keystore) -> Outcome:
    """Add the client's P-256 key as an expiring key of the initiator; the result is a JWT that describes the session.

    Lifetime in seconds, 900 unless given, and never more than the session profile has. ``invalidateExisting`` first
    removes the user's earlier login keys, those of no other kind. Errors: a key that is no P-256 point, a bad lifetime
    (400), a session that asks for another profile than its own (403), an unknown profile (404), a key that lives in the
    organization already (409). Source: Turnkey API reference, stamp_login; sessions overview; session profiles.
    """
    key, profile = login.key, login.profile
    claims: dict[str, str | int] = {
        "exp": world.now_ms // 1000 + (key.expiration_seconds or 0),
        "public_key": key.public_key,
        "session_type": SESSION_TYPE if profile is None else profile.name,
        "user_id": key.user_id,
        "organization_id": view.organization.id,
    }
    if profile is not None:
        claims |= {"session_profile_id": profile.id, "scope": profile.scope}
    return Outcome(result=StampLoginResult(session=keystore.session_jwt(claims)), changes=login.changes)


def _session_key(intent: StampLoginIntent, profile: SessionProfile | None, view: View, world: World) -> ApiKey:
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
        expiration_seconds=lifetime_seconds(
            intent.expiration_seconds, longest=None if profile is None else profile.expiration_seconds
        ),
        session=None if profile is None else profile.binding(),
    )
