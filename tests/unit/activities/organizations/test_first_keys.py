"""Wallets and private keys with which a sub-organization begins: all of it or nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply, key_params
from counterseal.crypto import Curve, PrivateKey, generate_key_pair
from counterseal.crypto.curves import Curve as KeyCurve
from counterseal.keystore.wallet_keys import SealedKey, opened_key
from wallet_samples import ETHEREUM, SOLANA, accounts_of, ethereum, key

NOBODY = "00000000-0000-4000-8000-0000000000ff"


def asked(version: int, own: PrivateKey, **members: Any) -> dict[str, Any]:
    params = key_params(own)
    if version < 6:
        del params["curveType"]
    user = {"userName": "root", "apiKeys": [params], "authenticators": []}
    if version >= 5:
        user["oauthProviders"] = []
    return {"subOrganizationName": "Sub", "rootUsers": [user], "rootQuorumThreshold": 1} | members


async def create(server: ComposedServer, version: int, **members: Any) -> tuple[Reply, Actor | None]:
    own = generate_key_pair(Curve.P256)
    reply = await server.submit(f"CREATE_SUB_ORGANIZATION_V{version}", asked(version, own, **members))
    if reply.status != 200:
        return reply, None
    return reply, Actor(reply.result["subOrganizationId"], reply.result["rootUserIds"][0], own)


def wallet(*accounts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"walletName": "first", "accounts": [*accounts]} | more


@pytest.mark.parametrize("version", range(4, 9))
async def test_it_begins_with_a_wallet(server: ComposedServer, version: int) -> None:
    reply, root = await create(server, version, wallet=wallet(SOLANA, ETHEREUM, mnemonicLength=24))
    assert root is not None
    made = reply.result["wallet"]
    assert made.keys() == {"walletId", "addresses"}
    (shown,) = (await server.query("list_wallets", by=root)).json["wallets"]
    assert (shown["walletId"], shown["walletName"]) == (made["walletId"], "first")
    accounts = await accounts_of(server, organizationId=root.organization_id)
    assert [each["address"] for each in accounts] == made["addresses"]
    more = {"walletId": made["walletId"], "accounts": [ethereum(1)]}
    assert (await server.submit("CREATE_WALLET_ACCOUNTS", more, by=root)).status == 200, "its seed opens there"
    secret = (await server.store.secrets(root.organization_id, [accounts[1]["walletAccountId"]])).popitem()[1]
    sealed = SealedKey(curve=KeyCurve.SECP256K1, public_key=accounts[1]["publicKey"], sealed=secret)
    with opened_key(server.keystore, root.organization_id, sealed) as private:
        assert len(private) == 32


async def test_version_3_begins_with_private_keys(server: ComposedServer) -> None:
    keys = [key("one", "ETHEREUM"), key("two", "SOLANA", curve="CURVE_ED25519"), key("three")]
    reply, root = await create(server, 3, privateKeys=keys)
    assert root is not None
    listed = (await server.query("list_private_keys", by=root)).json["privateKeys"]
    assert [each["privateKeyName"] for each in listed] == ["one", "two", "three"]
    assert reply.result["privateKeys"] == [
        {"privateKeyId": each["privateKeyId"], "addresses": each["addresses"]} for each in listed
    ]
    deletion = {"privateKeyIds": [listed[0]["privateKeyId"]], "deleteWithoutExport": True}
    assert (await server.submit("DELETE_PRIVATE_KEYS", deletion, by=root)).status == 200


@pytest.mark.parametrize("version", [3, 8])
async def test_without_keys_it_has_none(server: ComposedServer, version: int) -> None:
    reply, root = await create(server, version, **({"privateKeys": []} if version == 3 else {}))
    assert root is not None
    assert reply.result.get("privateKeys", []) == []
    assert "wallet" not in reply.result


@pytest.mark.parametrize(
    ("version", "members", "status", "message"),
    [
        (8, {"wallet": wallet(ETHEREUM, ETHEREUM)}, 400, "invalid path"),
        (8, {"wallet": wallet(ETHEREUM, walletName="")}, 400, "expected 1 to 255 characters"),
        (8, {"wallet": wallet(mnemonicLength=13)}, 400, "invalid mnemonic length"),
        (4, {"wallet": wallet(ETHEREUM | {"curve": "CURVE_ED25519"})}, 400, "invalid address format"),
        (8, {"wallet": wallet(*map(ethereum, range(101)))}, 400, "at most 100 items"),
        (8, {"wallet": wallet(ETHEREUM), "rootQuorumThreshold": 2}, 400, ""),
        (3, {"privateKeys": [key("one"), key("one")]}, 400, "private key label must be unique"),
        (3, {"privateKeys": [key("one", "SUI")]}, 400, "invalid address format"),
        (3, {"privateKeys": [key("one", tags=(NOBODY,))]}, 404, "unable to find private key tag"),
    ],
)
async def test_all_or_nothing(
    server: ComposedServer, version: int, members: dict[str, Any], status: int, message: str
) -> None:
    reply, _ = await create(server, version, **members)
    assert reply.status == status
    assert message in reply.message
    assert (await server.query("list_suborgs")).json["organizationIds"] == []


async def test_a_crowd_of_them_has_different_keys(server: ComposedServer) -> None:
    accounts = [ethereum(at) for at in range(20)]
    made = await asyncio.gather(*(create(server, 8, wallet=wallet(*accounts)) for _ in range(12)))
    addresses = [address for reply, _ in made for address in reply.result["wallet"]["addresses"]]
    assert len(set(addresses)) == 12 * 20
    organizations = {root.organization_id for _, root in made if root is not None}
    assert len(organizations) == 12
    assert {*(await server.query("list_suborgs", paginationOptions={"limit": "100"})).json["organizationIds"]} == (
        organizations
    )


async def test_one_that_is_approved_later(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    await server.set_root_quorum(2, server.root, ann)
    pending, _ = await create_pending(server)
    approval = {"fingerprint": pending["fingerprint"]}
    done = (await server.submit("APPROVE_ACTIVITY", approval, by=ann)).result
    listed = await accounts_of(server, organizationId=done["subOrganizationId"])
    assert [each["address"] for each in listed] == done["wallet"]["addresses"]


async def create_pending(server: ComposedServer) -> tuple[dict[str, Any], PrivateKey]:
    own = generate_key_pair(Curve.P256)
    reply = await server.submit("CREATE_SUB_ORGANIZATION_V8", asked(8, own, wallet=wallet(ETHEREUM)))
    assert reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    return reply.activity, own
