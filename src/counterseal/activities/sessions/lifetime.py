"""How long a session lasts."""

from __future__ import annotations

from counterseal.contract.rules import positive_seconds

DEFAULT_LIFETIME_SECONDS = 900


def lifetime_seconds(expiration_seconds: str | None) -> int:
    """Fifteen minutes unless given (Turnkey docs, sessions overview). Raises InvalidRequest."""
    return DEFAULT_LIFETIME_SECONDS if expiration_seconds is None else positive_seconds(expiration_seconds)
