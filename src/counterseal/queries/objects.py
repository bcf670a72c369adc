"""Users and keys as the wire shows them."""

from __future__ import annotations

from counterseal.contract import shapes, timestamp
from counterseal.organizations import ApiKey, User


def user_object(user: User) -> shapes.User:
    """The wire's user: every list is there, empty rather than absent."""
    return shapes.User(
        user_id=user.id,
        user_name=user.name,
        user_email=user.email,
        user_phone_number=user.phone_number,
        authenticators=[],
        api_keys=[api_key_object(key) for key in user.api_keys],
        user_tags=list(user.tag_ids),
        oauth_providers=[],
        created_at=timestamp(user.created_ms),
        updated_at=timestamp(user.updated_ms),
        mfa_policies=[],
    )


def api_key_object(key: ApiKey) -> shapes.ApiKey:
    """The wire's API key: ``expirationSeconds`` only on expiring keys, counted from ``createdAt``."""
    created_at = timestamp(key.created_ms)
    return shapes.ApiKey(
        credential=shapes.Credential(public_key=key.public_key, type=key.type),
        api_key_id=key.id,
        api_key_name=key.name,
        created_at=created_at,
        updated_at=created_at,
        expiration_seconds=None if key.expiration_seconds is None else str(key.expiration_seconds),
    )
