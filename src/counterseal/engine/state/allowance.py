"""What users may have stored without anybody's leave: denied requests, those that wait for others, and what they do
with their own credentials.

Everything that is stored is kept for ever, so whoever has no rights could fill the disk. Each user has so many bytes,
which come back evenly within a day; beyond them a request is refused and nothing is stored. Only a user's own stamp
spends them. What a policy or the root quorum has allowed is not counted here: that is bounded by rates (see
docs/operations.md).

It is in the memory of the process that writes. A start of the server gives everybody everything back.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import Enum
from typing import NamedTuple

from counterseal.contract import variant
from counterseal.contract.errors import LimitExceeded
from counterseal.policy import Reason, read_record
from counterseal.store import ActivityStatus, StoredActivity

DAY_MS = 24 * 60 * 60 * 1000
ROW_BYTES = 1_000
"""What the database takes for an activity, its vote and what it may change, beside the texts that are counted."""

_USERS_MAX = 50_000

_WAITS = {Reason.ROOT_QUORUM_PENDING, Reason.AWAITING_CONSENSUS}


class Purpose(Enum):
    """For what something was stored, and how many bytes a user has for it."""

    DENIED = ("denied requests", 1024 * 1024)
    WAITING = ("requests that wait for others to approve them", 16 * 1024 * 1024)
    OWN_CREDENTIALS = ("requests about the user's own credentials and sessions", 8 * 1024 * 1024)

    def __init__(self, words: str, bytes_max: int) -> None:
        self.words = words
        self.bytes_max = bytes_max


Account = tuple[str, str, Purpose]
"""An organization, a user of it, and the purpose."""


class Charge(NamedTuple):
    """What a new activity costs whom, once it is stored."""

    account: Account
    size: int


class Allowance:
    """Counts what has been stored for whom."""

    def __init__(self) -> None:
        self._spent: OrderedDict[Account, tuple[float, int]] = OrderedDict()  # bytes, and when they were that many

    def charge(
        self, activity: StoredActivity, *, uncommitted: Callable[[Account], int], beside: int = 0
    ) -> Charge | None:
        """What a new activity costs; None if somebody has allowed it.

        ``beside`` are bytes that are stored beside the activity. ``uncommitted`` says how much more an account will
        have spent once what is decided already is durable. Raises LimitExceeded if its user has had too much stored.
        """
        account = _account_of(activity)
        if account is None:
            return None
        _, user_id, purpose = account
        spent = self._spent_at(account, activity.created_ms) + uncommitted(account)
        size = _size(activity) + beside
        if spent + size > purpose.bytes_max:
            raise LimitExceeded(
                f"user {user_id} has exceeded maximum stored {purpose.words}: {round(spent)} bytes within a day and now"
                f" {size}, expected at most {purpose.bytes_max}. Nothing is stored; send another request later"
            )
        return Charge(account, size)

    def spend(self, charges: Mapping[Account, int], *, now_ms: int) -> None:
        """What these were for has been stored."""
        for account, size in charges.items():
            spent = self._spent_at(account, now_ms)
            _, then_ms = self._spent.pop(account, (0, 0))
            self._spent[account] = (spent + size, max(then_ms, now_ms))
            if len(self._spent) > _USERS_MAX:
                self._spent.popitem(last=False)

    def _spent_at(self, account: Account, now_ms: int) -> float:
        spent, then_ms = self._spent.get(account, (0.0, now_ms))
        return max(0.0, spent - account[2].bytes_max * max(0, now_ms - then_ms) / DAY_MS)


def _account_of(activity: StoredActivity) -> Account | None:
    """Who has to bear it, if nobody has allowed it. Deletions are free: only what is there can be deleted."""
    submission = activity.votes[0]
    if activity.status is ActivityStatus.FAILED:  # a new activity fails only by being denied
        return activity.organization_id, submission.user_id, Purpose.DENIED
    reason = None if submission.decision is None else read_record(submission.decision).reason
    if reason in _WAITS:
        return activity.organization_id, submission.user_id, Purpose.WAITING
    if reason != Reason.OWN_CREDENTIAL:
        return None
    if variant(activity.type).action == "DELETE":
        return None
    return activity.organization_id, submission.user_id, Purpose.OWN_CREDENTIALS


def _size(activity: StoredActivity) -> int:
    submission = activity.votes[0]
    texts = (submission.message, submission.signature, submission.decision, activity.result, activity.failure)
    return ROW_BYTES + sum(len(text) for text in texts if text is not None)
