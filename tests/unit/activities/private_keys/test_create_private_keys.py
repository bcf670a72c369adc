"""CREATE_PRIVATE_KEYS: what is made, what is kept of it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from composed import ComposedServer, Reply
from counterseal.chains.address_formats import KEY_CURVES, address_of
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto.public_keys import public_key_of
from counterseal.keystore.wallet_keys import SealedKey, opened_key
from counterseal.organizations import PrivateKey
from counterseal.store import RowKey

NOBODY = "00000000-0000-4000-8000-0000000000ff"


def key(name: str, curve: str = "CURVE_SECP256K1", *formats: str, tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "privateKeyName": name,
        "curve": curve,
        "privateKeyTags": [*tags],
        "addressFormats": [f"ADDRESS_FORMAT_{each}" for each in formats],
    }


async def create(server: ComposedServer, *keys: dict[str, Any]) -> Reply:
    return await server.submit("CREATE_PRIVATE_KEYS_V2", {"privateKeys": [*keys]})


async def stored(server: ComposedServer, key_id: str) -> PrivateKey:
    asked = RowKey(kind=PrivateKey, value=key_id)
    (row,) = (await server.store.rows(server.root.organization_id, [asked]))[asked]
    assert isinstance(row, PrivateKey)
    return row


@pytest.mark.parametrize(
    ("curve", "formats"),
    [
        ("CURVE_SECP256K1", ("ETHEREUM", "BITCOIN_TESTNET_P2PKH", "BITCOIN_SIGNET_P2PKH")),
        ("CURVE_ED25519", ("SOLANA",)),
        ("CURVE_P256", ("UNCOMPRESSED", "COMPRESSED")),
    ],
)
async def test_a_key_is_kept_with_its_addresses(server: ComposedServer, curve: str, formats: tuple[str, ...]) -> None:
    tag = await server.submit("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": "hot", "privateKeyIds": []})
    tag_id = tag.result["privateKeyTagId"]
    (made,) = (await create(server, key("one", curve, *formats, tags=(tag_id,)))).result["privateKeys"]
    row, organization_id = await stored(server, made["privateKeyId"]), server.root.organization_id
    public_key = bytes.fromhex(row.public_key)
    assert made["addresses"] == [
        {
            "format": f"ADDRESS_FORMAT_{each}",
            "address": address_of(Curve(curve), AddressFormat(f"ADDRESS_FORMAT_{each}"), public_key),
        }
        for each in formats
    ]
    assert row.tag_ids == (tag_id,)
    sealed = (await server.store.secrets(organization_id, [row.id]))[row.id]
    secret_key = SealedKey(curve=KEY_CURVES[row.curve], public_key=row.public_key, sealed=sealed)
    with opened_key(server.keystore, organization_id, secret_key) as secret:
        assert public_key_of(KEY_CURVES[row.curve], secret) == public_key


async def test_keys_come_in_the_order_of_the_request(server: ComposedServer) -> None:
    names = [f"key {number}" for number in range(7, 0, -1)]
    made = (await create(server, *map(key, names))).result["privateKeys"]
    assert [(await stored(server, each["privateKeyId"])).name for each in made] == names


@pytest.mark.parametrize(
    ("keys", "status", "message"),
    [
        ([], 400, "at least one"),
        ([key("a"), key("a")], 400, "private key label must be unique: `a` is taken"),
        ([key("taken")], 400, "private key label must be unique: `taken` is taken"),
        ([key("a", "CURVE_ED25519", "ETHEREUM")], 400, "invalid address format"),
        ([key("a", "CURVE_SECP256K1", "ETHEREUM", "ETHEREUM")], 400, "different address formats"),
        ([key("a", tags=(NOBODY,))], 404, "unable to find private key tag"),
        ([key(str(number)) for number in range(101)], 400, "at most 100 items"),
    ],
)
async def test_what_is_wrong_is_refused_and_nothing_is_made(
    server: ComposedServer, keys: list[dict[str, Any]], status: int, message: str
) -> None:
    await create(server, key("taken"))
    reply = await create(server, key("fine"), *keys) if keys else await create(server)
    assert reply.status == status
    assert message in reply.message
    assert await server.store.count(server.root.organization_id, PrivateKey, at_most=5) == 1


async def test_the_first_version_answers_with_ids_alone(server: ComposedServer) -> None:
    asked = {"privateKeys": [key("one", "CURVE_SECP256K1", "ETHEREUM"), key("two", "CURVE_ED25519")]}
    reply = await server.submit("CREATE_PRIVATE_KEYS", asked, path="create_private_keys")
    listed = (await server.query("list_private_keys")).json["privateKeys"]
    assert reply.result == {"privateKeyIds": [each["privateKeyId"] for each in listed]}
    assert [each["privateKeyName"] for each in listed] == ["one", "two"]


@pytest.mark.parametrize("field", ["externalSignerPubkey", "externalSignerWrappingKeyId"])
async def test_signers_elsewhere_are_not_here(server: ComposedServer, field: str) -> None:
    reply = await server.submit("CREATE_PRIVATE_KEYS_V2", {"privateKeys": [key("one")], field: "x"})
    assert reply.error[:2] == (501, 12)
    assert (await server.query("list_private_keys")).json["privateKeys"] == []


async def test_the_thousandth_key_is_the_last(server: ComposedServer) -> None:
    for at in range(10):
        made = await create(server, *(key(f"key {at * 100 + number}") for number in range(100 if at < 9 else 99)))
        assert made.status == 200
    assert (await create(server, key("two"), key("too many"))).error[:2] == (429, 8)
    assert (await create(server, key("the last"))).status == 200
    assert (await create(server, key("one more"))).error[:2] == (429, 8)
    assert len((await server.query("list_private_keys")).json["privateKeys"]) == 1000
