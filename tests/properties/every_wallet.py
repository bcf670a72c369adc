"""The part of ``every_version`` that is about wallets, private keys and secrets: with what is sealed of them."""

from __future__ import annotations

from typing import Any

from bundles import sealed_to
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto import curves
from counterseal.crypto.mnemonics import Language
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore import Keystore
from counterseal.keystore.imports import Imported, ImportPlace, seal_target, secret_purpose
from counterseal.keystore.wallet_keys import SealedKey, SealedSeed, seal_entropy, seal_key
from counterseal.organizations import ImportTarget, PrivateKey, Row, Secret, Wallet, WalletAccount
from sample import NOW_MS, ORGANIZATION_ID, uuid

OWNER = uuid(0xA1)
WALLET, ACCOUNT, PRIVATE_KEY, SECRET = uuid(0x1A1), uuid(0x1A2), uuid(0x1A3), uuid(0x1A7)
TARGETS = {Imported.WALLET: uuid(0x1A4), Imported.PRIVATE_KEY: uuid(0x1A5), Imported.TEXT: uuid(0x1A6)}
TARGET_KEYS = {what: P256PrivateKey.generate() for what in TARGETS}
PHRASE = b"zoo " * 11 + b"wrong"
ADDRESS = "0x9858EfFD232B4033E47d90003D41EC34EcaEda94"
ETHEREUM = {
    "curve": "CURVE_SECP256K1",
    "pathFormat": "PATH_FORMAT_BIP32",
    "path": "m/44'/60'/0'/0/0",
    "addressFormat": "ADDRESS_FORMAT_ETHEREUM",
}

_SUITE = {"encryptionSuite": "TRANSPORT_ENCRYPTION_SUITE_ENCLAVE_ENCRYPT_V1"}
_HASHED = {"encoding": "PAYLOAD_ENCODING_HEXADECIMAL", "hashFunction": "HASH_FUNCTION_SHA256"}
_TRANSACTION = {"unsignedTransaction": "c9808080808080018080", "type": "TRANSACTION_TYPE_ETHEREUM"}


def _bundle(what: Imported, plaintext: bytes) -> str:
    return sealed_to(TARGET_KEYS[what].public_point.hex(), plaintext)


def requests_of_wallets(target: str) -> dict[str, dict[str, Any]]:
    """Of the owner of all this, who exports to a target."""
    key = {"privateKeyName": "k", "curve": "CURVE_P256", "privateKeyTags": [], "addressFormats": []}
    return {
        "CREATE_WALLET": {"walletName": "new", "accounts": [ETHEREUM | {"name": "n"}], "mnemonicLength": 24},
        "CREATE_PRIVATE_KEYS": {"privateKeys": [key]},
        "CREATE_PRIVATE_KEYS_V2": {"privateKeys": [key]},
        "CREATE_WALLET_ACCOUNTS": {"walletId": WALLET, "accounts": [ETHEREUM | {"path": "m/1"}], "persist": True},
        "UPDATE_WALLET": {"walletId": WALLET, "walletName": "new"},
        "DELETE_WALLETS": {"walletIds": [WALLET], "deleteWithoutExport": True},
        "DELETE_WALLET_ACCOUNTS": {"walletAccountIds": [ACCOUNT], "deleteWithoutExport": True},
        "DELETE_PRIVATE_KEYS": {"privateKeyIds": [PRIVATE_KEY], "deleteWithoutExport": True},
        "SIGN_RAW_PAYLOAD": {"privateKeyId": PRIVATE_KEY, "payload": "abcd"} | _HASHED,
        "SIGN_RAW_PAYLOAD_V2": {"signWith": PRIVATE_KEY, "payload": "abcd"} | _HASHED,
        "SIGN_RAW_PAYLOADS": {"signWith": ADDRESS, "payloads": ["abcd", "ef"]} | _HASHED,
        "SIGN_TRANSACTION": {"privateKeyId": PRIVATE_KEY} | _TRANSACTION,
        "SIGN_TRANSACTION_V2": {"signWith": ADDRESS} | _TRANSACTION,
        "INIT_IMPORT_SECRETS": {"numSecrets": 2} | _SUITE,
        "IMPORT_SECRETS": {
            "secrets": [
                {
                    "name": "new",
                    "secretPayload": _bundle(Imported.TEXT, b"text"),
                    "targetPublicKey": TARGET_KEYS[Imported.TEXT].public_point.hex(),
                    "staticProperties": [{"key": "env", "value": "dev"}],
                }
                | _SUITE
            ]
        },
        "EXPORT_SECRETS": {"secrets": [{"secretId": SECRET, "targetPublicKey": target} | _SUITE]},
        "DELETE_SECRETS": {"secretIds": [SECRET]},
        "INIT_IMPORT_WALLET": {"userId": OWNER},
        "INIT_IMPORT_PRIVATE_KEY": {"userId": OWNER},
        "IMPORT_WALLET": {
            "userId": OWNER,
            "walletName": "new",
            "encryptedBundle": _bundle(Imported.WALLET, PHRASE),
            "accounts": [ETHEREUM],
        },
        "IMPORT_PRIVATE_KEY": {
            "userId": OWNER,
            "privateKeyName": "new",
            "encryptedBundle": _bundle(Imported.PRIVATE_KEY, bytes(31) + b"\x07"),
            "curve": "CURVE_SECP256K1",
            "addressFormats": ["ADDRESS_FORMAT_ETHEREUM"],
        },
        "EXPORT_WALLET": {
            "walletId": WALLET,
            "targetPublicKey": target,
            "language": "MNEMONIC_LANGUAGE_ENGLISH",
        },
        "EXPORT_WALLET_ACCOUNT": {"address": ADDRESS, "targetPublicKey": target},
        "EXPORT_PRIVATE_KEY": {"privateKeyId": PRIVATE_KEY, "targetPublicKey": target},
    }


def rows_of_wallets() -> tuple[Row, ...]:
    """A wallet with an account, a private key, and a user's targets."""
    seed, account_key, other_key = _sealed(_NoSeal())
    made = {"created_ms": NOW_MS, "updated_ms": NOW_MS}
    account = WalletAccount(
        id=ACCOUNT,
        wallet_id=WALLET,
        curve=Curve.SECP256K1,
        path=ETHEREUM["path"],
        levels=ETHEREUM["path"],
        followed=ETHEREUM["path"],
        address_format=AddressFormat.ETHEREUM,
        address=ADDRESS,
        public_key=account_key.public_key,
        **made,
    )
    targets = (
        ImportTarget(
            id=TARGETS[what],
            what=what,
            user_id=_user_of(what),
            public_key=TARGET_KEYS[what].public_point.hex(),
            expires_ms=NOW_MS + 1,
        )
        for what in TARGETS
    )
    key = PrivateKey(id=PRIVATE_KEY, name="key", curve=Curve.SECP256K1, public_key=other_key.public_key, **made)
    return (
        Wallet(id=WALLET, name="wallet", seed_mark=seed.mark, **made),
        account,
        key,
        Secret(id=SECRET, created_ms=NOW_MS),
        *targets,
    )


def secrets_of(keystore: Keystore) -> dict[str, bytes]:
    """What is sealed of these rows, by their ids."""
    seed, account, key = _sealed(keystore)
    secrets = {WALLET: seed.sealed, ACCOUNT: account.sealed, PRIVATE_KEY: key.sealed}
    secrets[SECRET] = keystore.encrypt(b"text", secret_purpose(ORGANIZATION_ID, SECRET))
    for what, id_ in TARGETS.items():
        place = ImportPlace(organization_id=ORGANIZATION_ID, user_id=_user_of(what), what=what)
        secrets[id_] = seal_target(keystore, place, TARGET_KEYS[what]).sealed
    return secrets


def _user_of(what: Imported) -> str | None:
    return None if what is Imported.TEXT else OWNER


def _sealed(keystore: Any) -> tuple[SealedSeed, SealedKey, SealedKey]:
    seed = seal_entropy(keystore, ORGANIZATION_ID, bytearray(16), Language.ENGLISH)
    account = seal_key(keystore, ORGANIZATION_ID, curves.Curve.SECP256K1, bytearray(31) + b"\x05")
    key = seal_key(keystore, ORGANIZATION_ID, curves.Curve.SECP256K1, bytearray(31) + b"\x06")
    return seed, account, key


class _NoSeal:
    """Whoever asks is told what is public."""

    def encrypt(self, _secret: object, _purpose: str) -> bytes:
        return b""
