"""What the server can prove of a decision or an address, and how others check it.

Here an auditor needs nothing but ``cryptography``. What a start of the server is vouched for with is in ``boot``.
"""

from counterseal.proofs.app_proofs import (
    AppProof,
    CountedApproval,
    address_derivation,
    app_proof,
    check_app_proof,
    policy_outcome,
)
from counterseal.proofs.decision_context import Approval, DecisionContext, Evaluation, decision_context_digest
from counterseal.proofs.organization_data import OrganizationData
from counterseal.proofs.outcomes import check_policy_outcome

__all__ = [
    "AppProof",
    "Approval",
    "CountedApproval",
    "DecisionContext",
    "Evaluation",
    "OrganizationData",
    "address_derivation",
    "app_proof",
    "check_app_proof",
    "check_policy_outcome",
    "decision_context_digest",
    "policy_outcome",
]
