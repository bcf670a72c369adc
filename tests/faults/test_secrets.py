"""Secrets of a running server are looked for in all that it writes and answers: they may be nowhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from composed import key_params, user_params
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, load_private_key, sign_stamp
from counterseal.crypto.bundle import open_credential_bundle
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore import FileSeal
from served import RunningServer
from store_kinds import StoreKind


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
