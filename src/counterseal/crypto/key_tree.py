"""The tree of keys that grows from one seed: BIP-32 on secp256k1, SLIP-10 on P-256 and Ed25519.

The three differ in the text that the root is made under, in what a child's key is, and in Ed25519 having hardened
children only. One rule is SLIP-10's alone, and can be seen on P-256 only: a digest that is no scalar is hashed again.
"""

from __future__ import annotations

import hmac
from types import TracebackType
from typing import Final, NoReturn, Self

from counterseal.crypto import secp256k1_secrets
from counterseal.crypto.curves import Curve
from counterseal.crypto.paths import HARDENED, Levels, followed
from counterseal.crypto.public_keys import public_key_of
from counterseal.crypto.wiping import wipe

P256_ORDER: Final = 0xFFFFFFFF_00000000_FFFFFFFF_FFFFFFFF_BCE6FAAD_A7179E84_F3B9CAC2_FC632551

_ROOT_TEXTS = {Curve.SECP256K1: b"Bitcoin seed", Curve.P256: b"Nist256p1 seed", Curve.ED25519: b"ed25519 seed"}


class KeyTree:
    """The keys of one seed, for as long as a ``with`` statement lasts; then what it has worked out is overwritten.

    Keys on the way to others are kept meanwhile: a hundred accounts under one parent take that parent once. Not for
    two threads at once.
    """

    __slots__ = ("_nodes", "_seed")

    def __init__(self, seed: bytes | bytearray) -> None:
        """``seed``: 16 to 64 bytes, those of a BIP-39 phrase are 64. It stays the caller's, to use and to overwrite."""
        self._seed = seed
        self._nodes: dict[tuple[Curve, Levels], _Node] = {}

    def private_key(self, curve: Curve, levels: Levels) -> bytearray:
        """The 32 private bytes at a path (`paths.parse`), a copy that is the caller's to overwrite.

        secp256k1, P-256: the scalar, big-endian, zeros in front kept. Ed25519: the seed of RFC 8032.
        """
        return bytearray(self._node(curve, followed(levels, curve)).key)

    def _node(self, curve: Curve, levels: Levels) -> _Node:
        node = self._nodes.get((curve, levels))
        if node is None:
            node = self._node(curve, levels[:-1]).child(levels[-1]) if levels else _root(curve, self._seed)
            self._nodes[curve, levels] = node
        return node

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        for node in self._nodes.values():
            wipe(node.key, node.chain_code)
        self._nodes.clear()

    def __repr__(self) -> str:
        return "<KeyTree: contents hidden>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a KeyTree holds secrets: it can be neither pickled nor copied")


class _Node:
    """A key and what its children are made with."""

    __slots__ = ("_point", "chain_code", "curve", "key")

    def __init__(self, curve: Curve, key: bytearray, chain_code: bytearray) -> None:
        self.curve = curve
        self.key = key
        self.chain_code = chain_code
        self._point: bytes | None = None

    def child(self, level: int) -> _Node:
        index = level.to_bytes(4)
        digest = _digest(self.chain_code, self._hardened(index) if level >= HARDENED else self._plain(index))
        while (key := self._child_key(memoryview(digest)[:32])) is None:
            digest = _digest(self.chain_code, bytearray(b"\x01" + digest[32:] + index))
        return _Node(self.curve, key, _right_half_of(digest))

    def _hardened(self, index: bytes) -> bytearray:
        data = bytearray(1 + 32 + 4)
        data[1:33] = self.key
        data[33:] = index
        return data

    def _plain(self, index: bytes) -> bytearray:
        if self._point is None:
            self._point = public_key_of(self.curve, self.key)
        return bytearray(self._point + index)

    def _child_key(self, left_half: memoryview) -> bytearray | None:
        """The child's key; ``None`` if the half is no scalar or the sum is zero."""
        if self.curve is Curve.ED25519:
            return bytearray(left_half)
        key = bytearray(self.key)
        added = secp256k1_secrets.add if self.curve is Curve.SECP256K1 else _add_p256
        return key if added(key, left_half) else None


def _root(curve: Curve, seed: bytes | bytearray) -> _Node:
    digest = _digest(_ROOT_TEXTS[curve], bytearray(seed))
    while curve is Curve.P256 and not 0 < int.from_bytes(digest[:32]) < P256_ORDER:
        digest = _digest(_ROOT_TEXTS[curve], digest)
    return _Node(curve, bytearray(memoryview(digest)[:32]), _right_half_of(digest))


def _digest(key: bytes | bytearray, data: bytearray) -> bytearray:
    """HMAC-SHA512, 64 bytes. ``data`` is overwritten."""
    made = hmac.digest(key, data, "sha512")
    digest = bytearray(made)
    wipe(made, data)
    return digest


def _right_half_of(digest: bytearray) -> bytearray:
    """A copy of it. ``digest`` is overwritten: its left half has been used."""
    half = bytearray(memoryview(digest)[32:])
    wipe(digest)
    return half


def _add_p256(key: bytearray, summand: memoryview) -> bool:
    """As `secp256k1_secrets.add`; in ``int``s, which cannot be overwritten."""
    number = int.from_bytes(summand)
    total = (int.from_bytes(key) + number) % P256_ORDER
    key[:] = total.to_bytes(32)
    return number < P256_ORDER and total != 0
