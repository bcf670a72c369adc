"""What can be wrong with cryptographic input.

Messages say what was found and what was expected, in lengths and forms. They never quote input that may be secret.
"""

from __future__ import annotations


class CryptoError(ValueError):
    """Cryptographic input that cannot be used."""


class InvalidPublicKey(CryptoError):
    """Not a public key of the curve: wrong length, wrong form, or no such point."""


class InvalidPrivateKey(CryptoError):
    """Not a private key of the curve: wrong length, wrong form, or out of range."""


class InvalidSignatureEncoding(CryptoError):
    """Bytes that are not a signature at all, as against one that does not verify."""


class InvalidEncoding(CryptoError):
    """Text that is not what its encoding allows, or whose checksum does not match."""


class DecryptionFailed(CryptoError):
    """The ciphertext was not sealed to this key, or was altered."""
