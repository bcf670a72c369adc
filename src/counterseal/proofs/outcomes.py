"""Whether a policy-outcome proof speaks of a decision that one has before one: everything but the votes' signatures.

Those are checked as stamps are; the evaluation of the policies can be done again on the same objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from counterseal.ledger.canonical import Json
from counterseal.ledger.errors import Malformed, NotProven
from counterseal.proofs.decision_context import decision_context_digest
from counterseal.proofs.organization_data import organization_data_digest


def check_policy_outcome(
    said: Mapping[str, Any],
    *,
    context: Mapping[str, Json],
    organization: Mapping[str, Json],
    parent: Mapping[str, Json] | None = None,
) -> None:
    """Raise ``NotProven`` unless a proof, of which ``said`` is the statement, is of these objects and of their votes.

    The first approval is the request itself, so its body has the fingerprint; the bodies that the proof shows are those
    that the decision counted, in that order. Raises ``Malformed`` for a statement of another kind.
    """
    try:
        proof = said["policyOutcomeProof"]
        messages = [approval["message"] for approval in proof["userRequestApprovals"]]
        bodies = [sha256(message.encode()).hexdigest() for message in messages]
        counted = [approval["messageDigest"] for approval in _list_of(context, "approvals")]
        found = {name: proof[name] for name in ("outcome", "organizationId", *_DIGESTS)}
    except (KeyError, TypeError, AttributeError, UnicodeEncodeError):
        raise Malformed("not the statement of a policy outcome, or not a decision") from None
    expected = {
        "outcome": context["outcome"],
        "organizationId": context["organizationId"],
        "decisionContextDigest": decision_context_digest(context),
        "organizationDataDigest": organization_data_digest(organization),
        "parentOrganizationDataDigest": organization_data_digest(parent),
    }
    for name, value in expected.items():
        if found[name] != value:
            raise NotProven(f"the proof has another {name} than the decision")
    if bodies != counted:
        raise NotProven("the proof shows other approvals than the decision counted")
    if not bodies or context["fingerprint"] != f"sha256:{bodies[0]}":
        raise NotProven("the first approval is not the request that the decision was about")


_DIGESTS = ("decisionContextDigest", "organizationDataDigest", "parentOrganizationDataDigest")


def _list_of(context: Mapping[str, Json], name: str) -> list[Any]:
    found = context[name]
    if not isinstance(found, list):
        raise TypeError(name)
    return found
