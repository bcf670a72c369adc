"""get_api_key and get_api_keys."""

from __future__ import annotations

from typing import Any

import pytest

from composed import ComposedServer

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def keys_of(server: ComposedServer, **members: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await server.query("get_api_keys", **members)).json["apiKeys"]
    return found


async def test_keys_of_a_user_or_of_everybody_oldest_first(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    second = await server.add_key(ann, seconds=60)
    server.clock.advance(seconds=61)
    of_ann = await keys_of(server, userId=ann.user_id)
    assert [key["credential"]["publicKey"] for key in of_ann] == [ann.public_key, second.public_key]
    assert [key.get("expirationSeconds") for key in of_ann] == [None, "60"], "expired keys stay until they are evicted"
    assert await keys_of(server) == await keys_of(server, userId=server.root.user_id) + of_ann


async def test_a_key_by_its_id(server: ComposedServer) -> None:
    (key,) = await keys_of(server)
    assert (await server.query("get_api_key", apiKeyId=key["apiKeyId"].upper())).json == {"apiKey": key}


@pytest.mark.parametrize(("id_", "error"), [(UNKNOWN, (404, 5, "")), ("", (400, 3, "REQUEST_INVALID"))])
async def test_unknown_ids(server: ComposedServer, id_: str, error: tuple[int, int, str]) -> None:
    assert (await server.query("get_api_key", apiKeyId=id_)).error == error
    assert (await server.query("get_api_keys", userId=id_)).error == error


async def test_a_session_is_a_key_with_a_type_of_its_own(server: ComposedServer) -> None:
    target = "04" + server.keystore.public_identities()["signer"][2:]
    result = (await server.submit("CREATE_READ_WRITE_SESSION_V2", {"targetPublicKey": target})).result
    key = (await server.query("get_api_key", apiKeyId=result["apiKeyId"])).json["apiKey"]
    assert key["credential"]["type"] == "CREDENTIAL_TYPE_READ_WRITE_SESSION_KEY_P256"
    assert key["expirationSeconds"] == "900"
    assert key["apiKeyName"] == f"Read Write Session - {server.clock.now_ms() // 1000}"
