"""Users, their credentials and what else an organization consists of, as the wire shows them."""

from __future__ import annotations

from counterseal.contract import shapes, timestamp
from counterseal.organizations import ApiKey, Authenticator, Quorum, Tag, User


def user_object(user: User) -> shapes.User:
    """The wire's user: every list is there, empty rather than absent."""
    return shapes.User(
        user_id=user.id,
        user_name=user.name,
        user_email=user.email,
        user_phone_number=user.phone_number,
        authenticators=[authenticator_object(each) for each in user.authenticators],
        api_keys=[api_key_object(key) for key in user.api_keys],
        user_tags=list(user.tag_ids),
        oauth_providers=[],
        created_at=timestamp(user.created_ms),
        updated_at=timestamp(user.updated_ms),
        mfa_policies=[],
        wallet_authenticators=[],
    )


def api_key_object(key: ApiKey) -> shapes.ApiKey:
    """The wire's API key: ``expirationSeconds`` only on expiring keys, counted from ``createdAt``."""
    created_at = timestamp(key.created_ms)
    return shapes.ApiKey(
        credential=shapes.Credential(
            public_key=key.public_key,
            type=key.type,
            session_profile_id=None if key.session is None else key.session.profile_id,
        ),
        api_key_id=key.id,
        api_key_name=key.name,
        created_at=created_at,
        updated_at=created_at,
        expiration_seconds=None if key.expiration_seconds is None else str(key.expiration_seconds),
    )


def authenticator_object(authenticator: Authenticator) -> shapes.Authenticator:
    """The wire's authenticator; its public key is the COSE key, in base64url."""
    created_at = timestamp(authenticator.created_ms)
    return shapes.Authenticator(
        transports=list(authenticator.transports),
        attestation_type=authenticator.attestation_type,
        aaguid=authenticator.aaguid,
        credential_id=authenticator.credential_id,
        model=authenticator.model,
        credential=shapes.Credential(
            public_key=authenticator.public_key, type=shapes.CredentialType.WEBAUTHN_AUTHENTICATOR
        ),
        authenticator_id=authenticator.id,
        authenticator_name=authenticator.name,
        created_at=created_at,
        updated_at=created_at,
    )


def tag_object(tag: Tag) -> shapes.Tag:
    """The wire's tag."""
    return shapes.Tag(
        tag_id=tag.id,
        tag_name=tag.name,
        tag_type=tag.type,
        created_at=timestamp(tag.created_ms),
        updated_at=timestamp(tag.updated_ms),
    )


def quorum_object(quorum: Quorum) -> shapes.Quorum:
    """The wire's root quorum."""
    return shapes.Quorum(threshold=quorum.threshold, user_ids=list(quorum.user_ids))
