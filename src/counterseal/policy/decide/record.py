"""What is kept of a decision beside the vote that called for it.

With the versions of users and policies that the store keeps, the decision can be made again, sub-expression by
sub-expression. So the record need not name the policies: it has one letter for each that held at the vote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from counterseal import organizations
from counterseal.organizations import Quorum
from counterseal.policy.decide.decision import Decision, PolicyEvaluation
from counterseal.policy.decide.policies import Outcome

_LETTERS = {
    Outcome.ALLOW: "A",
    Outcome.DENY_EXPLICIT: "D",
    Outcome.DENY_IMPLICIT: "I",
    Outcome.REQUIRES_CONSENSUS: "C",
    Outcome.ERROR: "E",
    Outcome.TIME_INACTIVE: "T",
}
_OUTCOMES = {letter: outcome for outcome, letter in _LETTERS.items()}


class DecisionRecord(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``said``: a letter for each policy of the organization, in the order of ``recorded_order``; empty where none was
    consulted. ``root_quorum`` is the one that held, of which the store keeps no history."""

    outcome: Outcome
    reason: str
    said: str
    root_quorum: Quorum

    def evaluations(self, policy_ids: Sequence[str]) -> list[PolicyEvaluation]:
        """What each said. They are those of the organization at the version of the vote, in ``recorded_order``."""
        return [
            PolicyEvaluation(policy_id, _OUTCOMES[letter])
            for policy_id, letter in zip(policy_ids, self.said, strict=True)
        ]


def recorded_order(policies: Iterable[organizations.Policy]) -> list[organizations.Policy]:
    """In the order of their creation, which no later change of a policy alters."""
    return sorted(policies, key=lambda policy: (policy.created_ms, policy.id))


def decision_record(decision: Decision, root_quorum: Quorum) -> bytes:
    """The JSON of a ``DecisionRecord``. The decision's policies must be in ``recorded_order``."""
    said = "".join([_LETTERS[outcome] for outcome in decision.outcomes])
    return msgspec.json.encode(
        DecisionRecord(outcome=decision.outcome, reason=decision.reason, said=said, root_quorum=root_quorum)
    )


def read_record(record: bytes) -> DecisionRecord:
    """What ``decision_record`` wrote."""
    return msgspec.json.decode(record, type=DecisionRecord)
