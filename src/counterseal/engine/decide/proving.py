"""Proofs of an activity that asks for them: made where it is carried out, and durable with it or not at all.

Policy outcome first, then each address that came to be, in the order of its making. If there is no key to sign them
with, nothing happens: what was asked to be proven is not done without a proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple, Protocol

from msgspec.structs import replace

from counterseal.activities import Outcome
from counterseal.contract import asks_for_proofs, timestamp_ms_of
from counterseal.contract.errors import InvalidRequest, Unavailable
from counterseal.engine.decide.case import Case
from counterseal.engine.decide.digested import OrganizationDigests, context_of, facts_shown, shown_approvals
from counterseal.engine.state.draft import Draft
from counterseal.engine.state.snapshots import Snapshots
from counterseal.keystore import ProofKey
from counterseal.ledger import Malformed
from counterseal.ledger.canonical import canonical
from counterseal.organizations import ActivityProofs, PrivateKey, Put, RowChange, SignedStatement, WalletAccount
from counterseal.policy import Decision
from counterseal.proofs import (
    CountedApproval,
    address_derivation,
    app_proof,
    decision_context_digest,
    policy_outcome,
)
from counterseal.store import StoredActivity, StoredVote, StoreError
from counterseal.world import Turns, rest

PROOF_BYTES = 1_500
"""What a proof takes in the store beside the bodies that it shows."""


class ProofKeys(Protocol):
    """The key of this start of a process."""

    async def ready(self) -> ProofKey | None:
        """The key once what vouches for it is durable; None while that cannot be done."""
        ...

    @property
    def key(self) -> ProofKey | None:
        """The same, of this moment."""
        ...


class Decided(NamedTuple):
    """An activity that was allowed: ``activity`` is as it is completed, ``asked`` what its own request says."""

    activity: StoredActivity
    asked: Mapping[str, Any]
    case: Case
    decision: Decision
    outcome: Outcome


class Prover:
    """Makes the proofs of a process by its key."""

    def __init__(self, keys: ProofKeys, snapshots: Snapshots, turns: Turns) -> None:
        self._keys = keys
        self._snapshots = snapshots
        self._turns = turns
        self._digests = OrganizationDigests()

    async def prepare(self, asked: Mapping[str, Any], organization_id: str) -> None:
        """For a submission that asks: wait for the key, and digest its organization before anybody waits for that."""
        if not asks_for_proofs(asked):
            return
        await self._keys.ready()
        pause = partial(self._turns.next, organization_id)
        try:
            organization = await self._snapshots.get(organization_id)
            await self._digests.of(organization, pause=pause)
            if organization is not None and organization.parent_id is not None:
                await self._digests.of(await self._snapshots.get(organization.parent_id), pause=pause)
        except StoreError:
            return  # the decision asks again, and tells

    async def proven(self, decided: Decided, draft: Draft) -> Outcome:
        """The outcome with its proofs, if they are asked for. Raises Unavailable without a key."""
        if not asks_for_proofs(decided.asked):
            return decided.outcome
        key = self._keys.key
        if key is None:
            raise Unavailable(
                "no proof can be made now, so nothing was done: send the same request again, or one that asks for none"
            )
        try:
            row = await self._proofs_of(decided, draft, key)
        except Malformed as fault:
            raise InvalidRequest(f"no proof can be made of this activity: {fault}") from None
        return replace(decided.outcome, rows=(*decided.outcome.rows, Put(row=row)))

    async def _proofs_of(self, decided: Decided, draft: Draft, key: ProofKey) -> ActivityProofs:
        activity, asked, case, decision, outcome = decided
        organization = case.view.organization
        parent = None if organization.parent_id is None else await draft.snapshot(organization.parent_id)
        context = context_of(activity, case, decision, requested_ms=timestamp_ms_of(asked)).object(facts_shown(case))
        statements = [
            policy_outcome(
                organization_id=organization.id,
                outcome=decision.outcome.value,
                decision_context_digest=decision_context_digest(context),
                organization_data_digest=await self._digests.of(organization, pause=rest),
                parent_organization_data_digest=await self._digests.of(parent, pause=rest),
                approvals=[_shown(vote) for vote in shown_approvals(activity, now_ms=case.now_ms)],
                timestamp_ms=case.now_ms,
            ),
            *_addresses(outcome, organization.id, now_ms=case.now_ms),
        ]
        proofs = [app_proof(each, public_key=key.public_key, sign=key.sign) for each in statements]
        return ActivityProofs(
            id=activity.id,
            public_key=key.public_key.hex(),
            statements=tuple(SignedStatement(payload=each.payload, signature=each.signature) for each in proofs),
            context=canonical(context).decode(),
            organization_version=organization.version,
            parent_version=None if parent is None else parent.version,
        )


def _shown(vote: StoredVote) -> CountedApproval:
    return CountedApproval(
        scheme=vote.scheme, public_key=vote.public_key, message=vote.message.decode(), signature=vote.signature
    )


def _addresses(outcome: Outcome, organization_id: str, *, now_ms: int) -> list[str]:
    """A statement for each address that an activity makes, in its organization or in a new one."""
    found = _addresses_of_rows(outcome.rows, organization_id, now_ms)
    if outcome.new_organization is not None:
        new = outcome.new_organization
        found += _addresses_of_rows(new.rows, new.id, now_ms)
    return found


def _addresses_of_rows(rows: tuple[RowChange, ...], organization_id: str, now_ms: int) -> list[str]:
    found: list[str] = []
    for change in rows:
        if not isinstance(change, Put) or change.replaces is not None:
            continue
        if isinstance(change.row, WalletAccount):
            found.append(
                address_derivation(
                    organization_id=organization_id,
                    wallet_id=change.row.wallet_id,
                    derivation_path=change.row.path,
                    address=change.row.address,
                    timestamp_ms=now_ms,
                )
            )
        elif isinstance(change.row, PrivateKey):
            found += [
                address_derivation(organization_id=organization_id, address=each.address, timestamp_ms=now_ms)
                for each in change.row.addresses
            ]
    return found
