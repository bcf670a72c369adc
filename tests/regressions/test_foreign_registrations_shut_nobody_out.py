"""A sub-organization that registered its parent's public key under another curve, or its parent's credential id with a
key of its own, was found first and did not verify: the parent could not read there any more.
"""

from __future__ import annotations

import json

from composed import Actor, ComposedServer, key_params, user_params
from counterseal.crypto import Curve, PrivateKey, generate_key_pair
from counterseal.crypto.errors import InvalidPublicKey
from counterseal.crypto.keys import validate_public_key
from software_authenticator import SoftwareAuthenticator


def key_on_both_curves() -> PrivateKey:
    """A P-256 key whose public key's text is a point of secp256k1 too; every second one is."""
    while True:
        key = generate_key_pair(Curve.P256)
        try:
            validate_public_key(Curve.SECP256K1, key.public_key.hex())
        except InvalidPublicKey:
            continue
        return key


async def test_a_public_key_under_another_curve(server: ComposedServer) -> None:
    key = key_on_both_curves()
    made = await server.submit("CREATE_USERS_V4", {"users": [user_params("reader", key)]})
    reader = Actor(server.root.organization_id, made.result["userIds"][0], key)
    (below,) = await server.add_sub_organization("hostile")
    foreign = key_params(key) | {"curveType": "API_KEY_CURVE_SECP256K1"}
    own = {"userId": below.user_id, "apiKeys": [foreign]}
    assert (await server.submit("CREATE_API_KEYS_V2", own, by=below)).result
    there = {"organizationId": below.organization_id}
    assert (await server.query("list_users", by=reader, **there)).status == 200
    assert (await server.query("whoami", by=reader, **there)).json["username"] == "reader"
    assert (await server.query("whoami", by=reader)).json["username"] == "reader"


async def test_a_credential_id_with_another_key(server: ComposedServer) -> None:
    passkey = SoftwareAuthenticator()
    registered = {"userId": server.root.user_id, "authenticators": [passkey.registration()]}
    assert (await server.submit("CREATE_AUTHENTICATORS_V2", registered)).result
    (below,) = await server.add_sub_organization("hostile")
    impostor = SoftwareAuthenticator(credential_id=passkey.credential_id)
    foreign = {"userId": below.user_id, "authenticators": [impostor.registration()]}
    assert (await server.submit("CREATE_AUTHENTICATORS_V2", foreign, by=below)).result
    body = json.dumps({"organizationId": below.organization_id}).encode()
    for who, status in ((passkey, 200), (impostor, 200), (SoftwareAuthenticator(), 404)):
        stamp = [("X-Stamp-WebAuthn", who.stamp(body))]
        assert (await server.call("POST", "/public/v1/query/list_users", body, stamp)).status == status
