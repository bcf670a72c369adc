"""Votes and decisions, made again from what the ledger has proven: who voted on what, and what policies said then."""

from __future__ import annotations

from typing import cast

import msgspec

from counterseal import policy
from counterseal.activities import Unit
from counterseal.contract.errors import Refused
from counterseal.engine.decide.judge import Judge
from counterseal.ledger import NotProven
from counterseal.organizations import ApiKey, Authenticator, Snapshot, User, View
from counterseal.store import ActivityStatus, Store, StoredActivity, StoredVote, VoteSelection
from counterseal.world import SystemRandom, Turns

_STATUSES = {
    policy.Outcome.ALLOW: (ActivityStatus.COMPLETED, ActivityStatus.FAILED),
    policy.Outcome.REQUIRES_CONSENSUS: (ActivityStatus.CONSENSUS_NEEDED,),
}


class _UsersOfThen:
    """What a judge asks a store: users as they were when an earlier vote was cast, who are in the votes themselves."""

    def __init__(self) -> None:
        self.users: dict[tuple[str, int], User] = {}

    async def user_as_of(self, _organization_id: str, user_id: str, version: int) -> User | None:
        return self.users.get((user_id, version))


class _NoRows:
    """An export has no rows beside an organization: a unit that asks for some tells policies nothing."""

    async def read_for(self, unit: Unit, _intent: msgspec.Struct, _view: View) -> None:
        if unit.tells_policies:
            raise Refused("an export has no rows", code="")


class Decisions:
    """Decides again, by an organization as it was."""

    def __init__(self) -> None:
        self._then = _UsersOfThen()
        self._judge = Judge(cast(Store, self._then), Turns(), SystemRandom())
        self.made = 0
        """Decisions that were made again, and came to the same."""
        self.not_made = 0
        """Those that rest on more than the organization: on facts of a transaction; or are older than the ledger."""

    async def check(self, activity: StoredActivity, organization: Snapshot | None) -> None:
        """The decision after the last vote of an activity. Raises NotProven.

        ``organization`` is as it was then; None from before the ledger began.
        """
        vote = activity.votes[-1]
        if vote.decision is None:
            _check_rejected(activity, vote)
            return
        recorded = _recorded(vote)
        if activity.status not in _STATUSES.get(recorded.outcome, (ActivityStatus.FAILED,)):
            raise NotProven(f"the decision was {recorded.outcome}, and the activity is {activity.status.name}")
        if organization is None:
            self.not_made += 1
            return
        self._then.users[vote.user_id, vote.organization_version] = organization.users[vote.user_id]
        try:
            case = await self._judge.case(activity, organization, now_ms=vote.created_ms, over=_NoRows())
            if case.reading.unit.tells_policies and organization.policies:
                self.not_made += 1
                return
        except Refused as refused:
            raise NotProven(f"what was asked for cannot be read: {refused}") from None
        decision = await self._judge.decide(case, budget=policy.Budget())
        if policy.decision_record(decision, organization.quorum) != vote.decision:
            raise NotProven(
                f"by the policies of version {organization.version} the decision is {decision.outcome}"
                f" ({decision.reason}), and another is on record ({recorded.outcome})"
            )
        self.made += 1

    def forget(self, activity: StoredActivity) -> None:
        """Nobody votes on it any more."""
        for vote in activity.votes:
            self._then.users.pop((vote.user_id, vote.organization_version), None)


def credential_of(vote: StoredVote, organization: Snapshot) -> ApiKey | Authenticator:
    """The credential that a vote was stamped by, live in its organization then. Raises NotProven."""
    user = organization.users.get(vote.user_id)
    credentials: tuple[ApiKey | Authenticator, ...] = ()
    if user is not None:
        credentials = (*user.api_keys, *user.authenticators)
    for credential in credentials:
        if credential.id == vote.credential_id:
            expected = credential.public_key if isinstance(credential, ApiKey) else vote.public_key
            if vote.public_key != expected or credential.is_expired(vote.created_ms):
                raise NotProven("the credential of the vote has another public key, or had expired")
            return credential
    raise NotProven(
        f"in version {organization.version} of the organization, user {vote.user_id} had no credential"
        f" {vote.credential_id}"
    )


def _recorded(vote: StoredVote) -> policy.DecisionRecord:
    try:
        return policy.read_record(vote.decision or b"")
    except msgspec.DecodeError:
        raise NotProven("what is on record of the decision cannot be read") from None


def _check_rejected(activity: StoredActivity, vote: StoredVote) -> None:
    is_rejection = vote.selection is VoteSelection.REJECTED and activity.status is ActivityStatus.REJECTED
    is_unreadable = vote.selection is VoteSelection.APPROVED and activity.status is ActivityStatus.FAILED
    if not (is_rejection or is_unreadable):
        raise NotProven(f"nothing is on record of a decision, and the activity is {activity.status.name}")
