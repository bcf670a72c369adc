"""How long a session lasts, and which ones a new one may end."""

from __future__ import annotations

from counterseal.contract.rules import positive_seconds
from counterseal.contract.shapes import CredentialType
from counterseal.organizations import ApiKey, User

DEFAULT_LIFETIME_SECONDS = 900


def lifetime_seconds(expiration_seconds: str | None) -> int:
    """Fifteen minutes unless given (Turnkey docs, sessions overview). Raises InvalidRequest."""
    return DEFAULT_LIFETIME_SECONDS if expiration_seconds is None else positive_seconds(expiration_seconds)


def earlier_sessions(user: User, kind: CredentialType) -> tuple[ApiKey, ...]:
    """What ``invalidateExisting`` ends: the user's sessions of the same kind, live or expired."""
    return tuple(key for key in user.api_keys if key.type is kind)
