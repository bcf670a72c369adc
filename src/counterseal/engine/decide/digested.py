"""Digests of organizations, and decisions as they are digested: docs/proofs.md has the forms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hashlib import sha256

from counterseal.engine.decide.ballot import live_approvals
from counterseal.engine.decide.case import Case
from counterseal.engine.decide.kept import Kept
from counterseal.organizations import Snapshot, digested_data_of
from counterseal.policy import Decision, Reason
from counterseal.proofs import Approval, DecisionContext, Evaluation, organization_data
from counterseal.store import StoredActivity, StoredVote

DIGESTED_BYTES_MAX = 32 * 1024 * 1024
"""Of organizations of which the digest is remembered."""

_PIECE_BYTES = 8 * 1024
"""Of canonical JSON, which are made and digested in about two milliseconds."""


class OrganizationDigests:
    """The digests of the organizations in use, each worked out once for the very object that decisions read."""

    def __init__(self) -> None:
        self._known: Kept[str] = Kept(bytes_max=DIGESTED_BYTES_MAX)

    async def of(self, organization: Snapshot | None, *, pause: Callable[[], Awaitable[None]]) -> str:
        """64 hexadecimal digits, or the empty text where there is none. ``pause`` lets others go on."""
        if organization is None:
            return organization_data.NO_PARENT
        known = self._known.get(organization.id, organization)
        if known is None:
            known = await _digest_of(organization, pause)
            self._known.put(organization.id, organization, known, own_bytes=organization.bytes_held)
        return known


async def _digest_of(organization: Snapshot, pause: Callable[[], Awaitable[None]]) -> str:
    digest, since = sha256(organization_data.DOMAIN.encode() + b"\n"), 0
    for piece in digested_data_of(organization).text():
        digest.update(piece)
        since += len(piece)
        if since > _PIECE_BYTES:
            await pause()
            since = 0
    return digest.hexdigest()


def context_of(activity: StoredActivity, case: Case, decision: Decision, *, requested_ms: int) -> DecisionContext:
    """The decision that let an activity happen. ``requested_ms`` is what its body says."""
    return DecisionContext(
        organization_id=activity.organization_id,
        activity_id=activity.id,
        activity_type=activity.type,
        fingerprint=f"sha256:{activity.fingerprint.hex()}",
        request_timestamp_ms=requested_ms,
        evaluated_at_ms=case.now_ms,
        approvals=tuple(_approval(vote) for vote in shown_approvals(activity, now_ms=case.now_ms)),
        root_quorum_met=decision.reason is Reason.ROOT_QUORUM_MET,
        evaluations=tuple(
            Evaluation(policy_id=each.policy_id, outcome=each.outcome.value) for each in decision.evaluations
        ),
        outcome=decision.outcome.value,
    )


def facts_shown(case: Case) -> dict[str, object] | None:
    """What policies were shown beside the request, of kinds that tell them something; None if nobody was asked."""
    if not case.view.organization.policies or not (case.told or case.calls):
        return None
    return {**case.told, "calls": case.calls} if case.calls else {**case.told}


def shown_approvals(activity: StoredActivity, *, now_ms: int) -> list[StoredVote]:
    """The live approvals in the order of votes. The request is the first, also if it has lapsed as an approval."""
    live = live_approvals(activity.votes, now_ms=now_ms)
    return live if activity.votes[0] in live[:1] else [activity.votes[0], *live]


def _approval(vote: StoredVote) -> Approval:
    return Approval(
        vote_id=vote.id,
        user_id=vote.user_id,
        credential_id=vote.credential_id,
        selection=f"VOTE_SELECTION_{vote.selection.name}",
        created_at_ms=vote.created_ms,
        message_digest=sha256(vote.message).hexdigest(),
    )
