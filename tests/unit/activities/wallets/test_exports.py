"""EXPORT_WALLET and EXPORT_WALLET_ACCOUNT: what goes out, what it changes, and what policies see of it."""

from __future__ import annotations

from typing import Any

import pytest

from bundles import opened
from composed import ComposedServer
from counterseal.crypto import mnemonics, paths
from counterseal.crypto.curves import Curve
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.organizations import WALLET_ACCOUNT_ADDRESS, WalletAccount
from counterseal.store import RowKey
from office import Office

ETHEREUM = {
    "curve": "CURVE_SECP256K1",
    "pathFormat": "PATH_FORMAT_BIP32",
    "path": "m/44h/60H/0'/0/7",
    "addressFormat": "ADDRESS_FORMAT_ETHEREUM",
}
SOLANA = {
    "curve": "CURVE_ED25519",
    "pathFormat": "PATH_FORMAT_BIP32",
    "path": "m/44'/501'/0'/0'",
    "addressFormat": "ADDRESS_FORMAT_SOLANA",
}
CLIENT = P256PrivateKey.generate()
TARGET = CLIENT.public_point.hex()


async def created(server: ComposedServer, name: str = "treasury") -> tuple[str, list[str]]:
    result = (await server.submit("CREATE_WALLET", {"walletName": name, "accounts": [ETHEREUM, SOLANA]})).result
    return result["walletId"], result["addresses"]


async def account_of(server: ComposedServer, address: str) -> WalletAccount:
    key = RowKey(kind=WalletAccount, key=WALLET_ACCOUNT_ADDRESS, value=address)
    (account,) = (await server.store.rows(server.root.organization_id, [key]))[key]
    assert isinstance(account, WalletAccount)
    return account


async def test_the_keys_of_accounts_are_those_of_the_words(server: ComposedServer) -> None:
    wallet_id, addresses = await created(server)
    reply = await server.submit("EXPORT_WALLET", {"walletId": wallet_id, "targetPublicKey": TARGET})
    assert reply.result["walletId"] == wallet_id
    words = opened(reply.result["exportBundle"], CLIENT, server)
    with KeyTree(mnemonics.seed_of(words)) as tree:
        for address, curve, params in zip(addresses, (Curve.SECP256K1, Curve.ED25519), (ETHEREUM, SOLANA), strict=True):
            result = (
                await server.submit("EXPORT_WALLET_ACCOUNT", {"address": address, "targetPublicKey": TARGET})
            ).result
            assert result["address"] == address
            key = opened(result["exportBundle"], CLIENT, server)
            assert key == tree.private_key(curve, paths.parse(params["path"]))


async def test_an_account_counts_as_exported_alone(server: ComposedServer) -> None:
    wallet_id, (ethereum, solana) = await created(server)
    parameters = {"address": ethereum, "targetPublicKey": TARGET}
    assert (await server.submit("EXPORT_WALLET_ACCOUNT", parameters)).status == 200
    assert (await account_of(server, ethereum)).exported
    assert not (await account_of(server, solana)).exported
    assert (await server.query("get_wallet", walletId=wallet_id)).json["wallet"]["exported"] is False
    assert (await server.submit("EXPORT_WALLET_ACCOUNT", parameters)).status == 200


@pytest.mark.parametrize(
    ("changed", "status", "message"),
    [
        (str.lower, 404, "Could not find wallet account with address: 0x"),
        (lambda _address: "", 400, "at `address`"),
        (lambda _address: "x" * 300, 400, "at `address`"),
        (lambda _address: "0x" + "00" * 20, 404, "Could not find wallet account with address: 0x"),
    ],
)
async def test_an_address_is_found_as_it_is_written(
    server: ComposedServer, changed: Any, status: int, message: str
) -> None:
    _, (ethereum, _) = await created(server)
    parameters = {"address": changed(ethereum), "targetPublicKey": TARGET}
    reply = await server.submit("EXPORT_WALLET_ACCOUNT", parameters)
    assert reply.status == status
    assert message in reply.message


async def test_another_organization_has_none_of_it(server: ComposedServer) -> None:
    wallet_id, (ethereum, _) = await created(server)
    (below,) = await server.add_sub_organization("below")
    for kind, parameters in (
        ("EXPORT_WALLET", {"walletId": wallet_id}),
        ("EXPORT_WALLET_ACCOUNT", {"address": ethereum}),
    ):
        reply = await server.submit(kind, parameters | {"targetPublicKey": TARGET}, by=below)
        assert reply.error[:2] == (404, 5)


async def test_policies_see_what_is_exported(office: Office) -> None:
    server = office.server
    wallet_id, (ethereum, solana) = await created(server)
    whole = {"walletId": wallet_id, "targetPublicKey": TARGET}
    await office.allow(
        "activity.kind == 'EXPORT_WALLET_ACCOUNT' && wallet.label == 'treasury' && !wallet.exported"
        " && wallet_account.path_indexes.count() == 5 && wallet_account.path_indexes[1] == 60"
        " && wallet_account.path_indexes[4] == 7"
        " && wallet_account.path_hardened[2] && !wallet_account.path_hardened[3]",
        "true",
    )
    reply = await server.submit(
        "EXPORT_WALLET_ACCOUNT", {"address": ethereum, "targetPublicKey": TARGET}, by=office.agent
    )
    assert reply.status == 200, reply.body
    parameters = {"address": solana, "targetPublicKey": TARGET}
    assert (await server.submit("EXPORT_WALLET_ACCOUNT", parameters, by=office.agent)).status == 403
    assert not (await account_of(server, solana)).exported
    assert (await server.submit("EXPORT_WALLET", whole, by=office.agent)).status == 403
    assert (await server.query("get_wallet", walletId=wallet_id)).json["wallet"]["exported"] is False
    await office.allow(f"activity.action == 'EXPORT' && wallet.id == '{wallet_id}' && !wallet.exported", "true")
    assert (await server.submit("EXPORT_WALLET", whole, by=office.agent)).status == 200
    assert (await server.submit("EXPORT_WALLET", whole, by=office.agent)).status == 403, "it has been exported"


async def test_an_export_waits_and_then_goes_to_the_target_that_was_approved(office: Office) -> None:
    server = office.server
    wallet_id, _ = await created(server)
    await office.allow("wallet.label == 'treasury'", "approvers.count() == 2")
    body = server.activity_body("EXPORT_WALLET", {"walletId": wallet_id, "targetPublicKey": TARGET})
    reply = await server.post("/public/v1/submit/export_wallet", body, by=office.agent)
    assert reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    assert (await server.query("get_wallet", walletId=wallet_id)).json["wallet"]["exported"] is False
    result = (await server.post("/public/v1/submit/export_wallet", body, by=office.ann)).result
    assert len(opened(result["exportBundle"], CLIENT, server).split()) == 12
    again = (await server.post("/public/v1/submit/export_wallet", body, by=office.ann)).result
    assert again == result, "the same bytes are answered by the same bundle"
