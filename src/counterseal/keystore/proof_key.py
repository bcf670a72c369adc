"""The key of app proofs: made when a process starts, kept in memory, gone with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from counterseal.crypto.p256 import P256PrivateKey


@dataclass(frozen=True, slots=True)
class ProofKey:
    """The public half, 130 bytes: a point to encrypt to, to which nobody has the private half, and the one that signs.

    ``sign`` makes ECDSA over SHA-256 of its argument by the second, DER.
    """

    public_key: bytes
    sign: Callable[[bytes], bytes] = field(repr=False)

    @classmethod
    def generate(cls) -> Self:
        """A fresh key. Nothing is ever sealed to the first half, so its private half is forgotten at once."""
        signing = P256PrivateKey.generate()
        return cls(P256PrivateKey.generate().public_point + signing.public_point, signing.sign)
