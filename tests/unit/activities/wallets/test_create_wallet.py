"""CREATE_WALLET: what is made, what is kept of it, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from composed import ComposedServer, Reply
from counterseal.chains.address_formats import address_of
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto import mnemonics, paths
from counterseal.crypto.curves import Curve as KeyCurve
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.public_keys import public_key_of
from counterseal.keystore import KeystoreError
from counterseal.keystore.wallet_keys import SealedKey, SealedSeed, opened_key, phrase_of_seed
from counterseal.organizations import WALLET_ACCOUNT_ADDRESS, WALLET_NAME, Wallet, WalletAccount
from counterseal.store import RowKey
from wallet_samples import ETHEREUM, SOLANA


async def create(server: ComposedServer, name: str, *accounts: dict[str, Any], **more: Any) -> Reply:
    return await server.submit("CREATE_WALLET", {"walletName": name, "accounts": [*accounts], **more})


async def the_wallet(server: ComposedServer, name: str) -> Wallet:
    key = RowKey(kind=Wallet, key=WALLET_NAME, value=name)
    (wallet,) = (await server.store.rows(server.root.organization_id, [key]))[key]
    assert isinstance(wallet, Wallet)
    return wallet


async def account_of(server: ComposedServer, address: str) -> WalletAccount:
    key = RowKey(kind=WalletAccount, key=WALLET_ACCOUNT_ADDRESS, value=address)
    (account,) = (await server.store.rows(server.root.organization_id, [key]))[key]
    assert isinstance(account, WalletAccount)
    return account


async def words_of(server: ComposedServer, wallet: Wallet) -> str:
    organization_id = server.root.organization_id
    sealed = (await server.store.secrets(organization_id, [wallet.id]))[wallet.id]
    seed = SealedSeed(mark=wallet.seed_mark, sealed=sealed)
    return phrase_of_seed(server.keystore, organization_id, seed).decode()


@pytest.mark.parametrize("count", [None, 12, 15, 18, 21, 24])
async def test_the_addresses_are_those_of_the_words(server: ComposedServer, count: int | None) -> None:
    more = {} if count is None else {"mnemonicLength": count}
    result = (await create(server, "treasury", SOLANA, ETHEREUM, **more)).result
    wallet = await the_wallet(server, "treasury")
    words = await words_of(server, wallet)
    assert result["walletId"] == wallet.id
    assert len(words.split()) == (count or 12)
    with KeyTree(mnemonics.seed_of(words.encode())) as tree:
        solana = public_key_of(KeyCurve.ED25519, tree.private_key(KeyCurve.ED25519, paths.parse(SOLANA["path"])))
        ethereum = public_key_of(
            KeyCurve.SECP256K1, tree.private_key(KeyCurve.SECP256K1, paths.parse(ETHEREUM["path"]))
        )
    assert result["addresses"] == [
        address_of(Curve.ED25519, AddressFormat.SOLANA, solana),
        address_of(Curve.SECP256K1, AddressFormat.ETHEREUM, ethereum),
    ]


async def test_a_private_key_opens_for_its_own_account_only(server: ComposedServer) -> None:
    addresses = (await create(server, "treasury", ETHEREUM, SOLANA)).result["addresses"]
    ethereum, solana = [await account_of(server, address) for address in addresses]
    organization_id = server.root.organization_id
    sealed = await server.store.secrets(organization_id, [ethereum.id, solana.id])
    key = SealedKey(curve=KeyCurve.SECP256K1, public_key=ethereum.public_key, sealed=sealed[ethereum.id])
    with opened_key(server.keystore, organization_id, key) as secret:
        assert public_key_of(KeyCurve.SECP256K1, secret).hex() == ethereum.public_key
    assert secret == bytes(32), "it is overwritten"
    elsewhere = "00000000-0000-4000-8000-0000000000ff"
    moved = SealedKey(curve=KeyCurve.SECP256K1, public_key=ethereum.public_key, sealed=sealed[solana.id])
    for whose, which in ((elsewhere, key), (organization_id, moved)):
        with pytest.raises(KeystoreError), opened_key(server.keystore, whose, which):
            raise AssertionError("it opened")


async def test_two_wallets_at_once_with_one_name_are_one(server: ComposedServer) -> None:
    replies = await asyncio.gather(*(create(server, "one", ETHEREUM) for _ in range(8)))
    assert sorted(reply.status for reply in replies) == [200] + [400] * 7
    assert {reply.message for reply in replies if reply.status == 400} == {
        "wallet label must be unique: `one` is taken"
    }


@pytest.mark.parametrize(
    ("accounts", "more", "message"),
    [
        ([ETHEREUM | {"path": "m/44'/60"}, ETHEREUM | {"path": "44/60"}], {}, "invalid path"),
        ([ETHEREUM | {"curve": "CURVE_ED25519"}], {}, "invalid address format"),
        ([ETHEREUM, ETHEREUM | {"path": "m/44h/60H/0'/0/0"}], {}, "invalid path"),
        ([SOLANA, SOLANA | {"path": "m/44/501/0/0"}], {}, "invalid path"),
        ([ETHEREUM | {"name": "a"}, SOLANA | {"name": "a"}], {}, "wallet account name must be unique"),
        ([], {"mnemonicLength": 13}, "invalid mnemonic length"),
        ([ETHEREUM | {"path": f"m/{at}"} for at in range(101)], {}, "at most 100 items"),
    ],
)
async def test_what_is_wrong_is_refused_before_anything_is_made(
    server: ComposedServer, accounts: list[dict[str, Any]], more: dict[str, Any], message: str
) -> None:
    reply = await create(server, "treasury", *accounts, **more)
    assert reply.error[:2] == (400, 3)
    assert message in reply.message
    assert await server.store.count(server.root.organization_id, Wallet, at_most=5) == 0


async def test_one_path_may_have_two_formats(server: ComposedServer) -> None:
    compressed = ETHEREUM | {"addressFormat": "ADDRESS_FORMAT_COMPRESSED"}
    result = (await create(server, "treasury", ETHEREUM, compressed)).result
    ethereum, other = [await account_of(server, address) for address in result["addresses"]]
    assert ethereum.public_key == other.public_key == other.address


async def test_the_hundredth_wallet_is_the_last(server: ComposedServer) -> None:
    for number in range(100):
        assert (await create(server, f"wallet {number}")).status == 200
    assert (await create(server, "one more")).error[:2] == (429, 8)
