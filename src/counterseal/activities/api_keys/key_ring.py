"""The keys that one user may hold: their forms, their limits, and which one yields to a new one.

Sources: Turnkey docs, resource limits and sessions overview. docs/divergences.md says what was ours to choose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from counterseal.contract.errors import AlreadyExists, InvalidRequest, LimitExceeded
from counterseal.contract.rules import label, positive_seconds
from counterseal.contract.shapes import ApiKeyParamsV2, CredentialType
from counterseal.crypto import Curve, validate_public_key
from counterseal.crypto.errors import InvalidPublicKey
from counterseal.organizations import ApiKey, ApiKeyAdded, ApiKeyRemoved, Change, Snapshot, User
from counterseal.world import World

LONG_LIVED_KEYS_MAX = 10
EXPIRING_KEYS_MAX = 10

_CREDENTIAL_TYPES = {
    Curve.P256: CredentialType.API_KEY_P256,
    Curve.SECP256K1: CredentialType.API_KEY_SECP256K1,
    Curve.ED25519: CredentialType.API_KEY_ED25519,
}


def api_keys_from(params: Sequence[ApiKeyParamsV2], *, user_id: str, world: World) -> list[ApiKey]:
    """The keys that a request describes for one user, in its order; InvalidRequest names the field at fault.

    Raises LimitExceeded for more than anybody may hold, before any of them is looked at.
    """
    long_lived = sum(param.expiration_seconds is None for param in params)
    arriving = len(params) - long_lived
    _refuse_too_many_long_lived(long_lived)
    if arriving > EXPIRING_KEYS_MAX:
        raise LimitExceeded(
            f"user has exceeded maximum short-lived api keys: one request brings {arriving}, at most"
            f" {EXPIRING_KEYS_MAX} are allowed"
        )
    return [_api_key_from(param, f"apiKeys[{at}]", user_id=user_id, world=world) for at, param in enumerate(params)]


def add_api_keys(
    user: User, keys: Sequence[ApiKey], *, organization: Snapshot | None, world: World, replaced: Sequence[ApiKey] = ()
) -> list[Change]:
    """The changes that give ``user`` these keys, no more than ``api_keys_from`` gives: all of them, or Refused.

    ``organization`` is None while it is being made. Keys to be ``replaced`` go first and are in nobody's way. An
    expired holder of the same public key yields. On the eleventh expiring key all expired ones of the user go, then the
    oldest, be it the one that stamped this very request.
    """
    removed = [*replaced, *_yielding_holders(keys, replaced, organization, world)]
    gone = {key.id for key in removed}
    held = [key for key in user.api_keys if key.id not in gone]
    if not all(key.is_expiring for key in keys):
        _refuse_too_many_long_lived(sum(not key.is_expiring for key in (*held, *keys)))
    evicted = _evicted(held, keys, now_ms=world.now_ms)
    return [*(ApiKeyRemoved(api_key=key) for key in (*removed, *evicted)), *(ApiKeyAdded(api_key=key) for key in keys)]


def refuse_repeated_public_keys(keys: Iterable[ApiKey]) -> None:
    """A request may not bring one public key twice, not even for two users."""
    seen: set[str] = set()
    for key in keys:
        if key.public_key in seen:
            raise AlreadyExists(f"public key {key.public_key} occurs more than once in the request")
        seen.add(key.public_key)


def _api_key_from(param: ApiKeyParamsV2, place: str, *, user_id: str, world: World) -> ApiKey:
    curve = Curve(param.curve_type)
    try:
        public_key = validate_public_key(curve, param.public_key)
    except InvalidPublicKey as error:
        raise InvalidRequest(f"invalid public key in `{place}.publicKey`: {error}") from None
    lifetime = param.expiration_seconds
    return ApiKey(
        id=world.new_id(),
        user_id=user_id,
        name=label(param.api_key_name, f"{place}.apiKeyName"),
        type=_CREDENTIAL_TYPES[curve],
        curve=curve,
        public_key=public_key,
        created_ms=world.now_ms,
        expiration_seconds=None if lifetime is None else positive_seconds(lifetime),
    )


def _yielding_holders(
    keys: Sequence[ApiKey], replaced: Sequence[ApiKey], organization: Snapshot | None, world: World
) -> list[ApiKey]:
    if organization is None:
        return []
    held = [organization.api_keys[key.public_key] for key in keys if key.public_key in organization.api_keys]
    holders = [holder for holder in held if holder not in replaced]
    for holder in holders:
        if not holder.is_expired(world.now_ms):
            raise AlreadyExists(f"public key {holder.public_key} already exists in organization {organization.id}")
    return holders


def _refuse_too_many_long_lived(count: int) -> None:
    if count > LONG_LIVED_KEYS_MAX:
        raise LimitExceeded(f"user has exceeded maximum long-lived api keys: at most {LONG_LIVED_KEYS_MAX} are allowed")


def _evicted(held: Sequence[ApiKey], new: Sequence[ApiKey], *, now_ms: int) -> list[ApiKey]:
    arriving = sum(key.is_expiring for key in new)
    expiring = [key for key in held if key.is_expiring]  # in order of creation, so the oldest comes first
    if not arriving or len(expiring) + arriving <= EXPIRING_KEYS_MAX:
        return []
    evicted = [key for key in expiring if key.is_expired(now_ms)]
    live = [key for key in expiring if not key.is_expired(now_ms)]
    return evicted + live[: max(0, len(live) + arriving - EXPIRING_KEYS_MAX)]
