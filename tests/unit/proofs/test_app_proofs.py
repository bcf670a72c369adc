"""App proofs: one of production, our own, and every way in which one is forged."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from counterseal.crypto.p256 import P256PrivateKey
from counterseal.ledger import LedgerError, Malformed, NotProven
from counterseal.proofs import (
    AppProof,
    Approval,
    CountedApproval,
    DecisionContext,
    address_derivation,
    app_proof,
    check_app_proof,
    check_policy_outcome,
    policy_outcome,
)
from counterseal.proofs.app_proofs import SCHEME
from counterseal.proofs.decision_context import decision_context_digest
from counterseal.proofs.organization_data import OrganizationData, RootQuorum, organization_data_digest

PRODUCTION = json.loads((Path(__file__).parents[2] / "vectors/data/app_proofs.json").read_text("utf-8"))
KEY = P256PrivateKey.from_secret(sha256(b"proofs").digest())
PUBLIC_KEY = P256PrivateKey.from_secret(sha256(b"unused").digest()).public_point + KEY.public_point
BODY = '{"type":"ACTIVITY_TYPE_CREATE_WALLET","name":"é"}'
APPROVALS = [CountedApproval("SIGNATURE_SCHEME_API_P256", "02", text, "30") for text in (BODY, '{"approve":1}')]
ORGANIZATION = OrganizationData(
    organization_id="o",
    organization_version=1,
    name="n",
    root_quorum=RootQuorum(threshold=1, user_ids=("u",)),
    users=(),
    tags=(),
    policies=(),
    features=(),
)


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


CONTEXT = DecisionContext(
    organization_id="o",
    activity_id="a",
    activity_type="ACTIVITY_TYPE_CREATE_WALLET",
    fingerprint=f"sha256:{digest_of(BODY)}",
    request_timestamp_ms=1,
    evaluated_at_ms=2,
    approvals=tuple(
        Approval(
            vote_id=str(at),
            user_id="u",
            credential_id="c",
            selection="VOTE_SELECTION_APPROVED",
            created_at_ms=at,
            message_digest=digest_of(each.message),
        )
        for at, each in enumerate(APPROVALS)
    ),
    root_quorum_met=True,
    evaluations=(),
    outcome="OUTCOME_ALLOW",
)


def outcome_proof(**changes: Any) -> AppProof:
    stated = {
        "organization_id": "o",
        "outcome": "OUTCOME_ALLOW",
        "decision_context_digest": decision_context_digest(CONTEXT.object()),
        "organization_data_digest": organization_data_digest(ORGANIZATION.object()),
        "parent_organization_data_digest": "",
        "approvals": APPROVALS,
        "timestamp_ms": 1_790_000_000_000,
    }
    return app_proof(policy_outcome(**(stated | changes)), public_key=PUBLIC_KEY, sign=KEY.sign)


@pytest.mark.parametrize("sample", PRODUCTION["proofs"])
def test_a_proof_of_production_is_read_and_written_the_same(sample: dict[str, str]) -> None:
    proof = AppProof(sample["publicKey"], sample["proofPayload"], sample["signature"])
    assert proof.object == sample
    said = check_app_proof(proof)
    stated = said["addressDerivationProof"]
    assert sample["proofPayload"] == address_derivation(
        organization_id=stated["organizationId"],
        wallet_id=stated["walletId"],
        derivation_path=stated["derivationPath"],
        address=stated["address"],
        timestamp_ms=int(said["timestampMs"]),
    )


def test_a_private_key_s_address_has_neither_wallet_nor_path() -> None:
    payload = address_derivation(organization_id="o", address="0x", timestamp_ms=5)
    expected = (
        '{"type":"APP_PROOF_TYPE_ADDRESS_DERIVATION","timestampMs":"5",'
        '"addressDerivationProof":{"organizationId":"o","address":"0x"}}'
    )
    assert payload == expected


def test_a_policy_outcome_is_of_its_decision() -> None:
    proof = outcome_proof()
    assert proof.object["scheme"] == SCHEME
    assert len(proof.public_key) == 260
    assert len(proof.signature) == 128
    said = check_app_proof(proof)
    assert list(said) == ["type", "timestampMs", "policyOutcomeProof"]
    check_policy_outcome(said, context=CONTEXT.object(), organization=ORGANIZATION.object())


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "OUTCOME_DENY_IMPLICIT"},
        {"organization_id": "p"},
        {"decision_context_digest": "0" * 64},
        {"organization_data_digest": "0" * 64},
        {"parent_organization_data_digest": "0" * 64},
        {"approvals": APPROVALS[:1]},
        {"approvals": APPROVALS[::-1]},
        {"approvals": [APPROVALS[0]._replace(message=BODY + " "), APPROVALS[1]]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_proof_of_something_else_is_refused(changes: dict[str, Any]) -> None:
    said = check_app_proof(outcome_proof(**changes))
    with pytest.raises(NotProven):
        check_policy_outcome(said, context=CONTEXT.object(), organization=ORGANIZATION.object())


def test_the_request_itself_is_the_first_approval() -> None:
    other = replace(CONTEXT, fingerprint=f"sha256:{digest_of('another')}").object()
    said = check_app_proof(outcome_proof(decision_context_digest=decision_context_digest(other)))
    with pytest.raises(NotProven):
        check_policy_outcome(said, context=other, organization=ORGANIZATION.object())


def test_a_statement_of_another_kind_is_no_policy_outcome() -> None:
    payload = address_derivation(organization_id="o", address="0x", timestamp_ms=5)
    said = check_app_proof(app_proof(payload, public_key=PUBLIC_KEY, sign=KEY.sign))
    for each in (said, {"policyOutcomeProof": []}, {"policyOutcomeProof": {"userRequestApprovals": [{"message": 1}]}}):
        with pytest.raises(Malformed):
            check_policy_outcome(each, context=CONTEXT.object(), organization=ORGANIZATION.object())


@pytest.mark.parametrize(
    "forged",
    [
        {"payload": outcome_proof().payload + " "},
        {"payload": "[]"},
        {"signature": "00" * 64},
        {"signature": "00" * 63},
        {"signature": "zz" * 64},
        {"public_key": (PUBLIC_KEY[65:] + PUBLIC_KEY[:65]).hex()},
        {"public_key": PUBLIC_KEY[:130].hex()[:-1]},
        {"public_key": PUBLIC_KEY[:65].hex() + "04" + "00" * 64},
        {"public_key": PUBLIC_KEY[65:].hex()},
    ],
)
def test_what_nobody_signed_is_refused(forged: dict[str, str]) -> None:
    with pytest.raises(LedgerError):
        check_app_proof(replace(outcome_proof(), **forged))


@pytest.mark.parametrize("payload", ["", "[]", "{", "[" * 100_000])
def test_what_is_signed_and_says_nothing_is_refused(payload: str) -> None:
    with pytest.raises(Malformed):
        check_app_proof(app_proof(payload, public_key=PUBLIC_KEY, sign=KEY.sign))
