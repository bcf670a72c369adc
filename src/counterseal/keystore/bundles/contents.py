"""What may stand in an import bundle once it is open: a phrase, a key, or a secret's text. No message quotes any of it.

Source: Turnkey docs, import; frames, ``import/src/index.js`` (the mark before a passphrase) and ``turnkey-core.js`` (a
key is 32 bytes, whatever form it was typed in).
"""

from __future__ import annotations

from typing import Final

from counterseal.contract.errors import InvalidRequest
from counterseal.crypto.curves import Curve
from counterseal.crypto.errors import InvalidPrivateKey
from counterseal.crypto.mnemonics import PHRASE_MAX, InvalidMnemonic, Language, read_phrase
from counterseal.crypto.public_keys import public_key_of

PHRASE_BYTES_MAX: Final = 4 * PHRASE_MAX
"""Of UTF-8."""
KEY_BYTES_MAX: Final = 32
SECRET_BYTES_MAX: Final = 64 * 1024

_MARK: Final = "\n--PASS--\n"
"""What the import page of the original puts between words and passphrase."""


def imported_phrase(plaintext: bytes | bytearray) -> tuple[bytearray, Language]:
    """The entropy of a wallet's phrase, and the list its words are of.

    Raises ``InvalidRequest`` for anything else, and for a phrase with a passphrase: nothing in the API says that a
    wallet has one, so whoever exports the words later would not know that they are not enough.
    """
    try:
        text = plaintext.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest("invalid mnemonic: it is not UTF-8") from None
    words, _, passphrase = text.partition(_MARK)
    if passphrase:
        raise InvalidRequest("invalid mnemonic: it comes with a passphrase, expected one without")
    try:
        return read_phrase(words)
    except InvalidMnemonic as fault:
        raise InvalidRequest(f"invalid mnemonic: {fault}") from None


def imported_key(plaintext: bytes | bytearray, curve: Curve) -> bytes:
    """The public key, compressed, of 32 private bytes. Raises ``InvalidRequest`` if they are no key of the curve."""
    try:
        return public_key_of(curve, plaintext)
    except InvalidPrivateKey as fault:
        raise InvalidRequest(f"invalid private key: {fault}") from None


def imported_secret(plaintext: bytes | bytearray) -> None:
    """Raise ``InvalidRequest`` unless this is a secret's text: UTF-8, and not empty."""
    if not plaintext:
        raise InvalidRequest("invalid secret: it is empty")
    try:
        plaintext.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest("invalid secret: it is not UTF-8") from None
