"""get_user and list_users."""

from __future__ import annotations

import pytest

from composed import START_MS, ComposedServer
from counterseal.crypto import Curve

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def test_a_user_is_shown_with_all_lists(server: ComposedServer) -> None:
    user = await server.add_user("ann", curve=Curve.ED25519, userEmail="ann@example.com")
    now = {"seconds": str(START_MS // 1000), "nanos": "0"}
    shown = (await server.query("get_user", userId=user.user_id.upper())).json["user"]
    (key,) = shown.pop("apiKeys")
    assert shown == {
        "userId": user.user_id,
        "userName": "ann",
        "userEmail": "ann@example.com",
        "authenticators": [],
        "userTags": [],
        "oauthProviders": [],
        "createdAt": now,
        "updatedAt": now,
        "mfaPolicies": [],
        "walletAuthenticators": [],
    }
    assert key == {
        "credential": {"publicKey": user.public_key, "type": "CREDENTIAL_TYPE_API_KEY_ED25519"},
        "apiKeyId": key["apiKeyId"],
        "apiKeyName": "ann's key",
        "createdAt": now,
        "updatedAt": now,
    }


async def test_users_are_listed_oldest_first_and_read_by_every_member(server: ComposedServer) -> None:
    users = [await server.add_user(name) for name in ("ann", "bob")]
    listed = (await server.query("list_users", by=users[1])).json["users"]
    assert [user["userId"] for user in listed] == [server.root.user_id, *(user.user_id for user in users)]
    assert listed[1] == (await server.query("get_user", userId=users[0].user_id)).json["user"]
    await server.restart()
    assert (await server.query("list_users")).json["users"] == listed


@pytest.mark.parametrize(("user_id", "error"), [(UNKNOWN, (404, 5, "")), ("ann", (400, 3, "REQUEST_INVALID"))])
async def test_an_unknown_user(server: ComposedServer, user_id: str, error: tuple[int, int, str]) -> None:
    assert (await server.query("get_user", userId=user_id)).error == error


async def test_a_user_of_another_organization_is_unknown(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    assert (await server.query("get_user", userId=sub.user_id)).status == 404
    inside = await server.query("get_user", organizationId=sub.organization_id, userId=sub.user_id)
    assert inside.json["user"]["userName"] == "ann"
