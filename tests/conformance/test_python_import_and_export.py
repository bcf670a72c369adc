"""The official Python client, unmodified: wallets and keys go out and come in. Our code makes and opens the bundles."""

from __future__ import annotations

import json

import pytest
from eth_account import Account
from turnkey_sdk_types import (
    ExportPrivateKeyBody,
    ExportWalletAccountBody,
    ExportWalletBody,
    GetPrivateKeyBody,
    GetWalletBody,
    ImportPrivateKeyBody,
    ImportWalletBody,
    InitImportPrivateKeyBody,
    InitImportWalletBody,
)

from conformance.members import Member, new_organization
from conformance.test_python_wallets import ETHEREUM, NOBODY, label, new_key, new_wallet, refused
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore.bundles import export_bundle, open_client_message

PHRASE = "test test test test test test test test test test test junk"
PHRASES_FIRST = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"


@pytest.fixture(scope="module")
def owner(python_server) -> Member:
    """The only root user of an organization that this module shares."""
    return new_organization(python_server)[0]


def message_in(bundle: str) -> str:
    """What is sealed in an export, without whom it is bound to."""
    inner = json.loads(bytes.fromhex(json.loads(bundle)["data"]))
    return json.dumps({name: inner[name] for name in ("encappedPublic", "ciphertext")})


def opened(bundle: str, target: P256PrivateKey) -> bytes:
    """An export as its target opens it."""
    return bytes(open_client_message(message_in(bundle), target=target, plaintext_max=8192))


def sealed(bundle: str, owner: Member, plaintext: bytes) -> str:
    """A message to an import's target."""
    told = json.loads(bytes.fromhex(json.loads(bundle)["data"]))
    assert (told["organizationId"], told["userId"]) == (owner.organization_id, owner.user_id)
    made = export_bundle(
        plaintext,
        target_public_key=bytes.fromhex(told["targetPublic"]),
        organization_id=owner.organization_id,
        signer=P256PrivateKey.generate(),
    )
    return message_in(made)


def test_wallets_and_keys_go_out(owner):
    target = P256PrivateKey.generate()
    told = target.public_point.hex()
    made = new_wallet(owner, ETHEREUM)
    bundle = owner.client.export_wallet(ExportWalletBody(walletId=made.walletId, targetPublicKey=told)).exportBundle
    Account.enable_unaudited_hdwallet_features()
    assert Account.from_mnemonic(opened(bundle, target).decode()).address == made.addresses[0]
    body = ExportWalletAccountBody(address=made.addresses[0], targetPublicKey=told)
    secret = opened(owner.client.export_wallet_account(body).exportBundle, target)
    assert Account.from_key(secret).address == made.addresses[0]
    id_ = new_key(owner, addressFormats=["ADDRESS_FORMAT_ETHEREUM"])
    body = ExportPrivateKeyBody(privateKeyId=id_, targetPublicKey=told)
    secret = opened(owner.client.export_private_key(body).exportBundle, target)
    key = owner.client.get_private_key(GetPrivateKeyBody(privateKeyId=id_)).privateKey
    assert (Account.from_key(secret).address, key.exported) == (key.addresses[0].address, True)


def test_wallets_and_keys_come_in(owner):
    bundle = owner.client.init_import_wallet(InitImportWalletBody(userId=owner.user_id)).importBundle
    body = ImportWalletBody(
        userId=owner.user_id,
        walletName=label(),
        encryptedBundle=sealed(bundle, owner, PHRASE.encode()),
        accounts=[ETHEREUM],
    )
    made = owner.client.import_wallet(body)
    assert made.addresses == [PHRASES_FIRST]
    assert owner.client.get_wallet(GetWalletBody(walletId=made.walletId)).wallet.imported
    account = Account.create()
    bundle = owner.client.init_import_private_key(InitImportPrivateKeyBody(userId=owner.user_id)).importBundle
    body = ImportPrivateKeyBody(
        userId=owner.user_id,
        privateKeyName=label(),
        encryptedBundle=sealed(bundle, owner, bytes(account.key)),
        curve="CURVE_SECP256K1",
        addressFormats=["ADDRESS_FORMAT_ETHEREUM"],
    )
    made = owner.client.import_private_key(body)
    assert [each.address for each in made.addresses] == [account.address]


def test_what_is_no_good_is_refused(owner):
    made = new_wallet(owner, ETHEREUM)
    target = P256PrivateKey.generate().public_point.hex()
    refused(owner.client.export_wallet, ExportWalletBody(walletId=NOBODY, targetPublicKey=target), 404, NOBODY)
    refused(owner.client.export_wallet, ExportWalletBody(walletId=made.walletId, targetPublicKey="04"), 400, "")
    foreign = ImportWalletBody(userId=owner.user_id, walletName=label(), encryptedBundle="{}", accounts=[])
    refused(owner.client.import_wallet, foreign, 400, "")
