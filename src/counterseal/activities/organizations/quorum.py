"""The arithmetic of a root quorum: no organization may end up with nobody who can act for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from counterseal.contract.errors import InvalidRequest
from counterseal.organizations import Quorum


def quorum_of(threshold: int, user_ids: Sequence[str], *, known_user_ids: Collection[str]) -> Quorum:
    """A quorum that can be met: 1 ≤ threshold ≤ members, each member known and named once.

    Source: Turnkey docs, root quorum; error table ("quorum threshold must be non-zero integer").
    """
    if threshold < 1:
        raise InvalidRequest(f"quorum threshold must be non-zero integer: found {threshold}, expected at least 1")
    if len(set(user_ids)) != len(user_ids):
        raise InvalidRequest("quorum users repeated: each root user may be named only once")
    missing = [user_id for user_id in user_ids if user_id not in known_user_ids]
    if missing:
        raise InvalidRequest(f"quorum users missing: {', '.join(missing)} not found in the organization")
    if threshold > len(user_ids):
        raise InvalidRequest(
            f"quorum threshold cannot be met: found {threshold}, expected at most the {len(user_ids)} root users"
        )
    return Quorum(threshold=threshold, user_ids=tuple(user_ids))
