"""Secrets of a running server are looked for in all that it writes and answers: they may be nowhere."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bundles import sealed_to
from composed import key_params, user_params
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, load_private_key, mnemonics, sign_stamp
from counterseal.crypto.bundle import open_credential_bundle
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore import FileSeal
from served import RunningServer
from store_kinds import StoreKind

_ACCOUNT = {
    "curve": "CURVE_SECP256K1",
    "pathFormat": "PATH_FORMAT_BIP32",
    "path": "m/44'/60'/0'/0/0",
    "addressFormat": "ADDRESS_FORMAT_ETHEREUM",
}


def forms(secret: bytes) -> Iterator[bytes]:
    """The ways in which a secret is usually written, and halves of them, in case it is cut."""
    yield from (secret, secret[:16], secret[16:])
    for text in (
        secret[:16].hex(),
        secret[16:].hex(),
        secret.hex().upper()[:32],
        base64.b64encode(secret).decode()[:40],
        base64.urlsafe_b64encode(secret).decode()[:40],
        repr(secret)[2:-1],
        str(list(secret))[1:-1],
        str(int.from_bytes(secret)),
    ):
        yield text.encode()


def assert_absent(secrets: dict[str, bytes], place: str, content: bytes) -> None:
    for name, secret in secrets.items():
        for form in forms(secret):
            assert form not in content, f"the {name} is in {place}"


class Talk:
    """All replies of a conversation."""

    def __init__(self, server: RunningServer, key: PrivateKey) -> None:
        self._server = server
        self._key = key
        self.replies: list[bytes] = []

    def submit(self, name: str, activity_type: str, parameters: object, **members: object) -> dict[str, object]:
        _, reply = self._server.submit(name, activity_type, parameters, key=self._key, **members)
        self.replies.append(json.dumps(reply).encode())
        return reply

    def query(self, name: str, **members: object) -> None:
        _, reply = self._server.query(name, key=self._key, **members)
        self.replies.append(json.dumps(reply).encode())

    def post(self, path: str, body: bytes, stamp: str | None) -> None:
        _, reply = self._server.post(path, body, stamp)
        self.replies.append(json.dumps(reply).encode())


@pytest.fixture
def server(start_on_each_store: Callable[..., RunningServer]) -> Iterator[RunningServer]:
    made = start_on_each_store("--log-level=debug")
    yield made
    made.stop()


def store_of(server: RunningServer, store_kind: StoreKind) -> bytes:
    """All that lies there."""
    if server.database is not None:
        return store_kind.contents(server.database)
    return b"".join(file.read_bytes() for file in sorted(server.data.glob("counterseal.db*")))


def test_no_secret_is_anywhere(server: RunningServer, store_kind: StoreKind) -> None:
    talk = Talk(server, server.key)
    target = P256PrivateKey.generate()
    secrets = {
        "root key": FileSeal(server.data).unseal().reveal(),
        "root user's private key": server.key.secret,
        "session target's private key": target.secret,
    }
    for number in range(3):
        parameters = {"targetPublicKey": target.public_point.hex(), "invalidateExisting": bool(number)}
        reply = talk.submit("create_read_write_session", "CREATE_READ_WRITE_SESSION_V2", parameters)
        result = reply["activity"]["result"]["createReadWriteSessionResultV2"]  # type: ignore[index]
        bundle: str = result["credentialBundle"]
        secrets[f"session key {number}"] = open_credential_bundle(bundle, target.secret)
    _provoke(server, talk)

    assert_absent(secrets, "the log", server.log.read_bytes())
    assert_absent(secrets, "the store", store_of(server, store_kind))
    server.stop()
    assert_absent(secrets, "the closed store", store_of(server, store_kind))
    for reply_bytes in talk.replies:
        assert_absent(secrets, "a reply", reply_bytes)
    for secret in "root user's private key", "root key":
        assert secret in secrets
    private_files = {path.name for path in server.data.rglob("*") if path.suffix in (".private", ".key")}
    assert private_files == {"root.private", "root.key"}, "where they are allowed to be"


def test_what_is_imported_and_exported_is_nowhere(server: RunningServer, store_kind: StoreKind) -> None:
    """Not where it comes in, nor where it is refused, nor where it goes out."""
    talk = Talk(server, server.key)
    client, suite = P256PrivateKey.generate(), {"encryptionSuite": "TRANSPORT_ENCRYPTION_SUITE_ENCLAVE_ENCRYPT_V1"}
    target = {"targetPublicKey": client.public_point.hex()}
    own, entropy, key = {"userId": server.user_id}, os.urandom(32), os.urandom(32)
    phrase, text = bytes(mnemonics.phrase_of(entropy)), os.urandom(24).hex().encode()
    secrets = {
        "entropy": entropy,
        "phrase": phrase,
        "seed": bytes(mnemonics.seed_of(phrase)),
        "imported key": key,
        "secret": text,
        "client's private key": client.secret,
    }
    wallet = _result(talk.submit("init_import_wallet", "INIT_IMPORT_WALLET", own))["importBundle"]
    words = own | {"walletName": "w", "accounts": [_ACCOUNT]}
    for plaintext in b"no " + phrase, phrase, phrase:
        bundle = {"encryptedBundle": sealed_to(_target_in(wallet), plaintext)}
        reply = talk.submit("import_wallet", "IMPORT_WALLET", words | bundle)
        if "activity" in reply:
            made = _result(reply)
    private = _result(talk.submit("init_import_private_key", "INIT_IMPORT_PRIVATE_KEY", own))["importBundle"]
    params = own | {"privateKeyName": "k", "curve": "CURVE_ED25519", "addressFormats": ["ADDRESS_FORMAT_SOLANA"]}
    for plaintext in key[:31], key, key:
        bundle = {"encryptedBundle": sealed_to(_target_in(private), plaintext)}
        reply = talk.submit("import_private_key", "IMPORT_PRIVATE_KEY", params | bundle)
        if "activity" in reply:
            private_key = _result(reply)["privateKeyId"]
    init = talk.submit("init_import_secrets", "INIT_IMPORT_SECRETS", {"numSecrets": 1} | suite)
    public = _target_in(_result(init)["enclaveTargetMessages"][0])
    for plaintext in text + b"\xff", text:
        brought = {"secretPayload": sealed_to(public, plaintext), "targetPublicKey": public} | suite
        reply = talk.submit("import_secrets", "IMPORT_SECRETS", {"secrets": [brought]})
    (secret_id,) = _result(reply)["secretIds"]
    talk.submit("export_wallet", "EXPORT_WALLET", {"walletId": made["walletId"]} | target)
    talk.submit("export_wallet_account", "EXPORT_WALLET_ACCOUNT", {"address": made["addresses"][0]} | target)
    talk.submit("export_private_key", "EXPORT_PRIVATE_KEY", {"privateKeyId": private_key} | target)
    exported = talk.submit("export_secrets", "EXPORT_SECRETS", {"secrets": [{"secretId": secret_id} | target | suite]})
    assert len(_result(exported)["secretPayloads"]) == 1
    for name in "list_wallets", "list_wallet_accounts", "list_private_keys", "list_secrets", "list_activities":
        talk.query(name)
    assert_absent(secrets, "the log", server.log.read_bytes())
    assert_absent(secrets, "the store", store_of(server, store_kind))
    server.stop()
    assert_absent(secrets, "the closed store", store_of(server, store_kind))
    for reply_bytes in talk.replies:
        assert_absent(secrets, "a reply", reply_bytes)


def _result(reply: dict[str, Any]) -> Any:
    (result,) = reply["activity"]["result"].values()
    return result


def _target_in(envelope: str) -> str:
    public: str = json.loads(bytes.fromhex(json.loads(envelope)["data"]))["targetPublic"]
    return public


def _provoke(server: RunningServer, talk: Talk) -> None:
    """Errors of every kind."""
    users = {"users": [user_params("ann", generate_key_pair(Curve.P256))]}
    talk.submit("create_users", "CREATE_USERS_V4", users)
    talk.submit("create_users", "CREATE_USERS_V4", users)
    talk.submit("create_users", "CREATE_USERS_V4", {"users": "none"})
    talk.submit("create_read_write_session", "CREATE_READ_WRITE_SESSION_V2", {"targetPublicKey": "04" + "00" * 64})
    taken = {"userId": server.user_id, "apiKeys": [key_params(server.key)]}
    talk.submit("create_api_keys", "CREATE_API_KEYS_V2", taken)
    talk.submit("approve_activity", "APPROVE_ACTIVITY", {"fingerprint": "sha256:" + "0" * 64})
    for name in "whoami", "list_activities", "get_api_keys", "list_users":
        talk.query(name)
    talk.query("get_activity", activityId="nothing")
    talk.query("whoami", organizationId="00000000-0000-4000-8000-000000000000")
    talk.post("/public/v1/query/whoami", b"{", sign_stamp(server.key, b"{"))
    talk.post("/public/v1/query/whoami", b"{}", None)
    talk.post("/public/v1/nothing", b"{}", None)


def test_a_private_key_that_was_posted_by_mistake_is_not_quoted(server: RunningServer, store_kind: StoreKind) -> None:
    """The evidence keeps what was signed; neither errors nor logs repeat it."""
    key = P256PrivateKey.generate()
    talk = Talk(server, server.key)
    secrets = {"posted key": key.secret}
    params = {"apiKeyName": "x", "curveType": "API_KEY_CURVE_P256"}
    for text in key.secret.hex(), key.secret.hex() + ":p256", "0x" + key.secret.hex():
        wrong = {"userId": server.user_id, "apiKeys": [params | {"publicKey": text}]}
        assert "code" in talk.submit("create_api_keys", "CREATE_API_KEYS_V2", wrong)
        session = {"targetPublicKey": text}
        assert "code" in talk.submit("create_read_write_session", "CREATE_READ_WRITE_SESSION_V2", session)
    for reply in talk.replies:
        assert_absent(secrets, "an error", reply)
    assert_absent(secrets, "the log", server.log.read_bytes())
    assert_absent(secrets, "the store", store_of(server, store_kind))


def test_nothing_shows_itself(server: RunningServer, tmp_path: Path) -> None:
    key = load_private_key(server.private_key_file.read_text("utf-8"))
    root_key = FileSeal(server.data).unseal()
    for shown in repr(key), str(key), f"{key}", repr(root_key), str(root_key):
        assert_absent({"key": key.secret, "root key": root_key.reveal()}, "a repr", shown.encode())
