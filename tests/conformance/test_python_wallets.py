"""The official Python client, unmodified: wallets and keys are made, read, tagged and deleted."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from turnkey_sdk_types import (
    CreatePrivateKeysBody,
    CreatePrivateKeyTagBody,
    CreateWalletAccountsBody,
    CreateWalletBody,
    DeletePrivateKeysBody,
    DeletePrivateKeyTagsBody,
    DeleteWalletAccountsBody,
    DeleteWalletsBody,
    GetPrivateKeyBody,
    GetWalletAccountBody,
    GetWalletAccountsBody,
    GetWalletBody,
    TurnkeyNetworkError,
    UpdatePrivateKeyTagBody,
    UpdateWalletBody,
    v1Pagination,
)

from conformance.members import Member, new_organization

NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77"
_numbers = count()


def label() -> str:
    return f"python {next(_numbers)}"


def account(
    path: str = "m/44'/60'/0'/0/0", address_format: str = "ETHEREUM", curve: str = "SECP256K1"
) -> dict[str, Any]:
    return {
        "curve": f"CURVE_{curve}",
        "pathFormat": "PATH_FORMAT_BIP32",
        "path": path,
        "addressFormat": f"ADDRESS_FORMAT_{address_format}",
    }


ETHEREUM, SOLANA = account("m/44'/60'/0'/0/0"), account("m/44'/501'/0'/0'", "SOLANA", "ED25519")


@pytest.fixture(scope="module")
def owner(python_server) -> Member:
    """The only root user of an organization that this module shares."""
    return new_organization(python_server)[0]


def new_wallet(owner: Member, *accounts: dict[str, Any]):
    return owner.client.create_wallet(CreateWalletBody(walletName=label(), accounts=list(accounts)))


def new_key(owner: Member, **more: Any):
    key = {"privateKeyName": label(), "curve": "CURVE_SECP256K1", "privateKeyTags": [], "addressFormats": []} | more
    return owner.client.create_private_keys(CreatePrivateKeysBody(privateKeys=[key])).privateKeys[0].privateKeyId


def refused(call, body, status: int, text: str) -> None:
    with pytest.raises(TurnkeyNetworkError) as caught:
        call(body)
    assert (caught.value.status_code, text in str(caught.value)) == (status, True), str(caught.value)


def test_a_wallet_is_made_read_and_renamed(owner):
    made = new_wallet(owner, ETHEREUM, SOLANA)
    wallet = owner.client.get_wallet(GetWalletBody(walletId=made.walletId)).wallet
    assert (wallet.exported, wallet.imported) == (False, False)
    assert wallet in owner.client.get_wallets().wallets
    accounts = owner.client.get_wallet_accounts(GetWalletAccountsBody(walletId=made.walletId)).accounts
    assert {each.address for each in accounts} == set(made.addresses)
    for each in accounts:
        body = GetWalletAccountBody(walletId=made.walletId, address=each.address)
        assert owner.client.get_wallet_account(body).account == each
    owner.client.update_wallet(UpdateWalletBody(walletId=made.walletId, walletName="renamed"))
    assert owner.client.get_wallet(GetWalletBody(walletId=made.walletId)).wallet.walletName == "renamed"


def test_accounts_are_added_listed_page_by_page_and_deleted(owner):
    made = new_wallet(owner)
    accounts = [account(f"m/44'/60'/0'/0/{index}") for index in range(12)]
    added = owner.client.create_wallet_accounts(CreateWalletAccountsBody(walletId=made.walletId, accounts=accounts))
    assert len(set(added.addresses)) == 12

    def page(after: str | None):
        body = GetWalletAccountsBody(walletId=made.walletId, paginationOptions=v1Pagination(limit="5", after=after))
        return owner.client.get_wallet_accounts(body).accounts

    pages, after = [], None
    while found := page(after):
        pages.append(found)
        after = found[-1].walletAccountId
    assert [len(each) for each in pages] == [5, 5, 2]
    assert {each.address for found in pages for each in found} == set(added.addresses)
    ids = [each.walletAccountId for each in pages[0]]
    body = DeleteWalletAccountsBody(walletAccountIds=ids)
    refused(owner.client.delete_wallet_accounts, body, 400, "wallet account has not been exported")
    body = DeleteWalletAccountsBody(walletAccountIds=ids, deleteWithoutExport=True)
    assert owner.client.delete_wallet_accounts(body).walletAccountIds == ids
    assert len(page(None)) == 5
    gone = owner.client.delete_wallets(DeleteWalletsBody(walletIds=[made.walletId], deleteWithoutExport=True))
    assert gone.walletIds == [made.walletId]
    refused(owner.client.get_wallet, GetWalletBody(walletId=made.walletId), 404, made.walletId)


def test_private_keys_and_their_tags(owner):
    tag = owner.client.create_private_key_tag(CreatePrivateKeyTagBody(privateKeyTagName=label(), privateKeyIds=[]))
    id_ = new_key(owner, addressFormats=["ADDRESS_FORMAT_ETHEREUM", "ADDRESS_FORMAT_TRON"])
    body = UpdatePrivateKeyTagBody(privateKeyTagId=tag.privateKeyTagId, addPrivateKeyIds=[id_], removePrivateKeyIds=[])
    owner.client.update_private_key_tag(body)
    key = owner.client.get_private_key(GetPrivateKeyBody(privateKeyId=id_)).privateKey
    assert key.privateKeyTags == [tag.privateKeyTagId]
    assert [each.format.value for each in key.addresses] == ["ADDRESS_FORMAT_ETHEREUM", "ADDRESS_FORMAT_TRON"]
    assert key in owner.client.get_private_keys().privateKeys
    gone = owner.client.delete_private_key_tags(DeletePrivateKeyTagsBody(privateKeyTagIds=[tag.privateKeyTagId]))
    assert gone.privateKeyIds == [id_]
    owner.client.delete_private_keys(DeletePrivateKeysBody(privateKeyIds=[id_], deleteWithoutExport=True))
    refused(owner.client.get_private_key, GetPrivateKeyBody(privateKeyId=id_), 404, id_)


def test_what_is_no_good_is_refused(owner):
    made = new_wallet(owner, ETHEREUM)
    name = owner.client.get_wallet(GetWalletBody(walletId=made.walletId)).wallet.walletName
    same = CreateWalletBody(walletName=name, accounts=[])
    refused(owner.client.create_wallet, same, 400, "wallet label must be unique")
    taken = CreateWalletAccountsBody(walletId=made.walletId, accounts=[ETHEREUM])
    refused(owner.client.create_wallet_accounts, taken, 409, "path already exists in wallet account")
    refused(owner.client.get_wallet, GetWalletBody(walletId=NOBODY), 404, NOBODY)
    refused(owner.client.update_wallet, UpdateWalletBody(walletId=NOBODY, walletName="x"), 404, NOBODY)
