"""What a client does with bundles, spelt out: it checks what it is sent, seals to a target, opens what was exported."""

from __future__ import annotations

import json
from typing import Any

from composed import Actor, ComposedServer
from counterseal.crypto import hpke, p256
from counterseal.crypto.p256 import P256PrivateKey


def said_in(envelope: str, server: ComposedServer, organization_id: str | None = None) -> dict[str, Any]:
    """The signed message of an envelope, once the server's signature over it is seen to hold."""
    outer = json.loads(envelope)
    assert list(outer) == ["version", "data", "dataSignature", "enclaveQuorumPublic"]
    assert outer["version"] == "v1.0.0"
    assert outer["enclaveQuorumPublic"] == server.keystore.public_identities()["signer"]
    data = bytes.fromhex(outer["data"])
    assert p256.verify(bytes.fromhex(outer["enclaveQuorumPublic"]), bytes.fromhex(outer["dataSignature"]), data)
    message: dict[str, Any] = json.loads(data)
    assert message["organizationId"] == (organization_id or server.root.organization_id)
    return message


def sealed_to(target_public_key: str, plaintext: bytes) -> str:
    """What a client sends: ``encryptedBundle``, or a ``secretPayload``."""
    sealed = hpke.seal_to_target(bytes.fromhex(target_public_key), plaintext)
    return json.dumps({"encappedPublic": sealed.encapsulated_key.hex(), "ciphertext": sealed.ciphertext.hex()})


def opened(envelope: str, key: P256PrivateKey, server: ComposedServer, organization_id: str | None = None) -> bytes:
    """The plaintext of an export."""
    message = said_in(envelope, server, organization_id)
    assert list(message) == ["encappedPublic", "ciphertext", "organizationId"]
    sealed = hpke.Sealed(bytes.fromhex(message["encappedPublic"]), bytes.fromhex(message["ciphertext"]))
    return hpke.open_from_sender(sealed, key)


async def target_of(server: ComposedServer, what: str, *, by: Actor | None = None) -> str:
    """A new target key of a user, for a ``WALLET`` or a ``PRIVATE_KEY``."""
    actor = by or server.root
    reply = await server.submit(f"INIT_IMPORT_{what}", {"userId": actor.user_id}, by=by)
    message = said_in(reply.result["importBundle"], server, actor.organization_id)
    assert list(message) == ["targetPublic", "organizationId", "userId"]
    assert message["userId"] == actor.user_id
    public: str = message["targetPublic"]
    return public


async def secret_target_of(server: ComposedServer, *, by: Actor | None = None) -> str:
    """A new target key for a secret."""
    suite = "TRANSPORT_ENCRYPTION_SUITE_ENCLAVE_ENCRYPT_V1"
    reply = await server.submit("INIT_IMPORT_SECRETS", {"numSecrets": 1, "encryptionSuite": suite}, by=by)
    (message,) = reply.result["enclaveTargetMessages"]
    public: str = said_in(message, server, (by or server.root).organization_id)["targetPublic"]
    return public


def wallet_import(
    actor: Actor, name: str, target: str, phrase: str | bytes, *accounts: dict[str, Any]
) -> dict[str, Any]:
    """The parameters of IMPORT_WALLET."""
    plaintext = phrase if isinstance(phrase, bytes) else phrase.encode()
    bundle = sealed_to(target, plaintext)
    return {"userId": actor.user_id, "walletName": name, "encryptedBundle": bundle, "accounts": [*accounts]}


def key_import(actor: Actor, name: str, target: str, secret: bytes, curve: str, *formats: str) -> dict[str, Any]:
    """The parameters of IMPORT_PRIVATE_KEY."""
    return {
        "userId": actor.user_id,
        "privateKeyName": name,
        "encryptedBundle": sealed_to(target, secret),
        "curve": f"CURVE_{curve}",
        "addressFormats": [f"ADDRESS_FORMAT_{each}" for each in formats],
    }
