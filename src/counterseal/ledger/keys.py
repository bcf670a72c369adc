"""Whose signatures are believed, and what they sign (C2SP signed-note, tlog-cosignature).

Two types of signature, both Ed25519: of a log over a text itself, and of a witness over the text with a time in front.
ML-DSA-44 (type 0x06), which new logs are advised to use beside it, would be a third.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterseal.ledger.errors import Malformed, NotProven
from counterseal.ledger.lines import base64_of, bytes_of

KEY_ID_SIZE = 4
_PUBLIC_KEY_SIZE = 32
_SIGNATURE_SIZE = 64
_TIME_SIZE = 8
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,255}")
_KEY_CHARACTERS_MAX = 512


class SignatureType(enum.IntEnum):
    """The byte that tells what a key signs."""

    LOG = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and an Ed25519 public key of 32 bytes, which is believed for one type of signature."""

    name: str
    type: SignatureType
    public_key: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public_key) != _PUBLIC_KEY_SIZE:
            raise Malformed(f"an Ed25519 public key has {len(self.public_key)} bytes, expected {_PUBLIC_KEY_SIZE}")

    @property
    def id(self) -> bytes:
        """Four bytes that stand beside the name in each signature."""
        return sha256(self.name.encode() + b"\n" + self._typed).digest()[:KEY_ID_SIZE]

    @property
    def text(self) -> str:
        """``<name>+<id in hexadecimal>+<base64 of type and key>``: how keys are handed on."""
        return f"{self.name}+{self.id.hex()}+{base64_of(self._typed)}"

    @classmethod
    def of_text(cls, text: str) -> Self:
        """The key that ``text`` is. Raises ``Malformed``, also if the id is another's."""
        parts = text.split("+", 2)
        if len(parts) != 3 or len(text) > _KEY_CHARACTERS_MAX:
            raise Malformed("not the text of a verifier key, expected <name>+<id>+<base64>")
        name, id_, encoded = parts
        typed = bytes_of(encoded, "a verifier key")
        if not typed or typed[0] not in set(SignatureType):
            raise Malformed("a verifier key is of a type that is not known, expected 0x01 or 0x04 and Ed25519")
        key = cls(name, SignatureType(typed[0]), typed[1:])
        if id_ != key.id.hex():
            raise Malformed(f"the verifier key has the id {id_}, expected {key.id.hex()}")
        return key

    def check(self, text: str, signature: bytes) -> int | None:
        """Raise ``NotProven`` unless this key has signed ``text``; the time, in seconds, of a cosignature."""
        time, raw = None, signature
        if self.type is SignatureType.COSIGNATURE:
            time, raw = int.from_bytes(signature[:_TIME_SIZE]), signature[_TIME_SIZE:]
        if len(raw) != _SIGNATURE_SIZE:
            raise NotProven(f"a signature by {self.name} has {len(signature)} bytes, which are too many or too few")
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(raw, signed_message(text, time))
        except (InvalidSignature, ValueError):
            raise NotProven(f"the signature by {self.name} does not hold") from None
        return time

    @property
    def _typed(self) -> bytes:
        return bytes((self.type,)) + self.public_key


def signed_message(text: str, time_s: int | None) -> bytes:
    """What is signed of a note: its text, and in a cosignature its time before it."""
    before = "" if time_s is None else f"cosignature/v1\ntime {time_s}\n"
    return (before + text).encode()


def check_name(name: str) -> None:
    """Raise ``Malformed`` for a name that is empty, very long, or has a space, a plus or a control character in it."""
    if _NAME.fullmatch(name) is None:
        raise Malformed("the name of a key is empty, too long, or has a space, plus or control character")
