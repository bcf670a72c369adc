"""Digests of decisions and organizations: the published example, and what makes an object another."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from counterseal.ledger import Malformed, canonical
from counterseal.proofs import Approval, DecisionContext, Evaluation, OrganizationData
from counterseal.proofs.decision_context import DOMAIN as CONTEXTS
from counterseal.proofs.decision_context import decision_context_digest
from counterseal.proofs.organization_data import DOMAIN as ORGANIZATIONS
from counterseal.proofs.organization_data import (
    Credential,
    Feature,
    MfaPolicy,
    OauthProvider,
    Policy,
    RootQuorum,
    Tag,
    User,
    organization_data_digest,
)
from counterseal.proofs.plain import facts_of

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/data/ledger.json").read_text("utf-8"))["digests"]
BODY = "0f61509724aa61dbd7082538ab41c0f1f38c10c3ac783ade4136ef428b5bef86"


def id_(end: str) -> str:
    return f"7f2c1a10-0000-4000-8000-0000000000{end}"


APPROVAL = Approval(
    vote_id=id_("c1"),
    user_id=id_("d1"),
    credential_id=id_("e1"),
    selection="VOTE_SELECTION_APPROVED",
    created_at_ms=1790000000120,
    message_digest=BODY,
)
CONTEXT = DecisionContext(
    organization_id=id_("02"),
    activity_id="0199c1aa-0000-7000-8000-0000000000b1",
    activity_type="ACTIVITY_TYPE_CREATE_API_KEYS_V2",
    fingerprint=f"sha256:{BODY}",
    request_timestamp_ms=1790000000000,
    evaluated_at_ms=1790000000120,
    approvals=(APPROVAL,),
    root_quorum_met=True,
    evaluations=(),
    outcome="OUTCOME_ALLOW",
)
ORGANIZATION = OrganizationData(
    organization_id=id_("02"),
    parent_organization_id=id_("01"),
    organization_version=4,
    name="example",
    root_quorum=RootQuorum(threshold=1, user_ids=(id_("d1"),)),
    users=(),
    tags=(),
    policies=(),
    features=(),
)


def test_the_published_example() -> None:
    assert decision_context_digest(CONTEXT.object()) == VECTORS[CONTEXTS]
    assert organization_data_digest(ORGANIZATION.object()) == VECTORS[ORGANIZATIONS]
    assert organization_data_digest(None) == ""


def test_the_order_of_lists_is_no_matter_but_of_votes() -> None:
    one, two = (Evaluation(policy_id=id_(end), outcome="OUTCOME_ALLOW") for end in ("a1", "a2"))
    digests = {
        decision_context_digest(replace(CONTEXT, evaluations=each).object()) for each in ((one, two), (two, one))
    }
    assert len(digests) == 1
    later = replace(APPROVAL, vote_id=id_("c0"))
    orders = ((APPROVAL, later), (later, APPROVAL))
    assert len({decision_context_digest(replace(CONTEXT, approvals=each).object()) for each in orders}) == 2


def test_an_organization_in_full() -> None:
    """Every member has its name of the wire; what is not there is left out; numbers are texts."""
    keys = tuple(
        Credential(credential_id=id_(end), type="CREDENTIAL_TYPE_API_KEY_P256", public_key="02", created_at_ms=5)
        for end in ("e2", "e1")
    )
    user = User(
        user_id=id_("d1"),
        user_name="é",
        user_email="a@example.org",
        tag_ids=(id_("f2"), id_("f1")),
        credentials=(keys[0], replace(keys[1], expiration_seconds=900, session_profile_id=id_("aa"))),
        oauth_providers=(OauthProvider(provider_id=id_("ab"), issuer="i", subject="s", audience="a"),),
        mfa_policies=(
            MfaPolicy(mfa_policy_id=id_("ac"), condition="true", required_authentication_methods=("b", "a"), order=1),
        ),
    )
    full = replace(
        ORGANIZATION,
        parent_organization_id=None,
        users=(user,),
        tags=(Tag(tag_id=id_("f1"), tag_name="t"),),
        policies=(Policy(policy_id=id_("a1"), policy_name="p", effect="EFFECT_ALLOW", consensus="true"),),
        features=(Feature(name="B", value=""), Feature(name="A")),
    )
    credential = {"createdAtMs": "5", "publicKey": "02", "type": "CREDENTIAL_TYPE_API_KEY_P256"}
    assert json.loads(canonical(full.object())) == {
        "version": "1",
        "organizationId": id_("02"),
        "organizationVersion": "4",
        "name": "example",
        "rootQuorum": {"threshold": 1, "userIds": [id_("d1")]},
        "users": [
            {
                "userId": id_("d1"),
                "userName": "é",
                "userEmail": "a@example.org",
                "tagIds": [id_("f1"), id_("f2")],
                "credentials": [
                    credential | {"credentialId": id_("e1"), "expirationSeconds": "900", "sessionProfileId": id_("aa")},
                    credential | {"credentialId": id_("e2")},
                ],
                "oauthProviders": [{"providerId": id_("ab"), "issuer": "i", "subject": "s", "audience": "a"}],
                "mfaPolicies": [
                    {
                        "mfaPolicyId": id_("ac"),
                        "condition": "true",
                        "requiredAuthenticationMethods": ["a", "b"],
                        "order": 1,
                    }
                ],
            }
        ],
        "tags": [{"tagId": id_("f1"), "tagName": "t"}],
        "policies": [
            {"policyId": id_("a1"), "policyName": "p", "effect": "EFFECT_ALLOW", "consensus": "true"},
        ],
        "features": [{"name": "A"}, {"name": "B", "value": ""}],
    }


def test_facts_are_texts() -> None:
    """A value of Ethereum has 256 bits."""
    facts = {"value": 2**255, "to": None, "nested": [{"n": -1, "ok": True, "none": None}], "data": "0x"}
    expected = {"value": str(2**255), "nested": [{"n": "-1", "ok": True}], "data": "0x"}
    assert facts_of(facts) == expected
    assert CONTEXT.object(facts)["facts"] == expected
    assert decision_context_digest(CONTEXT.object(facts)) != decision_context_digest(CONTEXT.object())


def test_a_threshold_beyond_reason_is_refused() -> None:
    quorum = RootQuorum(threshold=2**60, user_ids=())
    with pytest.raises(Malformed):
        organization_data_digest(replace(ORGANIZATION, root_quorum=quorum).object())
