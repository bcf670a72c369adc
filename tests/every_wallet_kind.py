"""The part of ``every_kind`` that is about wallets, private keys and secrets."""

from __future__ import annotations

from typing import Any

from bundles import key_import, sealed_to, secret_target_of, target_of, wallet_import
from composed import ComposedServer
from counterseal.crypto.p256 import P256PrivateKey

_SUITE = {"encryptionSuite": "TRANSPORT_ENCRYPTION_SUITE_ENCLAVE_ENCRYPT_V1"}
_ACCOUNT = {
    "curve": "CURVE_SECP256K1",
    "pathFormat": "PATH_FORMAT_BIP32",
    "path": "m/44'/60'/0'/0/0",
    "addressFormat": "ADDRESS_FORMAT_ETHEREUM",
}


async def parameters_of_wallet_kinds(server: ComposedServer) -> dict[str, Any]:
    """What the root user may send."""
    root = server.root
    wallet = (await server.submit("CREATE_WALLET", _wallet("old"))).result
    key_tag = (await server.submit("CREATE_PRIVATE_KEY_TAG", _key_tag("old"))).result["privateKeyTagId"]
    key = (await server.submit("CREATE_PRIVATE_KEYS_V2", _keys("old", key_tag))).result["privateKeys"][0]
    accounts = (await server.query("list_wallet_accounts", walletId=wallet["walletId"])).json["accounts"]
    account = accounts[0]["walletAccountId"]
    secrets = {"secrets": [_secret("old", await secret_target_of(server))]}
    secret = (await server.submit("IMPORT_SECRETS", secrets)).result["secretIds"][0]
    own = {"userId": root.user_id}
    target = {"targetPublicKey": P256PrivateKey.generate().public_point.hex()}
    words = "zoo " * 11 + "wrong"
    return {
        "CREATE_WALLET": _wallet("one"),
        "CREATE_PRIVATE_KEYS": _keys("one", key_tag),
        "CREATE_PRIVATE_KEYS_V2": _keys("two", key_tag),
        "CREATE_WALLET_ACCOUNTS": {
            "walletId": wallet["walletId"],
            "accounts": [_ACCOUNT | {"path": "m/1", "name": "more"}],
        },
        "UPDATE_WALLET": {"walletId": wallet["walletId"], "walletName": "new"},
        "DELETE_WALLETS": {"walletIds": [wallet["walletId"]], "deleteWithoutExport": True},
        "DELETE_WALLET_ACCOUNTS": {"walletAccountIds": [account], "deleteWithoutExport": True},
        "DELETE_PRIVATE_KEYS": {"privateKeyIds": [key["privateKeyId"]], "deleteWithoutExport": True},
        "CREATE_PRIVATE_KEY_TAG": _key_tag("another", key["privateKeyId"]),
        "UPDATE_PRIVATE_KEY_TAG": {
            "privateKeyTagId": key_tag,
            "newPrivateKeyTagName": "new",
            "addPrivateKeyIds": [key["privateKeyId"]],
            "removePrivateKeyIds": [key["privateKeyId"]],
        },
        "DELETE_PRIVATE_KEY_TAGS": {"privateKeyTagIds": [key_tag]},
        "INIT_IMPORT_SECRETS": {"numSecrets": 1} | _SUITE,
        "IMPORT_SECRETS": {"secrets": [_secret("another", await secret_target_of(server))]},
        "EXPORT_SECRETS": {
            "secrets": [{"secretId": secret, "requestContext": [{"key": "why", "value": "asked"}]} | target | _SUITE]
        },
        "DELETE_SECRETS": {"secretIds": [secret]},
        "INIT_IMPORT_WALLET": own,
        "INIT_IMPORT_PRIVATE_KEY": own,
        "IMPORT_WALLET": wallet_import(
            root, "three", await target_of(server, "WALLET"), words, _ACCOUNT | {"name": "another"}
        ),
        "IMPORT_PRIVATE_KEY": key_import(
            root, "three", await target_of(server, "PRIVATE_KEY"), bytes(range(32)), "SECP256K1", "ETHEREUM"
        ),
        "EXPORT_WALLET": {"walletId": wallet["walletId"], "language": "MNEMONIC_LANGUAGE_ENGLISH"} | target,
        "EXPORT_WALLET_ACCOUNT": {"address": wallet["addresses"][0]} | target,
        "EXPORT_PRIVATE_KEY": {"privateKeyId": key["privateKeyId"]} | target,
    }


def _secret(name: str, target: str) -> dict[str, Any]:
    properties = [{"key": "env", "value": "dev"}]
    payload = {"secretPayload": sealed_to(target, b"text"), "targetPublicKey": target}
    return {"name": name, "staticProperties": properties} | payload | _SUITE


def _key_tag(name: str, *key_ids: str) -> dict[str, Any]:
    return {"privateKeyTagName": name, "privateKeyIds": [*key_ids]}


def _wallet(name: str) -> dict[str, Any]:
    account = _ACCOUNT | {"name": f"account of {name}"}
    return {"walletName": name, "accounts": [account], "mnemonicLength": 12}


def _keys(name: str, key_tag: str) -> dict[str, Any]:
    key = {
        "privateKeyName": name,
        "curve": "CURVE_SECP256K1",
        "privateKeyTags": [key_tag],
        "addressFormats": ["ADDRESS_FORMAT_ETHEREUM"],
    }
    return {"privateKeys": [key]}
