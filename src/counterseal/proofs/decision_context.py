"""What a decision was made on, as an object that anybody can digest again: who approved what, and what policies said.

``decisionContextDigest`` of a policy-outcome proof is the digest of this object in its domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterseal.ledger.canonical import Json, digest
from counterseal.proofs.plain import facts_of, members

DOMAIN = "counterseal/decision-context/v1"
_IN_ORDER = frozenset({"approvals"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A vote that counted. ``message_digest`` is the hexadecimal SHA-256 of the body that was stamped."""

    vote_id: str
    user_id: str
    credential_id: str
    selection: str
    created_at_ms: int
    message_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What one policy came to, in the wire's word (``OUTCOME_…``)."""

    policy_id: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionContext:
    """A decision: approvals in the order of votes, evaluations in any. ``facts`` are those of a transaction, if any."""

    organization_id: str
    activity_id: str
    activity_type: str
    fingerprint: str
    request_timestamp_ms: int
    evaluated_at_ms: int
    approvals: tuple[Approval, ...]
    root_quorum_met: bool
    evaluations: tuple[Evaluation, ...]
    outcome: str
    version: str = "1"

    def object(self, facts: Mapping[str, Any] | None = None) -> dict[str, Json]:
        """What is digested."""
        found = members(self, in_order=_IN_ORDER)
        return found if facts is None else found | {"facts": facts_of(facts)}


def decision_context_digest(context: Mapping[str, Json]) -> str:
    """64 hexadecimal characters of such an object."""
    return digest(DOMAIN, context)
