"""How long a session lasts, and which ones a new one may end."""

from __future__ import annotations

from counterseal.contract.rules import positive_seconds
from counterseal.contract.shapes import CredentialType
from counterseal.organizations import ApiKey, User

DEFAULT_LIFETIME_SECONDS = 900


def lifetime_seconds(expiration_seconds: str | None, *, longest: int | None = None) -> int:
    """The shorter of what is given and what a session profile has; fifteen minutes where there is neither.

    Source: Turnkey docs, sessions overview; session profiles. Raises InvalidRequest.
    """
    given = [] if expiration_seconds is None else [positive_seconds(expiration_seconds)]
    return min([*given, *([] if longest is None else [longest])], default=DEFAULT_LIFETIME_SECONDS)


def earlier_sessions(user: User, kind: CredentialType) -> tuple[ApiKey, ...]:
    """What ``invalidateExisting`` ends: the user's sessions of the same kind, live or expired."""
    return tuple(key for key in user.api_keys if key.type is kind)
