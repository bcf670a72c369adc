"""Each check comes before all that follow it: a request that is wrong in every way is put right one way at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply, key_params
from counterseal.crypto import Curve, generate_key_pair, sign_stamp

HOUR_MS = 60 * 60 * 1000
UNKNOWN_ORGANIZATION = "00000000-0000-4000-8000-000000000000"
SUBMIT = "/public/v1/submit/create_api_keys"
UNIMPLEMENTED = "/public/v1/submit/create_fiat_on_ramp_credential"


def body_of(**members: Any) -> bytes:
    return json.dumps(members).encode()


async def test_a_submit_wrong_in_every_way_is_told_so_in_the_order_of_the_contract(server: ComposedServer) -> None:
    user = await server.add_user("without rights")
    expired = await server.add_key(user, seconds=1)
    server.clock.advance(seconds=1)
    stranger = Actor(organization_id="", user_id="", key=generate_key_pair(Curve.P256))
    too_large = b"[" * (1024 * 1024 + 1)
    two_stamps = [("X-Stamp", "?"), ("X-Stamp-WebAuthn", "{}")]
    forged = sign_stamp(expired.key, b"something else")

    assert (await server.call("POST", "/public/v1/submit/nothing", too_large, two_stamps)).error == (404, 5, "")
    assert (await server.call("POST", UNIMPLEMENTED, too_large, two_stamps)).error == (413, 3, "REQUEST_INVALID")
    assert (await server.call("POST", UNIMPLEMENTED, b"[", two_stamps)).error == (501, 12, "")
    assert (await server.call("POST", SUBMIT, b"[", two_stamps)).error == (401, 16, "UNAUTHENTICATED")
    assert (await server.post(SUBMIT, b"[", by=None)).error == (401, 16, "SIGNATURE_MISSING")
    assert (await server.post(SUBMIT, b"[", by=None, stamp="?")).error == (401, 16, "UNAUTHENTICATED")
    assert (await server.post(SUBMIT, b"[", by=stranger)).error == (400, 3, "REQUEST_INVALID")
    assert (await server.post(SUBMIT, body_of(), by=stranger)).error == (400, 3, "REQUEST_INVALID")
    malformed = await server.post(SUBMIT, body_of(organizationId="mine"), by=stranger)
    assert malformed.error == (400, 3, "INVALID_ORGANIZATION_ID")
    unknown = await server.post(SUBMIT, body_of(organizationId=UNKNOWN_ORGANIZATION), by=stranger)
    assert unknown.error == (404, 5, "ORGANIZATION_NOT_FOUND")

    envelope: dict[str, Any] = {"organizationId": server.root.organization_id}
    assert (await server.post(SUBMIT, body_of(**envelope), by=stranger)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    unsigned = await server.post(SUBMIT, body_of(**envelope), by=None, stamp=forged)
    assert unsigned.error == (401, 16, "SIGNATURE_INVALID")
    assert (await server.post(SUBMIT, body_of(**envelope), by=expired)).error == (401, 16, "API_KEY_EXPIRED")

    async def wrong(**more: Any) -> Reply:
        envelope.update(more)
        return await server.post(SUBMIT, body_of(**envelope), by=user)

    stale = str(server.clock.now_ms() - HOUR_MS)
    assert "invalid request timestamp" in (await wrong()).message
    assert "invalid request timestamp" in (await wrong(timestampMs=stale)).message
    assert "bad request body" in (await wrong(timestampMs=str(server.clock.now_ms()))).message
    assert "bad request body" in (await wrong(type="ACTIVITY_TYPE_CREATE_USERS_V4")).message
    assert "missing field `parameters`" in (await wrong(type="ACTIVITY_TYPE_CREATE_API_KEYS_V2")).message
    eleven = [key_params(generate_key_pair(Curve.P256)) for _ in range(11)]
    named = await wrong(parameters={"userId": server.root.user_id, "apiKeys": [*eleven[:10], {}]})
    assert "missing field `apiKeyName` at `parameters.apiKeys[10]`" in named.message
    limited = await wrong(parameters={"userId": server.root.user_id, "apiKeys": eleven})
    assert limited.error == (429, 8, "")
    denied = await wrong(parameters={"userId": server.root.user_id, "apiKeys": eleven[:1]})
    assert denied.error == (403, 7, "")


async def test_the_organization_mismatch_comes_after_the_window_and_before_type_and_parameters(
    server: ComposedServer,
) -> None:
    (sub,) = await server.add_sub_organization("ann")
    envelope = {"organizationId": sub.organization_id, "type": "WHATEVER", "timestampMs": "1"}
    stale = await server.post(SUBMIT, body_of(**envelope), by=server.root)
    assert "invalid request timestamp" in stale.message
    mismatch = await server.post(
        SUBMIT, body_of(**envelope | {"timestampMs": str(server.clock.now_ms())}), by=server.root
    )
    assert mismatch.error == (400, 3, "ORGANIZATION_MISMATCH")


async def test_a_query_wrong_in_every_way_is_told_so_in_the_order_of_the_contract(server: ComposedServer) -> None:
    path = "/public/v1/query/get_user"
    assert (await server.post("/public/v1/query/get_oauth_providers", b"[", by=None)).status == 501
    assert (await server.post(path, b"[", by=None)).error == (401, 16, "SIGNATURE_MISSING")
    assert (await server.post(path, b"[", by=server.root)).error == (400, 3, "REQUEST_INVALID")
    assert (await server.post(path, b"{}", by=server.root)).error == (400, 3, "REQUEST_INVALID")
    assert (await server.query("get_user")).message == "invalid request body: missing field `userId`"
    assert (await server.query("get_user", userId="me")).error == (400, 3, "REQUEST_INVALID")
    assert (await server.query("get_user", userId=UNKNOWN_ORGANIZATION)).error == (404, 5, "")


@pytest.mark.parametrize("name", ["whoami", "list_users", "list_activities", "list_suborgs", "get_api_keys"])
async def test_nothing_is_told_before_the_signature_holds(server: ComposedServer, name: str) -> None:
    body = body_of(organizationId=server.root.organization_id)
    forged = sign_stamp(server.root.key, body + b" ")
    reply = await server.post(f"/public/v1/query/{name}", body, by=None, stamp=forged)
    assert reply.error == (401, 16, "SIGNATURE_INVALID")
    assert "root" not in reply.body.decode()
