"""Stamps and client data with two members of one name were taken, the last of the two without a word. Which of them
somebody else reads, a proxy or whoever looks at a vote later, nobody knows.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest

from composed import ComposedServer
from counterseal.crypto import sign_stamp
from passkey_holders import register
from software_authenticator import b64u, challenge_of

PATH = "/public/v1/query/whoami"


def with_first(text: str, name: str, value: str) -> str:
    """The object with another member before all others, whose name is written like this."""
    return "{" + f'"{name}":{json.dumps(value)},' + text[1:]


def body_of(server: ComposedServer) -> bytes:
    return json.dumps({"organizationId": server.root.organization_id}).encode()


@pytest.mark.parametrize("name", ["publicKey", "scheme", "signature", r"signat\u0075re", "more"])
async def test_a_stamp_of_a_key(server: ComposedServer, name: str) -> None:
    body = body_of(server)
    stamp = sign_stamp(server.root.key, body)
    text = urlsafe_b64decode(stamp + "==").decode()
    assert (await server.post(PATH, body, by=None, stamp=stamp)).status == 200
    spoilt = with_first(text, name, json.loads(text).get(name, "other"))
    if name == "more":  # not twice, so it is ignored as before
        once = urlsafe_b64encode(spoilt.encode()).decode()
        assert (await server.post(PATH, body, by=None, stamp=once)).status == 200
        spoilt = with_first(spoilt, name, "other")
    reply = await server.post(PATH, body, by=None, stamp=urlsafe_b64encode(spoilt.encode()).decode())
    assert reply.error == (401, 16, "UNAUTHENTICATED")
    assert "duplicate key" in reply.message


@pytest.mark.parametrize("name", ["authenticatorData", "clientDataJson", "credentialId", "signature"])
async def test_a_stamp_of_a_passkey(server: ComposedServer, name: str) -> None:
    holder = await register(server, server.root)
    body = body_of(server)
    text = holder.passkey.stamp(body)
    for value in (json.loads(text)[name], "AAAA"):
        reply = await server.call("POST", PATH, body, [("X-Stamp-WebAuthn", with_first(text, name, value))])
        assert reply.error == (401, 16, "UNAUTHENTICATED")
        assert "duplicate key" in reply.message


@pytest.mark.parametrize("name", ["type", "challenge", "origin", "crossOrigin"])
async def test_client_data(server: ComposedServer, name: str) -> None:
    holder = await register(server, server.root)
    body = body_of(server)
    client_data = holder.passkey.client_data("webauthn.get", b64u(challenge_of(body))).decode()
    spoilt = with_first(client_data, name, "other").encode()
    reply = await holder.post(PATH, body, client_data=spoilt)
    assert reply.error == (401, 16, "SIGNATURE_INVALID")
    assert f"duplicate key `{name}`" in reply.message
    params = holder.passkey.registration(challenge=b"c")
    created = holder.passkey.client_data("webauthn.create", b64u(b"c")).decode()
    params["attestation"]["clientDataJson"] = b64u(with_first(created, name, "other").encode())
    refused = await server.submit(
        "CREATE_AUTHENTICATORS_V2", {"userId": server.root.user_id, "authenticators": [params]}
    )
    assert refused.error == (400, 3, "REQUEST_INVALID")
    assert f"duplicate key `{name}`" in refused.message
