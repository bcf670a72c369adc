"""Counting votes: which approvals are live, and who has said what.

Source: Turnkey docs, activities overview: the submission is the first approval and opens a window of 24 hours; when it
closes without a decision the approvals lapse together and must be given again, while the activity stays.
"""

from __future__ import annotations

from collections.abc import Iterable

from counterseal.organizations import Snapshot
from counterseal.store import StoredActivity, StoredVote, VoteSelection

CONSENSUS_WINDOW_MS = 24 * 60 * 60 * 1000


def live_approvals(votes: Iterable[StoredVote], *, now_ms: int) -> list[StoredVote]:
    """The approvals of the window that is open now, oldest first; none if it has closed."""
    live: list[StoredVote] = []
    for vote in votes:
        if vote.selection is not VoteSelection.APPROVED:
            continue
        if live and vote.created_ms - live[0].created_ms > CONSENSUS_WINDOW_MS:
            live = []
        live.append(vote)
    if live and now_ms - live[0].created_ms > CONSENSUS_WINDOW_MS:
        return []
    return live


def approver_ids(votes: Iterable[StoredVote], organization: Snapshot, *, now_ms: int) -> list[str]:
    """Distinct users with a live approval who are still in the organization."""
    users = dict.fromkeys(vote.user_id for vote in live_approvals(votes, now_ms=now_ms))
    return [user_id for user_id in users if user_id in organization.users]


def has_live_approval(activity: StoredActivity, user_id: str, *, now_ms: int) -> bool:
    """Whether this user's approval counts now."""
    return any(vote.user_id == user_id for vote in live_approvals(activity.votes, now_ms=now_ms))


def has_rejected(activity: StoredActivity, user_id: str) -> bool:
    """Whether this user has voted against it."""
    return any(vote.user_id == user_id and vote.selection is VoteSelection.REJECTED for vote in activity.votes)


def has_voted(activity: StoredActivity, user_id: str) -> bool:
    """Whether this user has any vote on record, lapsed ones included."""
    return any(vote.user_id == user_id for vote in activity.votes)
