"""``@turnkey/crypto``, unmodified, opens the bundles that the keystore makes, and the keystore those that it makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import base58
import pytest

from counterseal.crypto import mnemonics
from counterseal.crypto.curves import Curve
from counterseal.crypto.mnemonics import Language
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.public_keys import public_key_of
from counterseal.keystore.bundles import (
    export_bundle,
    imported_key,
    imported_phrase,
    imported_secret,
    open_client_message,
    target_bundle,
)
from node_process import answers_of

ORGANIZATION, USER = "0190e2a4-0000-7000-8000-000000000001", "0190e2a4-0000-7000-8000-000000000002"
SIGNER, TARGET, CLIENT = (P256PrivateKey.generate() for _ in range(3))
KEYS = [bytes((first,)) + bytes(range(31)) for first in (0, 1, 200)]
PHRASES = [mnemonics.phrase_of(bytes(range(size)), language) for size in (16, 20, 24, 28, 32) for language in Language]
SECRETS = ["s3cr3t", "clé ✓\n", "x" * 65536]


def ask(*questions: dict[str, Any]) -> list[dict[str, Any]]:
    """One node process for all."""
    return answers_of(Path(__file__).parent / "javascript" / "bundles.mjs", questions)


def exported(plaintext: bytes | bytearray, **changes: Any) -> dict[str, Any]:
    bundle = export_bundle(
        plaintext, target_public_key=CLIENT.public_point, organization_id=ORGANIZATION, signer=SIGNER
    )
    question = {"call": "decryptExportBundle", "exportBundle": bundle, "embeddedKey": CLIENT.secret.hex()}
    return question | {"organizationId": ORGANIZATION, "signer": SIGNER.public_point.hex()} | changes


def to_import(call: str, bundle: str = "importBundle", user_id: str | None = USER, **more: Any) -> dict[str, Any]:
    made = target_bundle(TARGET, organization_id=ORGANIZATION, user_id=user_id, signer=SIGNER)
    question = {"call": call, bundle: made, "organizationId": ORGANIZATION, "signer": SIGNER.public_point.hex()}
    return question | ({"userId": user_id} if user_id else {}) | more


def opened(message: str, plaintext_max: int) -> bytearray:
    return open_client_message(message, target=TARGET, plaintext_max=plaintext_max)


def test_exported_wallets_open() -> None:
    """The client reads English words as text; all others as bytes, which it does not put together again."""
    answers = ask(*(exported(phrase, returnMnemonic=False) for phrase in PHRASES))
    assert [bytes.fromhex(each["answer"]) for each in answers] == PHRASES
    english = mnemonics.phrase_of(bytes(16))
    assert ask(exported(english, returnMnemonic=True)) == [{"answer": english.decode()}]


def test_exported_keys_open() -> None:
    answers = ask(*(exported(key, returnMnemonic=False) for key in KEYS))
    assert [each["answer"] for each in answers] == [key.hex() for key in KEYS]
    (solana,) = ask(exported(KEYS[1], returnMnemonic=False, keyFormat="SOLANA"))
    assert base58.b58decode(solana["answer"]) == KEYS[1] + public_key_of(Curve.ED25519, KEYS[1])


def test_exported_secrets_open() -> None:
    questions = []
    for secret in SECRETS:
        question = exported(secret.encode(), call="decryptSecretBundle", embeddedPrivateKey=CLIENT.secret.hex())
        questions.append(question | {"secretPayload": question["exportBundle"]})
    assert [each["answer"] for each in ask(*questions)] == SECRETS


def test_exports_are_bound_to_signer_organization_and_target() -> None:
    stranger = P256PrivateKey.generate()
    answers = ask(
        exported(KEYS[1], returnMnemonic=False, signer=stranger.public_point.hex()),
        exported(KEYS[1], returnMnemonic=False, organizationId=USER),
        exported(KEYS[1], returnMnemonic=False, embeddedKey=stranger.secret.hex()),
    )
    assert all("error" in each for each in answers)


def test_wallets_that_the_client_seals_are_read() -> None:
    answers = ask(*(to_import("encryptWalletToBundle", mnemonic=phrase.decode()) for phrase in PHRASES))
    for phrase, each in zip(PHRASES, answers, strict=True):
        assert imported_phrase(opened(each["answer"], 8192)) == mnemonics.read_phrase(phrase.decode())


@pytest.mark.parametrize("curve", Curve)
def test_keys_that_the_client_seals_are_read(curve: Curve) -> None:
    questions = [
        to_import("encryptPrivateKeyToBundle", privateKey=key.hex(), keyFormat="HEXADECIMAL") for key in KEYS[:2]
    ]
    for key, each in zip(KEYS, ask(*questions), strict=False):
        plaintext = opened(each["answer"], 32)
        assert plaintext == key
        assert imported_key(plaintext, curve) == public_key_of(curve, key)


def test_solana_keys_that_the_client_seals_are_their_first_half() -> None:
    text = base58.b58encode(KEYS[1] + public_key_of(Curve.ED25519, KEYS[1])).decode()
    (answer,) = ask(to_import("encryptPrivateKeyToBundle", privateKey=text, keyFormat="SOLANA"))
    assert opened(answer["answer"], 32) == KEYS[1]


def test_secrets_that_the_client_seals_are_read() -> None:
    questions = [
        to_import("encryptSecretToBundle", "ingressTargetBundle", None, plaintext=secret) for secret in SECRETS
    ]
    for secret, each in zip(SECRETS, ask(*questions), strict=True):
        assert each["answer"]["targetPublicKey"] == TARGET.public_point.hex()
        plaintext = opened(each["answer"]["secretPayload"], 65536)
        imported_secret(plaintext)
        assert plaintext == secret.encode()


def test_imports_are_bound_to_signer_organization_and_user() -> None:
    sealing = {"mnemonic": PHRASES[0].decode()}
    answers = ask(
        to_import("encryptWalletToBundle", **sealing, signer=CLIENT.public_point.hex()),
        to_import("encryptWalletToBundle", **sealing, organizationId=USER),
        to_import("encryptWalletToBundle", **sealing, userId=ORGANIZATION),
    )
    assert all("error" in each for each in answers)
