"""get_private_key, list_private_keys."""

from __future__ import annotations

import pytest

from composed import ComposedServer
from wallet_samples import key, make_keys

NOBODY = "00000000-0000-4000-8000-0000000000ff"


async def test_a_private_key_is_shown_without_what_is_private(server: ComposedServer) -> None:
    (id_,) = await make_keys(server, key("signer", "COMPRESSED", "ETHEREUM"))
    shown = (await server.query("get_private_key", privateKeyId=id_)).json["privateKey"]
    compressed, ethereum = shown["addresses"]
    assert ethereum["address"].startswith("0x")
    assert shown == {
        "privateKeyId": id_,
        "publicKey": compressed["address"],
        "privateKeyName": "signer",
        "curve": "CURVE_SECP256K1",
        "addresses": [
            {"format": "ADDRESS_FORMAT_COMPRESSED", "address": compressed["address"]},
            {"format": "ADDRESS_FORMAT_ETHEREUM", "address": ethereum["address"]},
        ],
        "privateKeyTags": [],
        "createdAt": shown["createdAt"],
        "updatedAt": shown["createdAt"],
        "exported": False,
        "imported": False,
    }


@pytest.mark.parametrize(
    ("id_", "error"), [(NOBODY, (404, f"unable to find private key {NOBODY}")), ("7", (400, "expected a UUID"))]
)
async def test_a_key_that_is_not_there(server: ComposedServer, id_: str, error: tuple[int, str]) -> None:
    reply = await server.query("get_private_key", privateKeyId=id_)
    assert reply.status == error[0]
    assert error[1] in reply.message


async def test_all_keys_oldest_first_also_as_part_of_the_organization(server: ComposedServer) -> None:
    for at in range(0, 300, 100):
        await make_keys(server, *(key(f"key {number}", "ETHEREUM") for number in range(at, at + 100)))
    listed = (await server.query("list_private_keys")).json["privateKeys"]
    assert [each["privateKeyName"] for each in listed] == [f"key {number}" for number in range(300)]
    organization = (await server.query("get_organization")).json["organizationData"]
    assert organization["privateKeys"] == listed
