"""CREATE_READ_WRITE_SESSION: a fresh key, made here, that only the caller can open."""

from __future__ import annotations

import msgspec

from counterseal.activities.api_keys.key_ring import add_api_keys
from counterseal.activities.registry import Outcome, activity
from counterseal.activities.sessions.lifetime import earlier_sessions, lifetime_seconds
from counterseal.activities.target_keys import target_key
from counterseal.contract.errors import InvalidRequest, NotFound
from counterseal.contract.rules import email, label, uuid
from counterseal.contract.shapes import (
    CreateReadWriteSessionIntent,
    CreateReadWriteSessionIntentV2,
    CreateReadWriteSessionResultV2,
    CredentialType,
)
from counterseal.crypto import Curve
from counterseal.keystore import Keystore
from counterseal.organizations import EMAIL, ApiKey, User, View
from counterseal.world import World

Submitted = CreateReadWriteSessionIntentV2 | CreateReadWriteSessionIntent

_TYPE = CredentialType.READ_WRITE_SESSION_KEY_P256


def whose_session(submitted: Submitted, view: View) -> dict[str, str]:
    """The user that is meant: the one named, or else the initiator. The first version names the user by e-mail, which
    is shown to policies as the user has it."""
    if isinstance(submitted, CreateReadWriteSessionIntent):
        user = _user_by_email(submitted, view)
        return {"user_id": user.id, "email": user.email or ""}
    return {} if submitted.user_id is not None else {"user_id": view.initiator_id}


def _user_by_email(intent: CreateReadWriteSessionIntent, view: View) -> User:
    wanted = EMAIL.form(intent.email)
    matches = [user for user in view.organization.users.values() if user.email and EMAIL.form(user.email) == wanted]
    if not matches:
        email(intent.email)  # no sooner: an address that was stored by another rule is still its user's
        raise NotFound(f"unable to find user with email {intent.email} in organization {view.organization.id}")
    if len(matches) > 1:
        raise InvalidRequest(
            f"{len(matches)} users have the email {intent.email}: use the newest version with a userId"
        )
    return matches[0]


class WantedSession(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A session as it will be, but for its key. ``target`` is the P-256 point that its private key is sealed to."""

    user: User
    target: bytes
    name: str
    expiration_seconds: int
    earlier: tuple[ApiKey, ...]


def check_session(intent: CreateReadWriteSessionIntentV2, view: View, world: World) -> WantedSession:
    """Everything that can be wrong with the request, before anybody decides about it and before a key is made."""
    user = view.user(uuid(intent.user_id or "", "userId"))
    target = target_key(intent.target_public_key)
    seconds = lifetime_seconds(intent.expiration_seconds)
    name = f"Read Write Session - {world.now_ms // 1000}"
    if intent.api_key_name is not None:
        name = label(intent.api_key_name, "apiKeyName")
    earlier = earlier_sessions(user, _TYPE) if intent.invalidate_existing else ()
    return WantedSession(user=user, target=target, name=name, expiration_seconds=seconds, earlier=earlier)


@activity(
    "CREATE_READ_WRITE_SESSION",
    check=check_session,
    resolve=whose_session,
    may_name_parent=True,
)
def create_read_write_session(wanted: WantedSession, view: View, world: World, keystore: Keystore) -> Outcome:
    """Make a P-256 key, register it as an expiring key of the user, and seal it to ``targetPublicKey``.

    The private key exists only inside the key store's call. ``invalidateExisting`` first removes the user's earlier
    read-write-session keys, those of no other kind and no other user. Lifetime in seconds, 900 unless given.
    Errors: a target key that is no P-256 point, a bad name or lifetime (400), an unknown user (404).
    Source: Turnkey API reference, create_read_write_session; sessions overview; enclave secure channels for the bundle.
    """
    user = wanted.user
    credential = keystore.new_session_credential(wanted.target)
    key = ApiKey(
        id=world.new_id(),
        user_id=user.id,
        name=wanted.name,
        type=_TYPE,
        curve=Curve.P256,
        public_key=credential.public_key,
        created_ms=world.now_ms,
        expiration_seconds=wanted.expiration_seconds,
    )
    return Outcome(
        result=CreateReadWriteSessionResultV2(
            organization_id=view.organization.id,
            organization_name=view.organization.name,
            user_id=user.id,
            username=user.name,
            api_key_id=key.id,
            credential_bundle=credential.credential_bundle,
        ),
        changes=tuple(add_api_keys(user, [key], organization=view.organization, world=world, replaced=wanted.earlier)),
    )
