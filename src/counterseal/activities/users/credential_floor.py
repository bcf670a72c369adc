"""The credential floor: nobody is left without a way back in."""

from __future__ import annotations

from counterseal.contract.errors import InvalidRequest
from counterseal.organizations import User, meets_credential_floor


def keep_credential_floor(user: User, features: dict[str, str]) -> None:
    """Refuse a change that would leave ``user`` as given, in the words that clients know.

    Source: Turnkey docs, users introduction: every user needs at least one valid credential.
    """
    if not meets_credential_floor(user, features):
        raise InvalidRequest(f"user missing valid credential: {user.id}")
