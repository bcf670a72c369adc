"""secp256k1 over SHA-256, the one scheme that no official JavaScript or Python stamper signs."""

from __future__ import annotations

import pytest

from conformance.members import key_parameters, new_organization, new_user
from counterseal.crypto import ApiKeyScheme, Curve, generate_key_pair, sign_stamp


@pytest.fixture
def user(python_server):
    return new_user(new_organization(python_server)[0])


@pytest.fixture
def key(user):
    """A secp256k1 key of ``user``."""
    key = generate_key_pair(Curve.SECP256K1)
    status, reply = user.server.submit(
        "create_api_keys",
        "CREATE_API_KEYS_V2",
        {"userId": user.user_id, "apiKeys": [key_parameters(key)]},
        key=user.key,
        organizationId=user.organization_id,
    )
    assert status == 200, reply
    return key


def test_it_signs_queries_and_activities(user, key):
    status, who = user.server.query("whoami", key=key, organizationId=user.organization_id)
    assert (status, who["userId"]) == (200, user.user_id)
    status, reply = user.server.submit(
        "create_api_keys",
        "CREATE_API_KEYS_V2",
        {"userId": user.user_id, "apiKeys": [key_parameters(generate_key_pair(Curve.ED25519))]},
        key=key,
        organizationId=user.organization_id,
    )
    assert status == 200, reply
    vote = reply["activity"]["votes"][0]
    assert vote["scheme"] == ApiKeyScheme.SECP256K1
    assert vote["publicKey"] == key.public_key.hex()


def test_a_changed_body_is_refused(user, key):
    body = f'{{"organizationId":"{user.organization_id}"}}'.encode()
    status, reply = user.server.post("/public/v1/query/whoami", body + b" ", sign_stamp(key, body))
    assert (status, reply["turnkeyErrorCode"]) == (401, "SIGNATURE_INVALID")
