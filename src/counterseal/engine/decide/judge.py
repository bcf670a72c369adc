"""May it happen? Puts an activity, its votes and its organization before the policy engine.

The decision itself is pure (``counterseal.policy``); this gathers what it looks at: the facts of the intent, the live
approvals with the credentials that stamped them, the users who could still vote, the root quorum and the policies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import msgspec

from counterseal import policy
from counterseal.contract import Shape
from counterseal.engine.decide.ballot import live_approvals
from counterseal.engine.decide.case import Case, ReadsForUnits, case_of, told_by_unit
from counterseal.engine.decide.electorates import Electorate, Electorates
from counterseal.engine.state.committed import Committed
from counterseal.organizations import STRICT, ApiKey, Authenticator, Quorum, SigningRules, Snapshot, User
from counterseal.store import Store, StoredActivity, StoredVote
from counterseal.world import Random, Turns, World, rest

_LONG = 20_000
"""Steps after which others go on before this request does: about 2 ms."""


class Judge:
    """Decides cases. It remembers compiled policies and rosters of the organizations in use.

    A ``budget`` pays for all that one request asks; a decision that is made anew wants a new one. Where everybody's
    writes wait for its decisions (``is_waited_for``) these do not wait for turns in their turn.
    """

    def __init__(
        self,
        store: Store,
        turns: Turns,
        random: Random,
        *,
        is_waited_for: bool = False,
        signing: SigningRules = STRICT,
    ) -> None:
        self.signing = signing
        self._store = store
        self._committed = Committed(store)
        self._random = random
        self._turns = turns
        self._is_waited_for = is_waited_for
        self._electorates = Electorates(roster_of)

    async def prepare(self, organization: Snapshot) -> None:
        """Compile its policies now, a few at a time, so that no decision has to wait for it."""
        await self._electorates.of(organization, pause=partial(self._turns.next, organization.id))

    async def case(
        self,
        activity: StoredActivity,
        organization: Snapshot,
        *,
        now_ms: int,
        submitted: Shape | None = None,
        over: ReadsForUnits | None = None,
    ) -> Case:
        """A stored activity as it is judged now: see ``case_of``. ``over`` is the draft, if one is decided on."""
        case = case_of(activity, organization, now_ms=now_ms, submitted=submitted, signing=self.signing)
        return await told_by_unit(case, over or self._committed, World(now_ms, self._random))

    async def decide(self, case: Case, *, budget: policy.Budget) -> policy.Decision:
        """The decision after the last of the case's votes."""
        electorate = await self._electorate(case.view.organization)
        request, before = await self._request(case, electorate.roster), budget.left
        decision = policy.decide(request, electorate.policies, budget=budget)
        await _let_others_go(before - budget.left)
        return decision

    async def may_approve(self, case: Case, user_id: str, *, budget: policy.Budget) -> bool:
        """Whether an approval by this user can count, be it given already or not. No, once the budget is spent."""
        organization = case.view.organization
        if user_id in organization.quorum.user_ids:
            return True
        if not organization.policies or user_id not in organization.users:
            return False
        others = tuple(vote for vote in case.votes if vote.user_id != user_id)
        asked = frozenset({user_id})
        return user_id in await self._may_approve(msgspec.structs.replace(case, votes=others), asked, budget)

    async def may_still_approve(self, case: Case, *, budget: policy.Budget) -> frozenset[str]:
        """The users whose approval would count now; root users alone, once the budget is spent."""
        organization = case.view.organization
        if not organization.policies:
            given = {vote.user_id for vote in live_approvals(case.votes, now_ms=case.now_ms)}
            return frozenset(organization.quorum.user_ids) & organization.users.keys() - given
        return await self._may_approve(case, frozenset(organization.users), budget)

    async def _may_approve(self, case: Case, user_ids: frozenset[str], budget: policy.Budget) -> frozenset[str]:
        electorate = await self._electorate(case.view.organization)
        request, before = await self._request(case, electorate.roster), budget.left
        able = policy.may_approve(request, electorate.policies, user_ids=user_ids, budget=budget)
        await _let_others_go(before - budget.left)
        return able

    async def _electorate(self, organization: Snapshot) -> Electorate:
        pause = rest if self._is_waited_for else partial(self._turns.next, organization.id)
        return await self._electorates.of(organization, pause=pause)

    async def _request(self, case: Case, roster: policy.Roster) -> policy.Request:
        organization = case.view.organization
        unit, intent = case.reading.unit, case.reading.intent
        return policy.Request(
            facts=case.facts() if organization.policies else {},
            calls=case.calls,
            approvals=await self._approvals(case),
            roster=roster,
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


async def _let_others_go(steps: int) -> None:
    """What has taken long must not be followed at once by more of it."""
    if steps > _LONG:
        await rest()


def evaluations_object(evaluations: Iterable[policy.PolicyEvaluation]) -> list[dict[str, str]]:
    """Policy outcomes as the wire lists them."""
    return [{"policyId": each.policy_id, "outcome": each.outcome} for each in evaluations]


def _root_quorum(quorum: Quorum) -> policy.RootQuorum:
    return policy.RootQuorum(threshold=quorum.threshold, user_ids=frozenset(quorum.user_ids))


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
