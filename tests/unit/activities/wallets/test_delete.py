"""DELETE_WALLETS, DELETE_WALLET_ACCOUNTS, DELETE_PRIVATE_KEYS, and what DELETE_SUB_ORGANIZATION takes along."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

import sample
import stored
from composed import Actor, ComposedServer, Reply
from counterseal.organizations import PrivateKey, Put, Row, Wallet, WalletAccount
from counterseal.store import RowChanges, RowKey
from wallet_samples import ETHEREUM, SOLANA, accounts_of, ethereum, key, make_keys, make_wallet

NOBODY = "00000000-0000-4000-8000-0000000000ff"
KINDS = {
    "WALLETS": ("walletIds", "wallet"),
    "WALLET_ACCOUNTS": ("walletAccountIds", "wallet account"),
    "PRIVATE_KEYS": ("privateKeyIds", "private key"),
}


async def delete(server: ComposedServer, what: str, *ids: str, by: Actor | None = None, **more: Any) -> Reply:
    more = {"deleteWithoutExport": True} | more
    return await server.submit(f"DELETE_{what}", {KINDS[what][0]: [*ids]} | more, by=by)


async def exported(server: ComposedServer, kind: type[Row], id_: str) -> None:
    """As if it had been exported."""
    key = RowKey(kind=kind, value=id_)
    (row,) = (await server.store.rows(server.root.organization_id, [key]))[key]
    organization = await stored.snapshot(server.store, server.root.organization_id)
    put = Put(row=replace(row, exported=True), replaces=row)
    rows = RowChanges(organization=organization, changes=(put,))
    await server.store.commit([sample.commit(sample.activity(organization.id), rows=(rows,))])


async def one_of_each(server: ComposedServer) -> dict[str, str]:
    wallet = await make_wallet(server, "treasury", ETHEREUM, SOLANA)
    accounts = await accounts_of(server)
    (key_id,) = await make_keys(server, key("signer", "ETHEREUM"))
    return {
        "WALLETS": wallet["walletId"],
        "WALLET_ACCOUNTS": accounts[0]["walletAccountId"],
        "PRIVATE_KEYS": key_id,
    }


async def secrets_of(server: ComposedServer, *ids: str) -> set[str]:
    return {*await server.store.secrets(server.root.organization_id, ids)}


async def test_a_wallet_goes_with_its_accounts_and_all_secrets(server: ComposedServer) -> None:
    one, two = [await make_wallet(server, name, ETHEREUM, SOLANA | {"name": name}) for name in ("one", "two")]
    accounts = [each["walletAccountId"] for each in await accounts_of(server)]
    ids = (one["walletId"], two["walletId"], *accounts)
    assert await secrets_of(server, *ids) == {*ids}
    assert (await delete(server, "WALLETS", one["walletId"].upper())).result == {"walletIds": [one["walletId"]]}
    assert await secrets_of(server, *ids) == {two["walletId"], *accounts[2:]}
    assert [each["walletAccountId"] for each in await accounts_of(server)] == accounts[2:]
    for query in ("get_wallet", "get_wallet_account", "list_wallet_accounts"):
        assert (await server.query(query, walletId=one["walletId"], address=one["addresses"][0])).status == 404
    assert (await make_wallet(server, "one", SOLANA | {"name": "one"}))["addresses"], "its names are free again"


async def test_an_account_goes_and_its_path_is_free_again(server: ComposedServer) -> None:
    wallet = await make_wallet(server, "one", ETHEREUM, ethereum(1))
    first, second = [each["walletAccountId"] for each in await accounts_of(server)]
    assert (await delete(server, "WALLET_ACCOUNTS", first)).result == {"walletAccountIds": [first]}
    assert await secrets_of(server, first, second) == {second}
    page = {"limit": "10", "after": first}
    assert [each["walletAccountId"] for each in await accounts_of(server, paginationOptions=page)] == [second]
    again = {"walletId": wallet["walletId"], "accounts": [ETHEREUM]}
    assert (await server.submit("CREATE_WALLET_ACCOUNTS", again)).result["addresses"] == wallet["addresses"][:1]


async def test_a_private_key_goes_and_its_name_is_free_again(server: ComposedServer) -> None:
    one, two = await make_keys(server, key("one"), key("two"))
    assert (await delete(server, "PRIVATE_KEYS", one)).result == {"privateKeyIds": [one]}
    assert await secrets_of(server, one, two) == {two}
    assert (await server.query("get_private_key", privateKeyId=one)).status == 404
    await make_keys(server, key("one"))


@pytest.mark.parametrize("without", [False, None])
@pytest.mark.parametrize("what", KINDS)
async def test_what_was_not_exported_stays(server: ComposedServer, what: str, without: bool | None) -> None:
    id_ = (await one_of_each(server))[what]
    reply = await delete(server, what, id_, deleteWithoutExport=without)
    code = "WALLET_ACCOUNT_NOT_EXPORTED" if what == "WALLET_ACCOUNTS" else "REQUEST_INVALID"
    assert reply.error == (400, 3, code)
    assert reply.message == f"{KINDS[what][1]} has not been exported: {id_}"
    assert await secrets_of(server, id_) == {id_}


@pytest.mark.parametrize(
    ("what", "kind"), [("WALLETS", Wallet), ("WALLET_ACCOUNTS", WalletAccount), ("PRIVATE_KEYS", PrivateKey)]
)
async def test_what_was_exported_goes(server: ComposedServer, what: str, kind: type[Row]) -> None:
    id_ = (await one_of_each(server))[what]
    await exported(server, kind, id_)
    assert (await delete(server, what, id_, deleteWithoutExport=False)).status == 200


async def test_who_has_the_words_has_the_accounts_but_not_the_other_way_round(server: ComposedServer) -> None:
    ids = await one_of_each(server)
    await exported(server, WalletAccount, ids["WALLET_ACCOUNTS"])
    assert (await delete(server, "WALLETS", ids["WALLETS"], deleteWithoutExport=False)).status == 400
    await exported(server, Wallet, ids["WALLETS"])
    other = (await accounts_of(server))[1]["walletAccountId"]
    assert (await delete(server, "WALLET_ACCOUNTS", other, deleteWithoutExport=False)).status == 200


@pytest.mark.parametrize("what", KINDS)
async def test_all_or_nothing(server: ComposedServer, what: str) -> None:
    id_ = (await one_of_each(server))[what]
    for ids, message in (
        ([], "expected at least one item"),
        ([id_, "7"], f"invalid {KINDS[what][1]} UUID: `7`"),
        ([id_, NOBODY], f"{KINDS[what][1]} not part of your organization: {NOBODY}"),
        ([id_, id_.upper()], "expected different ids"),
        ([sample.uuid(number) for number in range(101)], "expected at most 100 items"),
    ):
        reply = await delete(server, what, *ids)
        assert reply.error[:2] == (400, 3)
        assert message in reply.message
    assert await secrets_of(server, id_) == {id_}


async def test_what_belongs_to_another_organization_is_none(server: ComposedServer) -> None:
    ids = await one_of_each(server)
    [ann] = await server.add_sub_organization("ann")
    for what, id_ in ids.items():
        assert "not part of your organization" in (await delete(server, what, id_, by=ann)).message
    assert len(await accounts_of(server)) == 2


async def test_of_two_at_once_one_deletes(server: ComposedServer) -> None:
    for what, id_ in reversed((await one_of_each(server)).items()):
        replies = await asyncio.gather(*(delete(server, what, id_) for _ in range(4)))
        assert sorted(reply.status for reply in replies) == [200, 400, 400, 400]


async def test_accounts_that_are_made_while_their_wallet_goes_are_gone_or_refused(server: ComposedServer) -> None:
    wallet_id = (await make_wallet(server, "one"))["walletId"]
    more = [
        server.submit("CREATE_WALLET_ACCOUNTS", {"walletId": wallet_id, "accounts": [ethereum(at)]}) for at in range(9)
    ]
    replies = await asyncio.gather(*more[:4], delete(server, "WALLETS", wallet_id), *more[4:])
    assert replies[4].status == 200
    assert {reply.status for reply in replies} <= {200, 404}
    assert await accounts_of(server) == []
    assert await server.store.count(server.root.organization_id, WalletAccount, at_most=9) == 0


async def test_a_pending_activity_about_what_is_gone_fails(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    wallet_id = (await make_wallet(server, "one"))["walletId"]
    await server.set_root_quorum(2, server.root, ann)
    parameters = {"walletId": wallet_id, "accounts": [ETHEREUM]}
    pending = (await server.submit("CREATE_WALLET_ACCOUNTS", parameters)).activity
    deletion = (await delete(server, "WALLETS", wallet_id)).activity
    for each in (deletion, pending):
        await server.submit("APPROVE_ACTIVITY", {"fingerprint": each["fingerprint"]}, by=ann)
    asked = {"activityId": pending["id"]}
    failed = (await server.query("get_activity", **asked)).activity
    assert failed["status"] == "ACTIVITY_STATUS_FAILED"
    assert failed["failure"]["code"] == 5


async def test_a_sub_organization_takes_its_keys_along(server: ComposedServer) -> None:
    [ann] = await server.add_sub_organization("ann")
    wallet_id = (await make_wallet(server, "hers", ETHEREUM, by=ann))["walletId"]
    account = (await accounts_of(server, organizationId=ann.organization_id))[0]["walletAccountId"]
    (key_id,) = await make_keys(server, key("hers"), by=ann)
    refused = await server.submit("DELETE_SUB_ORGANIZATION", {}, by=ann)
    assert refused.message == f"wallet has not been exported: {wallet_id}"
    assert (await delete(server, "WALLETS", wallet_id, by=ann)).status == 200
    refused = await server.submit("DELETE_SUB_ORGANIZATION", {}, by=ann)
    assert refused.message == f"private key has not been exported: {key_id}"
    await make_wallet(server, "hers", ETHEREUM, by=ann)
    done = await server.submit("DELETE_SUB_ORGANIZATION", {"deleteWithoutExport": True}, by=ann)
    assert done.status == 200
    for kind in (Wallet, WalletAccount, PrivateKey):
        assert await server.store.count(ann.organization_id, kind, at_most=9) == 0
    assert await server.store.secrets(ann.organization_id, [wallet_id, account, key_id]) == {}


async def test_policies_see_the_wallets_that_would_go(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    old, new = [await make_wallet(server, name, ETHEREUM) for name in ("old", "new")]
    policy = {"policyName": "hers", "effect": "EFFECT_ALLOW", "notes": ""}
    policy["condition"] = "activity.action == 'DELETE' && wallets.all(w, w.label == 'old')"
    policy["consensus"] = f"approvers.any(user, user.id == '{ann.user_id}')"
    assert (await server.submit("CREATE_POLICY_V3", policy)).status == 200
    by_wallet = {each["walletId"]: each["walletAccountId"] for each in await accounts_of(server)}
    for wallet, status in ((new, 403), (old, 200)):
        id_ = wallet["walletId"]
        assert (await delete(server, "WALLET_ACCOUNTS", by_wallet[id_], by=ann)).status == status
        assert (await delete(server, "WALLETS", id_, by=ann)).status == status
