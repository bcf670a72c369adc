"""IMPORT_PRIVATE_KEY and EXPORT_PRIVATE_KEY: what comes in and goes out, and what does not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bundles import key_import, opened, target_of, wallet_import
from composed import ComposedServer, Reply
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.secp256k1 import Secp256k1PrivateKey
from counterseal.organizations import ImportTarget, PrivateKey

SECRET = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
ORDERS = {
    "SECP256K1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141,
    "P256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
}
NOBODY = "00000000-0000-4000-8000-0000000000ff"


async def bring(
    server: ComposedServer, name: str, secret: bytes = SECRET, curve: str = "SECP256K1", *formats: str, target: str = ""
) -> Reply:
    target = target or await target_of(server, "PRIVATE_KEY")
    parameters = key_import(server.root, name, target, secret, curve, *formats)
    return await server.submit("IMPORT_PRIVATE_KEY", parameters)


async def shown(server: ComposedServer, key_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await server.query("get_private_key", privateKeyId=key_id)).json["privateKey"]
    return found


async def exported(server: ComposedServer, key_id: str) -> bytes:
    client = P256PrivateKey.generate()
    parameters = {"privateKeyId": key_id, "targetPublicKey": client.public_key.hex()}
    return opened((await server.submit("EXPORT_PRIVATE_KEY", parameters)).result["exportBundle"], client, server)


@pytest.mark.parametrize("curve", ["SECP256K1", "P256", "ED25519"])
async def test_the_bytes_come_in_and_go_out_again(server: ComposedServer, curve: str) -> None:
    for number, secret in enumerate((SECRET, bytes(31) + b"\x01", b"\x00" + SECRET[1:])):
        key_id = (await bring(server, f"key {number}", secret, curve)).result["privateKeyId"]
        before = await shown(server, key_id)
        assert (before["imported"], before["exported"], before["curve"]) == (True, False, f"CURVE_{curve}")
        assert await exported(server, key_id) == secret
        assert (await shown(server, key_id))["exported"] is True
        assert await exported(server, key_id) == secret


async def test_addresses_are_in_the_order_of_the_request(server: ComposedServer) -> None:
    result = (await bring(server, "k", SECRET, "SECP256K1", "COMPRESSED", "ETHEREUM")).result
    assert result["addresses"] == [
        {"format": "ADDRESS_FORMAT_COMPRESSED", "address": Secp256k1PrivateKey.from_secret(SECRET).public_key.hex()},
        {"format": "ADDRESS_FORMAT_ETHEREUM", "address": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"},
    ]


@pytest.mark.parametrize(
    ("secret", "curve", "message"),
    [
        (bytes(32), "SECP256K1", "invalid private key"),
        (bytes(32), "P256", "invalid private key"),
        (ORDERS["SECP256K1"].to_bytes(32), "SECP256K1", "invalid private key"),
        (ORDERS["P256"].to_bytes(32), "P256", "invalid private key"),
        (SECRET[:31], "SECP256K1", "invalid private key"),
        (b"", "ED25519", "invalid private key"),
        (SECRET * 2, "ED25519", "could not decrypt import bundle: ciphertext"),
    ],
)
async def test_what_is_no_key_of_the_curve_is_refused_and_spends_nothing(
    server: ComposedServer, secret: bytes, curve: str, message: str
) -> None:
    target = await target_of(server, "PRIVATE_KEY")
    reply = await bring(server, "k", secret, curve, target=target)
    assert reply.error[:2] == (400, 3)
    assert message in reply.message
    assert (await bring(server, "k", SECRET, curve, target=target)).status == 200
    organization_id = server.root.organization_id
    assert await server.store.count(organization_id, PrivateKey, at_most=9) == 1
    assert await server.store.count(organization_id, ImportTarget, at_most=9) == 0


async def test_the_same_key_comes_once_on_each_curve(server: ComposedServer) -> None:
    first = (await bring(server, "one")).result["privateKeyId"]
    reply = await bring(server, "two")
    assert reply.error == (409, 6, "")
    assert reply.message == f"private key with ID {first} has already been imported in this organization"
    assert (await bring(server, "two", SECRET, "P256")).status == 200


async def test_two_imports_of_a_key_at_once_are_one(server: ComposedServer) -> None:
    target = await target_of(server, "PRIVATE_KEY")
    replies = await asyncio.gather(*(bring(server, f"k{at}", target=target) for at in range(5)))
    assert sorted(reply.status for reply in replies) == [200] + [400] * 4


async def test_a_wallets_bundle_is_no_private_keys(server: ComposedServer) -> None:
    wallets, keys = await target_of(server, "WALLET"), await target_of(server, "PRIVATE_KEY")
    reply = await bring(server, "k", target=wallets)
    other = await server.submit("IMPORT_WALLET", wallet_import(server.root, "w", keys, "zoo " * 11 + "wrong"))
    for each in reply, other:
        assert (each.status, each.message) == (400, "could not decrypt import bundle")


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"privateKeyName": ""}, 400, "privateKeyName"),
        ({"privateKeyName": "taken"}, 400, "private key label must be unique: `taken` is taken"),
        ({"addressFormats": ["ADDRESS_FORMAT_SOLANA"]}, 400, "invalid address format"),
        ({"addressFormats": ["ADDRESS_FORMAT_ETHEREUM"] * 2}, 400, "different address formats"),
        ({"userId": NOBODY}, 404, "unable to find user"),
        ({"encryptedBundle": "x" * 5000}, 400, "could not decrypt import bundle: it is 5000 characters long"),
    ],
)
async def test_what_is_wrong_is_said(
    server: ComposedServer, changes: dict[str, Any], status: int, message: str
) -> None:
    await server.submit(
        "CREATE_PRIVATE_KEYS_V2",
        {
            "privateKeys": [
                {"privateKeyName": "taken", "curve": "CURVE_P256", "privateKeyTags": [], "addressFormats": []}
            ]
        },
    )
    target = await target_of(server, "PRIVATE_KEY")
    parameters = key_import(server.root, "k", target, SECRET, "SECP256K1") | changes
    reply = await server.submit("IMPORT_PRIVATE_KEY", parameters)
    assert reply.status == status
    assert message in reply.message


@pytest.mark.parametrize("target", ["", "04" + "00" * 64, "0x" + "04" * 33, "02" * 32, "zz" * 33, "04" * 66])
async def test_a_target_that_is_no_point_is_refused(server: ComposedServer, target: str) -> None:
    key_id = (await bring(server, "k")).result["privateKeyId"]
    reply = await server.submit("EXPORT_PRIVATE_KEY", {"privateKeyId": key_id, "targetPublicKey": target})
    assert reply.error[:2] == (400, 3)
    assert "expected a P-256 public key in hex" in reply.message
    assert (await shown(server, key_id))["exported"] is False


async def test_an_unknown_key_does_not_go_out(server: ComposedServer) -> None:
    target = P256PrivateKey.generate().public_point.hex()
    reply = await server.submit("EXPORT_PRIVATE_KEY", {"privateKeyId": NOBODY, "targetPublicKey": target})
    assert reply.error[:2] == (404, 5)
    (below,) = await server.add_sub_organization("below")
    key_id = (await bring(server, "k")).result["privateKeyId"]
    parameters = {"privateKeyId": key_id, "targetPublicKey": target}
    assert (await server.submit("EXPORT_PRIVATE_KEY", parameters, by=below)).status == 404
