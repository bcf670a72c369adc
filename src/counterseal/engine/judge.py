"""May it happen? Puts an activity, its votes and its organization before the policy engine.

The decision itself is pure (``counterseal.policy``); this gathers what it looks at: the facts of the intent, the live
approvals with the credentials that stamped them, the users who could still vote, the root quorum and the policies.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from counterseal import policy
from counterseal.engine.ballot import live_approvals
from counterseal.engine.reading import Reading, read_again
from counterseal.organizations import ApiKey, Authenticator, Policy, Quorum, Snapshot, User, View
from counterseal.store import Store, StoredActivity, StoredVote

_ELECTORATES_MAX = 64


class Electorate(msgspec.Struct, frozen=True, kw_only=True):
    """What of an organization stays the same from one decision to the next: the roster while its version does, the
    compiled policies while the stored ones do, which is longer."""

    version: int
    rules: tuple[Policy, ...]
    roster: policy.Roster
    policies: tuple[policy.CompiledPolicy, ...]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An activity as it is judged: by the organization of this moment, whatever held when it was submitted."""

    reading: Reading
    view: View
    votes: tuple[StoredVote, ...]
    now_ms: int


def case_of(activity: StoredActivity, organization: Snapshot, *, now_ms: int) -> Case:
    """A stored activity as it is judged now. Raises Refused where its intent cannot be read any more."""
    view = View(organization, initiator_id=activity.votes[0].user_id)
    return Case(reading=read_again(activity, view), view=view, votes=activity.votes, now_ms=now_ms)


class Judge:
    """Decides cases. It remembers compiled policies and rosters of the organizations in use."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._electorates: OrderedDict[str, Electorate] = OrderedDict()

    async def decide(self, case: Case) -> policy.Decision:
        """The decision after the last of the case's votes."""
        return policy.decide(await self._request(case), self._electorate(case.view.organization).policies)

    async def may_approve(self, case: Case, user_id: str) -> bool:
        """Whether an approval by this user can count, be it given already or not."""
        organization = case.view.organization
        if user_id in organization.quorum.user_ids:
            return True
        electorate = self._electorate(organization)
        if not electorate.policies or user_id not in organization.users:
            return False
        others = tuple(vote for vote in case.votes if vote.user_id != user_id)
        request = await self._request(msgspec.structs.replace(case, votes=others))
        return user_id in policy.may_approve(request, electorate.policies, user_ids=frozenset({user_id}))

    async def may_still_approve(self, case: Case) -> frozenset[str]:
        """The users whose approval would count now."""
        organization = case.view.organization
        if not organization.policies:
            given = {vote.user_id for vote in live_approvals(case.votes, now_ms=case.now_ms)}
            return frozenset(organization.quorum.user_ids) & organization.users.keys() - given
        request = await self._request(case)
        return policy.may_approve(
            request, self._electorate(organization).policies, user_ids=frozenset(organization.users)
        )

    async def _request(self, case: Case) -> policy.Request:
        organization = case.view.organization
        unit, intent = case.reading.unit, case.reading.intent
        return policy.Request(
            facts=_facts(case) if organization.policies else {},
            approvals=await self._approvals(case),
            roster=self._electorate(organization).roster,
            root_quorum=_root_quorum(organization.quorum),
            now_ms=case.now_ms,
            root_quorum_only=unit.is_root_only,
            owner_id=unit.owner_id(intent, initiator_id=case.view.initiator_id),
        )

    async def _approvals(self, case: Case) -> tuple[policy.Approval, ...]:
        """Live approvals of users who are still there; a credential revoked since its vote is shown as it was."""
        organization = case.view.organization
        approvals = []
        for vote in live_approvals(case.votes, now_ms=case.now_ms):
            user = organization.users.get(vote.user_id)
            if user is not None and not organization.policies:
                approvals.append(policy.Approval(policy.User(id=user.id)))
            elif user is not None:
                approvals.append(policy.Approval(_voter(user), await self._credential(vote, user, organization)))
        return tuple(approvals)

    async def _credential(self, vote: StoredVote, user: User, organization: Snapshot) -> policy.Credential | None:
        credential = _credential_by_id(user, vote.credential_id)
        if credential is None:
            then = await self._store.user_as_of(organization.id, user.id, vote.organization_version)
            credential = None if then is None else _credential_by_id(then, vote.credential_id)
        return credential

    def _electorate(self, organization: Snapshot) -> Electorate:
        """Without policies nobody asks for the roster, so none is made."""
        if not organization.policies:
            return _NO_POLICIES
        kept = self._electorates.get(organization.id)
        if kept is not None and kept.version == organization.version:
            return kept
        rules = tuple(organization.policies.values())
        if kept is not None and kept.rules == rules:
            compiled = kept.policies
        else:
            compiled = tuple(policy.compile_policy(rule_of(each)) for each in policy.recorded_order(rules))
        electorate = Electorate(
            version=organization.version, rules=rules, roster=roster_of(organization), policies=compiled
        )
        self._electorates[organization.id] = electorate
        if len(self._electorates) > _ELECTORATES_MAX:
            self._electorates.popitem(last=False)
        return electorate


_NO_POLICIES = Electorate(version=0, rules=(), roster=policy.Roster(), policies=())


def evaluations_object(evaluations: Iterable[policy.PolicyEvaluation]) -> list[dict[str, str]]:
    """Policy outcomes as the wire lists them."""
    return [{"policyId": each.policy_id, "outcome": each.outcome} for each in evaluations]


@lru_cache(maxsize=4096)
def _root_quorum(quorum: Quorum) -> policy.RootQuorum:
    return policy.RootQuorum(threshold=quorum.threshold, user_ids=frozenset(quorum.user_ids))


def _facts(case: Case) -> dict[str, Any]:
    submitted_as = case.reading.submitted_as
    return policy.facts(
        {
            "activity": {
                "type": submitted_as.type,
                "kind": submitted_as.policy_kind,
                "resource": submitted_as.resource,
                "action": submitted_as.action,
                "params": case.reading.params(),
            }
        }
    )


def _voter(user: User) -> policy.User:
    return policy.User(
        id=user.id,
        tags=user.tag_ids,
        email=user.email or "",
        alias=user.name,
        credentials=tuple(_credential(each) for each in _credentials(user)),
    )


def _credentials(user: User) -> Sequence[ApiKey | Authenticator]:
    return (*user.api_keys, *user.authenticators)


def _credential_by_id(user: User, credential_id: str) -> policy.Credential | None:
    return next((_credential(each) for each in _credentials(user) if each.id == credential_id), None)


def _credential(credential: ApiKey | Authenticator) -> policy.Credential:
    if isinstance(credential, ApiKey):
        return policy.Credential(
            id=credential.id, user_id=credential.user_id, type=credential.type, public_key=credential.public_key
        )
    return policy.Credential(
        id=credential.id,
        user_id=credential.user_id,
        type="CREDENTIAL_TYPE_WEBAUTHN_AUTHENTICATOR",
        public_key=credential.public_key,
        credential_id=credential.credential_id,
    )


def roster_of(organization: Snapshot) -> policy.Roster:
    """The users of an organization as those who could vote."""
    return policy.Roster(_voter(user) for user in organization.users.values())


def rule_of(stored: Policy) -> policy.Policy:
    """What a stored policy says."""
    return policy.Policy(
        id=stored.id,
        effect=policy.Effect(stored.effect),
        condition=stored.condition or "",
        consensus=stored.consensus or "",
        time=stored.time or "",
    )
