"""API keys as text: public keys as the API takes them, private keys as Turnkey's command-line tool keeps them.

A private key file holds ``<hex>`` (P-256) or ``<hex>:<curve>``; an Ed25519 key is its seed and its public key
(``go-sdk``: ``crypto/apikey.go``, ``crypto/store.go``).
"""

from __future__ import annotations

from collections.abc import Callable

from counterseal.crypto import ed25519, hexadecimal, p256, secp256k1
from counterseal.crypto.curves import Curve
from counterseal.crypto.ed25519 import Ed25519PrivateKey
from counterseal.crypto.errors import InvalidEncoding, InvalidPrivateKey, InvalidPublicKey
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.points import UNCOMPRESSED_SIZE
from counterseal.crypto.private_key import PrivateKey
from counterseal.crypto.secp256k1 import Secp256k1PrivateKey

_PRIVATE_KEY_OF_CURVE: dict[Curve, type[PrivateKey]] = {
    Curve.P256: P256PrivateKey,
    Curve.SECP256K1: Secp256k1PrivateKey,
    Curve.ED25519: Ed25519PrivateKey,
}
_COMPRESS: dict[Curve, Callable[[bytes], bytes]] = {Curve.P256: p256.compress, Curve.SECP256K1: secp256k1.compress}
_CURVE_OF_SUFFIX = {"p256": Curve.P256, "secp256k1": Curve.SECP256K1, "ed25519": Curve.ED25519}
_SUFFIX_OF_CURVE = {curve: suffix for suffix, curve in _CURVE_OF_SUFFIX.items()}


def validate_public_key(curve: Curve, text: str) -> str:
    """The public key of an API key, in lower case.

    P-256 and secp256k1: 66 hexadecimal characters, a compressed point. Ed25519: 64, a point. Raises
    ``InvalidPublicKey``.
    """
    if text[:2] in ("0x", "0X"):
        raise InvalidPublicKey("public key starts with 0x, expected hexadecimal characters only")
    try:
        public_key = hexadecimal.decode(text, bytes_max=UNCOMPRESSED_SIZE)
    except InvalidEncoding as fault:
        raise InvalidPublicKey(f"public key is {fault}") from None
    if curve is Curve.ED25519:
        ed25519.check_public_key(public_key)
    else:
        _check_compressed(public_key, _COMPRESS[curve](public_key))
    return text.lower()


def generate_key_pair(curve: Curve) -> PrivateKey:
    """A fresh private key, which carries its public key."""
    return _PRIVATE_KEY_OF_CURVE[curve].generate()


def load_private_key(text: str) -> PrivateKey:
    """The key in a private key file; white space around it is ignored. Raises ``InvalidPrivateKey``."""
    digits, colon, suffix = text.strip().partition(":")
    curve = _CURVE_OF_SUFFIX.get(suffix) if colon else Curve.P256
    if curve is None:
        raise InvalidPrivateKey(f"private key names an unknown curve, expected one of {', '.join(_CURVE_OF_SUFFIX)}")
    try:
        secret = hexadecimal.decode(digits, bytes_max=ed25519.SEED_SIZE + ed25519.PUBLIC_KEY_SIZE)
    except InvalidEncoding as fault:
        raise InvalidPrivateKey(f"private key is {fault}") from None
    if curve is Curve.ED25519:
        return _load_ed25519(secret)
    return _PRIVATE_KEY_OF_CURVE[curve].from_secret(secret)


def private_key_text(key: PrivateKey) -> str:
    """The secret content of a private key file; ``load_private_key`` and Turnkey's tool read it.

    A P-256 key is bare hex, without a suffix: the Rust and Go clients read files of that form only (``from_files``,
    ``NewAPIKeyStamper``), and the tool takes it for P-256.
    """
    if key.curve is Curve.P256:
        return key.secret.hex()
    secret = key.secret + key.public_key if key.curve is Curve.ED25519 else key.secret
    return f"{secret.hex()}:{_SUFFIX_OF_CURVE[key.curve]}"


def _check_compressed(public_key: bytes, compressed: bytes) -> None:
    if public_key != compressed:
        raise InvalidPublicKey(
            "public key is uncompressed (130 hexadecimal characters), "
            f"expected its compressed form of 66: {compressed.hex()}"
        )


def _load_ed25519(seed_and_public_key: bytes) -> Ed25519PrivateKey:
    size = len(seed_and_public_key)
    if size != ed25519.SEED_SIZE + ed25519.PUBLIC_KEY_SIZE:
        raise InvalidPrivateKey(f"Ed25519 private key is {size} bytes long, expected 64: the seed and the public key")
    key = Ed25519PrivateKey.from_secret(seed_and_public_key[: ed25519.SEED_SIZE])
    if key.public_key != seed_and_public_key[ed25519.SEED_SIZE :]:
        raise InvalidPrivateKey("Ed25519 private key ends with a public key that is not its own")
    return key
