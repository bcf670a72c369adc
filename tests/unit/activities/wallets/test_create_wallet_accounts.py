"""CREATE_WALLET_ACCOUNTS and UPDATE_WALLET."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from composed import ComposedServer, Reply
from counterseal.organizations import WalletAccount
from wallet_samples import ETHEREUM, SOLANA, accounts_of, ethereum, make_wallet

NOBODY = "00000000-0000-4000-8000-0000000000ff"


async def derive(server: ComposedServer, wallet_id: str, *accounts: dict[str, Any], **more: Any) -> Reply:
    return await server.submit("CREATE_WALLET_ACCOUNTS", {"walletId": wallet_id, "accounts": [*accounts]} | more)


async def rename(server: ComposedServer, wallet_id: str, **name: str) -> Reply:
    return await server.submit("UPDATE_WALLET", {"walletId": wallet_id} | name)


async def test_it_derives_what_the_wallet_would_have_had_from_the_beginning(server: ComposedServer) -> None:
    made = await make_wallet(server, "one", *map(ethereum, range(3)))
    asked = [ethereum(at) | {"addressFormat": "ADDRESS_FORMAT_COMPRESSED"} for at in (2, 0, 1)]
    added = (await derive(server, made["walletId"], *asked, SOLANA)).result["addresses"]
    accounts = await accounts_of(server)
    public_keys = {each["path"]: each["publicKey"] for each in accounts[:3]}
    assert added[:3] == [public_keys[each["path"]] for each in asked]
    assert [each["address"] for each in accounts[3:]] == added


async def test_what_is_not_to_be_kept_is_answered_and_not_stored(server: ComposedServer) -> None:
    made = await make_wallet(server, "one", ETHEREUM)
    reply = await derive(server, made["walletId"], ETHEREUM, ethereum(1), persist=False)
    assert reply.result["addresses"][0] == made["addresses"][0], "one that is there is no error"
    assert len(await accounts_of(server)) == 1
    kept = await derive(server, made["walletId"], ethereum(1), persist=True)
    assert kept.result["addresses"] == reply.result["addresses"][1:]


@pytest.mark.parametrize("path", [ETHEREUM["path"], "m/44h/60H/0'/0/0"])
async def test_a_path_that_is_taken_names_the_account(server: ComposedServer, path: str) -> None:
    made = await make_wallet(server, "one", ETHEREUM)
    (account,) = await accounts_of(server)
    reply = await derive(server, made["walletId"], ethereum(1), ETHEREUM | {"path": path})
    assert reply.error == (409, 6, "")
    assert reply.message == f"path already exists in wallet account {account['walletAccountId']}"
    assert reply.json["details"] == []
    assert len(await accounts_of(server)) == 1, "all or nothing"


async def test_of_two_at_once_for_one_path_one_wins(server: ComposedServer) -> None:
    wallet_id = (await make_wallet(server, "one"))["walletId"]
    replies = await asyncio.gather(*(derive(server, wallet_id, ETHEREUM | {"name": str(at)}) for at in range(8)))
    assert sorted(reply.status for reply in replies) == [200] + [409] * 7
    assert await server.store.count(server.root.organization_id, WalletAccount, at_most=9) == 1


async def test_of_two_at_once_for_one_name_one_wins(server: ComposedServer) -> None:
    wallets = [(await make_wallet(server, name))["walletId"] for name in ("one", "two")]
    replies = await asyncio.gather(*(derive(server, wallet, ETHEREUM | {"name": "main"}) for wallet in wallets))
    assert sorted(reply.status for reply in replies) == [200, 400]
    assert {reply.message for reply in replies if reply.status == 400} == {
        "wallet account name must be unique: `main` is taken"
    }


@pytest.mark.parametrize(
    ("accounts", "status", "message"),
    [
        ([], 400, "expected at least one item"),
        ([ETHEREUM, ETHEREUM], 400, "invalid path"),
        ([SOLANA, SOLANA | {"path": "m/44/501/0/0"}], 400, "invalid path"),
        ([ETHEREUM | {"name": ""}], 400, "expected 1 to 255 characters"),
        ([ETHEREUM | {"addressFormat": "ADDRESS_FORMAT_SUI"}], 400, "invalid address format"),
    ],
)
async def test_what_is_wrong_is_refused(
    server: ComposedServer, accounts: list[dict[str, Any]], status: int, message: str
) -> None:
    wallet_id = (await make_wallet(server, "one"))["walletId"]
    reply = await derive(server, wallet_id, *accounts)
    assert reply.status == status
    assert message in reply.message
    assert await accounts_of(server) == []


async def test_an_unknown_wallet(server: ComposedServer) -> None:
    for reply in (await derive(server, NOBODY, ETHEREUM), await rename(server, NOBODY, walletName="new")):
        assert reply.error[:2] == (404, 5)
        assert reply.message == f"unable to find wallet {NOBODY} in organization {server.root.organization_id}"


async def test_a_wallet_gets_another_name(server: ComposedServer) -> None:
    one, two = [(await make_wallet(server, name))["walletId"] for name in ("one", "two")]
    server.clock.advance(seconds=10)
    assert (await rename(server, one, walletName="first")).result == {"walletId": one}
    first = (await server.query("get_wallet", walletId=one)).json["wallet"]
    assert first["walletName"] == "first"
    assert int(first["updatedAt"]["seconds"]) - int(first["createdAt"]["seconds"]) == 10
    assert (await rename(server, two, walletName="first")).message == "wallet label must be unique: `first` is taken"
    assert (await rename(server, one, walletName="first")).status == 200, "its own name is no other"
    assert (await rename(server, two, walletName="one")).status == 200, "what it was called before is free"
    assert (await rename(server, two)).result == {"walletId": two}
    assert (await server.query("get_wallet", walletId=two)).json["wallet"]["walletName"] == "one"
    assert (await rename(server, two, walletName="\n")).status == 400


async def test_policies_see_the_wallet(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    one, two = [(await make_wallet(server, name))["walletId"] for name in ("one", "two")]
    policy = {"policyName": "hers", "effect": "EFFECT_ALLOW", "condition": "wallet.label == 'one'", "notes": ""}
    policy["consensus"] = f"approvers.any(user, user.id == '{ann.user_id}')"
    assert (await server.submit("CREATE_POLICY_V3", policy)).status == 200
    for wallet_id, status in ((one, 200), (two, 403)):
        parameters = {"walletId": wallet_id, "accounts": [ETHEREUM]}
        assert (await server.submit("CREATE_WALLET_ACCOUNTS", parameters, by=ann)).status == status
        named = {"walletId": wallet_id, "walletName": f"{wallet_id} too"}
        assert (await server.submit("UPDATE_WALLET", named, by=ann)).status == status
