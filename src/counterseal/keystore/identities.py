"""The server's own keys: which there are, what each is for, and how its public half is written.

All are independent, as the original's are, so that one leaking says nothing about another. The P-256 ones stand where
official clients have public keys pinned, and are given to them as overrides (``dangerouslyOverride…`` of
``@turnkey/crypto``), which are compared as text: hence lower case.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from counterseal.crypto import p256
from counterseal.crypto.ed25519 import Ed25519PrivateKey
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.private_key import PrivateKey
from counterseal.keystore.cipher import Cipher
from counterseal.keystore.keys import KEY_BYTES
from counterseal.keystore.records import SealedSecret, seal_secret


@dataclass(frozen=True, slots=True)
class Identity:
    """What kind of key a name stands for. ``signs`` is false for keys that others only encrypt to."""

    key_type: type[P256PrivateKey] | type[Ed25519PrivateKey] = P256PrivateKey
    signs: bool = True
    compressed: bool = False

    def public_text(self, private_key: PrivateKey) -> str:
        """Lower-case hex: 130 digits (P-256), 66 (P-256 compressed) or 64 (Ed25519)."""
        if self.key_type is Ed25519PrivateKey or self.compressed:
            return private_key.public_key.hex()
        return p256.uncompress(private_key.public_key).hex()


IDENTITIES: Final[Mapping[str, Identity]] = MappingProxyType(
    {
        "signer": Identity(),  # export, import and secret bundles
        "signer_encryption": Identity(signs=False),  # the other half of what Rust's client pins, see `SIGNER_QUORUM`
        "notarizer": Identity(),  # session JWTs
        "tls_fetcher": Identity(),  # OTP target bundles and verification tokens
        "tls_fetcher_encryption": Identity(signs=False),  # OAuth 2.0 client secrets are sealed to it
        # The client's option takes the compressed form only (`encryptOnRampSecret`).
        "on_ramp": Identity(signs=False, compressed=True),
        "webhook": Identity(key_type=Ed25519PrivateKey),
        "ledger": Identity(key_type=Ed25519PrivateKey),  # checkpoints
    }
)

ADDED_LATER: Final = frozenset({"signer_encryption", "ledger"})
"""Names that stores of earlier releases do not have: they are made at the next start."""

SIGNER_QUORUM: Final = "signer_quorum"
"""No key of its own: the signer as Rust's ``QuorumPublicKey::from_string`` takes it, 260 digits. The original's is of a
quorum: the key to encrypt to, then the key that signs (crate ``turnkey_enclave_encrypt``, ``quorum_public_key.rs``)."""

SESSION_TOKENS: Final = "session_tokens"
"""The HMAC key of read-only session tokens: 32 bytes, no public half."""


def new_identity(name: str, cipher: Cipher) -> SealedSecret:
    """A fresh key for ``name``, an identity or ``SESSION_TOKENS``, sealed."""
    if name == SESSION_TOKENS:
        return seal_secret(cipher, name=name, public_key="", secret=os.urandom(KEY_BYTES))
    identity = IDENTITIES[name]
    private_key = identity.key_type.generate()
    return seal_secret(cipher, name=name, public_key=identity.public_text(private_key), secret=private_key.secret)
