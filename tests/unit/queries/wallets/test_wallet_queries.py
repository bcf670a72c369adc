"""get_wallet, list_wallets, get_wallet_account, list_wallet_accounts."""

from __future__ import annotations

from typing import Any

import pytest

import wallet_samples as samples
from composed import ComposedServer
from wallet_samples import ETHEREUM, SOLANA, accounts_of, ethereum, make_wallet

NOBODY = "00000000-0000-4000-8000-0000000000ff"


async def test_a_wallet_is_shown_without_its_accounts(server: ComposedServer) -> None:
    wallet_id = (await make_wallet(server, "treasury", ETHEREUM))["walletId"]
    shown = (await server.query("get_wallet", walletId=wallet_id)).json["wallet"]
    at = shown["createdAt"]
    assert shown == {
        "walletId": wallet_id,
        "walletName": "treasury",
        "createdAt": at,
        "updatedAt": at,
        "exported": False,
        "imported": False,
    }
    assert (await server.query("get_wallet", walletId=wallet_id.upper())).json["wallet"] == shown
    reply = await server.query("get_wallet", walletId=NOBODY)
    assert reply.error[:2] == (404, 5)
    assert reply.message == f"unable to find wallet {NOBODY} in organization {server.root.organization_id}"


async def test_all_wallets_oldest_first_also_as_part_of_the_organization(server: ComposedServer) -> None:
    for name in ("one", "two", "three"):
        await make_wallet(server, name)
    listed = (await server.query("list_wallets")).json["wallets"]
    assert [each["walletName"] for each in listed] == ["one", "two", "three"]
    organization = (await server.query("get_organization")).json["organizationData"]
    assert organization["wallets"] == listed


async def test_an_account_by_its_address_or_path(server: ComposedServer) -> None:
    compressed = ETHEREUM | {"addressFormat": "ADDRESS_FORMAT_COMPRESSED", "name": "the key itself"}
    made = await make_wallet(server, "treasury", ETHEREUM, compressed, SOLANA)

    async def found(**by: str) -> Any:
        return (await server.query("get_wallet_account", walletId=made["walletId"], **by)).json.get("account")

    ethereum_account, compressed_account, solana_account = await accounts_of(server)
    assert ethereum_account == {
        "walletAccountId": ethereum_account["walletAccountId"],
        "organizationId": server.root.organization_id,
        "walletId": made["walletId"],
        "curve": "CURVE_SECP256K1",
        "pathFormat": "PATH_FORMAT_BIP32",
        "path": "m/44'/60'/0'/0/0",
        "addressFormat": "ADDRESS_FORMAT_ETHEREUM",
        "address": made["addresses"][0],
        "createdAt": ethereum_account["createdAt"],
        "updatedAt": ethereum_account["createdAt"],
        "publicKey": made["addresses"][1],
        "caip2Prefix": "eip155",
    }
    assert compressed_account["name"] == "the key itself"
    assert solana_account["caip2Prefix"] == "solana"
    for account in (ethereum_account, compressed_account, solana_account):
        assert await found(address=account["address"]) == account
        assert await found(address=account["address"], path=account["path"]) == account
    assert await found(path="m/44H/60h/0'/0/0") == ethereum_account, "of two at one path the first made"
    assert await found(path=SOLANA["path"]) == solana_account
    assert await found(address=ethereum_account["address"], path=SOLANA["path"]) is None
    assert await found(address=ethereum_account["address"].lower()) is None, "case is as the chain has it"


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({}, (400, "expected `address` or `path`")),
        ({"path": "m/-1"}, (400, "invalid path")),
        ({"path": "m/1"}, (404, "unable to find a wallet account with path `m/1` in wallet")),
        ({"address": "0x00", "path": "m/1"}, (404, "with address `0x00` and path `m/1`")),
        ({"address": "0x00", "walletId": NOBODY}, (404, f"unable to find wallet {NOBODY}")),
        ({"address": "0x00", "walletId": "7"}, (400, "expected a UUID")),
    ],
)
async def test_an_account_that_is_not_there(
    server: ComposedServer, members: dict[str, str], error: tuple[int, str]
) -> None:
    wallet_id = (await make_wallet(server, "treasury"))["walletId"]
    reply = await server.query("get_wallet_account", **{"walletId": wallet_id} | members)
    assert reply.status == error[0]
    assert error[1] in reply.message


async def test_the_account_of_another_wallet_is_not_found(server: ComposedServer) -> None:
    (address,) = (await make_wallet(server, "one", ETHEREUM))["addresses"]
    other = (await make_wallet(server, "two", ETHEREUM))["walletId"]
    assert (await server.query("get_wallet_account", walletId=other, address=address)).status == 404


async def test_accounts_in_pages_of_one_wallet_and_of_all(server: ComposedServer) -> None:
    one = await make_wallet(server, "one", *map(ethereum, range(5)))
    two = await make_wallet(server, "two", *map(ethereum, range(7)))

    async def through(**asked: Any) -> list[str]:
        addresses: list[str] = []
        cursor = {}
        while page := (await accounts_of(server, paginationOptions={"limit": "3"} | cursor, **asked)):
            addresses += (each["address"] for each in page)
            cursor = {"after": page[-1]["walletAccountId"]}
        return addresses

    assert await through(walletId=one["walletId"]) == one["addresses"]
    assert await through(walletId=two["walletId"]) == two["addresses"]
    assert await through() == one["addresses"] + two["addresses"]
    assert len((await server.query("list_wallet_accounts")).json["accounts"]) == 10
    last = (await accounts_of(server))[-1]["walletAccountId"]
    before = await accounts_of(server, paginationOptions={"limit": "2", "before": last})
    assert [each["address"] for each in before] == two["addresses"][4:6]
    assert (await server.query("list_wallet_accounts", walletId=NOBODY)).status == 404


async def test_the_wallet_of_each_account_if_it_is_asked_for(server: ComposedServer) -> None:
    for name in ("one", "two"):
        await make_wallet(server, name, ETHEREUM, SOLANA)
    assert all("walletDetails" not in each for each in await accounts_of(server))
    detailed = await accounts_of(server, includeWalletDetails=True)
    assert [each["walletDetails"]["walletName"] for each in detailed] == ["one", "one", "two", "two"]
    for each in detailed:
        assert each["walletDetails"] == (await server.query("get_wallet", walletId=each["walletId"])).json["wallet"]


async def test_a_parent_reads_the_wallets_of_its_sub_organization_and_nobody_else(server: ComposedServer) -> None:
    ann, bob = [(await server.add_sub_organization(name))[0] for name in ("ann", "bob")]
    made = await samples.make_wallet(server, "hers", ETHEREUM, by=ann)
    asked = {"walletId": made["walletId"], "organizationId": ann.organization_id}
    assert (await server.query("get_wallet", **asked)).json["wallet"]["walletName"] == "hers"
    assert len(await accounts_of(server, **asked)) == 1
    assert (await server.query("get_wallet", by=bob, **asked)).status in (401, 403, 404)
    assert (await server.query("get_wallet", walletId=made["walletId"])).status == 404
    assert await accounts_of(server) == []
