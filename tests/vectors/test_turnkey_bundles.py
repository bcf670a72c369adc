"""Sealed messages that Turnkey's SDKs publish, or that ``@turnkey/crypto`` made or opened."""

import json
from pathlib import Path
from typing import Any

import pytest

from counterseal.crypto import base58check, hpke, open_credential_bundle, p256
from counterseal.crypto.curves import Curve
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
from counterseal.stamps.api_key import _decode_base64

DATA = Path(__file__).parent / "data"
HPKE = json.loads((DATA / "hpke.json").read_text())
ENCODINGS = json.loads((DATA / "encodings.json").read_text())
INTEROP = json.loads((DATA / "interop.json").read_text())

BUNDLES = {bundle["name"]: bundle for bundle in HPKE["bundles"]}
CREDENTIAL_BUNDLES = [bundle for bundle in HPKE["bundles"] if bundle["type"] == "credentialBundle"]
SIGNED_BUNDLES = [bundle["bundle"] for bundle in HPKE["bundles"] if bundle["type"] in ("exportBundle", "importBundle")]
SIGNED_BUNDLES += [export["bundle"] for export in INTEROP["exportBundles"]]

SIGNER_POINT = bytes.fromhex(BUNDLES["export-wallet-v1"]["bundle"]["enclaveQuorumPublic"])


def open_message(message: dict[str, str], target_private_key: str) -> bytes:
    sealed = hpke.Sealed(bytes.fromhex(message["encappedPublic"]), bytes.fromhex(message["ciphertext"]))
    return hpke.open_from_sender(sealed, P256PrivateKey.from_secret(bytes.fromhex(target_private_key)))


def test_key_schedule_context_is_the_sdks_constant() -> None:
    constants = HPKE["constants"]
    assert constants["infoUtf8"].encode() == hpke.TURNKEY_INFO
    assert hpke._key_schedule_context(hpke.TURNKEY_INFO).hex() == constants["keyScheduleContextHex"]


@pytest.mark.parametrize("bundle", [*CREDENTIAL_BUNDLES, INTEROP["credentialBundle"]], ids=["ts", "rust", "interop"])
def test_credential_bundles_open(bundle: dict[str, str]) -> None:
    opened = open_credential_bundle(bundle["bundle"], bytes.fromhex(bundle["targetPrivateKey"]))
    assert opened.hex() == bundle["plaintextHex"]


def test_base58check_of_the_auth_frame() -> None:
    bundle = BUNDLES["credentialBundle-frames-decode-only"]
    assert base58check.decode(bundle["bundle"]).hex() == bundle["decodedHex"]
    assert base58check.encode(bytes.fromhex(bundle["decodedHex"])) == bundle["bundle"]


def test_export_bundle_opens() -> None:
    bundle = BUNDLES["export-wallet-v1"]
    message = json.loads(bytes.fromhex(bundle["bundle"]["data"]))
    assert message["organizationId"] == bundle["organizationId"]
    assert open_message(message, bundle["embeddedPrivateKey"]).decode() == bundle["plaintextUtf8"]


@pytest.mark.parametrize("export", INTEROP["exportBundles"], ids=["mnemonic", "key"])
def test_interop_export_bundles_open(export: dict[str, Any]) -> None:
    message = json.loads(bytes.fromhex(export["bundle"]["data"]))
    assert open_message(message, export["targetPrivateKey"]).hex() == export["plaintextHex"]


@pytest.mark.parametrize("client", INTEROP["clientMessages"], ids=lambda client: client["name"])
def test_messages_sealed_by_the_javascript_client_open(client: dict[str, Any]) -> None:
    assert open_message(client["message"], client["targetPrivateKey"]).hex() == client["plaintextHex"]


def test_secret_sealed_by_the_javascript_client_into_base58check_opens() -> None:
    secret = INTEROP["onRampSecret"]
    payload = base58check.decode(secret["text"])
    receiver = P256PrivateKey.from_secret(bytes.fromhex(secret["targetPrivateKey"]))
    assert hpke.open_from_sender(hpke.Sealed(payload[:33], payload[33:]), receiver).decode() == secret["plaintextUtf8"]


@pytest.mark.parametrize("client", INTEROP["clientMessages"], ids=lambda client: client["name"])
def test_the_keystore_opens_them_as_text(client: dict[str, Any]) -> None:
    target = P256PrivateKey.from_secret(bytes.fromhex(client["targetPrivateKey"]))
    opened = open_client_message(json.dumps(client["message"]), target=target, plaintext_max=1024)
    assert opened.hex() == client["plaintextHex"]
    if client["name"] == "importWallet":
        assert imported_phrase(opened)[0] == bytes(16)
    elif len(opened) == 32:
        assert imported_key(opened, Curve.ED25519) == public_key_of(Curve.ED25519, opened)
    else:
        imported_secret(opened)


@pytest.mark.parametrize("name", ["import-wallet-target-v1", "import-private-key-target-v1"])
def test_import_targets_are_written_byte_for_byte(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All but the signature, which is new each time; the original's private keys are not known."""
    original = BUNDLES[name]
    theirs = original["bundle"]
    point = bytes.fromhex(json.loads(bytes.fromhex(theirs["data"]))["targetPublic"])
    target, signer = P256PrivateKey.generate(), P256PrivateKey.generate()
    monkeypatch.setattr(P256PrivateKey, "public_point", property(lambda key: point if key is target else SIGNER_POINT))
    made = target_bundle(target, organization_id=original["organizationId"], user_id=original["userId"], signer=signer)
    assert json.loads(made)["data"] == theirs["data"]
    assert made == json.dumps(theirs | {"dataSignature": json.loads(made)["dataSignature"]}, separators=(",", ":"))


def test_export_bundles_are_written_byte_for_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    export = BUNDLES["export-wallet-v1"]["bundle"]
    message = json.loads(bytes.fromhex(export["data"]))
    sealed = hpke.Sealed(bytes.fromhex(message["encappedPublic"]), bytes.fromhex(message["ciphertext"]))
    monkeypatch.setattr(hpke, "seal_to_target", lambda *_: sealed)
    monkeypatch.setattr(P256PrivateKey, "public_point", property(lambda _: SIGNER_POINT))
    made = export_bundle(
        b"", target_public_key=b"", organization_id=message["organizationId"], signer=P256PrivateKey.generate()
    )
    assert json.loads(made)["data"] == export["data"]
    assert made == json.dumps(export | {"dataSignature": json.loads(made)["dataSignature"]}, separators=(",", ":"))


@pytest.mark.parametrize("bundle", SIGNED_BUNDLES, ids=range(len(SIGNED_BUNDLES)))
def test_signatures_of_signed_bundles(bundle: dict[str, str]) -> None:
    signer, signature = bytes.fromhex(bundle["enclaveQuorumPublic"]), bytes.fromhex(bundle["dataSignature"])
    data = bytes.fromhex(bundle["data"])
    assert p256.verify(signer, signature, data)
    assert not p256.verify(signer, signature, data + b" ")


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda encoding: encoding["source"])
def test_encodings(encoding: dict[str, str]) -> None:
    if "base58check" in encoding:
        assert base58check.encode(bytes.fromhex(encoding["payloadHex"])) == encoding["base58check"]
        assert base58check.decode(encoding["base58check"]).hex() == encoding["payloadHex"]
    else:
        expected = bytes.fromhex(encoding["hex"]) if "hex" in encoding else encoding["input"].encode()
        assert _decode_base64(encoding["base64url"]) == expected
