"""TON's addresses: the hash of what a wallet contract begins with, its code and its data (TL-B ``StateInit``).

A cell's hash is the SHA-256 of two descriptor bytes, its data, and the depths and hashes of the cells that it refers
to. The wallets' code is known by hash and depth; all that varies is the cell with the public key.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from binascii import crc_hqx
from dataclasses import dataclass
from hashlib import sha256

_BASECHAIN = 0
_NON_BOUNCEABLE = 0x51
_FIRST_SEQNO = 0
_WALLET_ID = 698983191  # of the basechain, versions 3 and 4
_V5_WALLET_ID = 0x7FFFFF11  # of the basechain on the main network: -239 XOR 0x80000000


@dataclass(frozen=True, slots=True)
class Wallet:
    """A version of the standard wallet: its code, and what stands around seqno, wallet id and key in its data.

    ``flags`` and ``extensions`` are bits in front and behind, as text: whether signatures are allowed, and an empty
    dictionary.
    """

    code_hash: bytes
    code_depth: int
    wallet_id: int = _WALLET_ID
    flags: str = ""
    extensions: str = ""


V3R2 = Wallet(bytes.fromhex("84dafa449f98a6987789ba232358072bc0f76dc4524002a5d0918b9a75d2d599"), 0)
V4R2 = Wallet(bytes.fromhex("feb5ff6820e2ff0d9483e7e0d62c817d846789fb4ae580c878866d959dabd5c0"), 7, extensions="0")
V5R1 = Wallet(
    bytes.fromhex("20834b7b72b112147e1b2fb457b84e74d1a30f04f737d4f62a668e9552d2b72f"),
    6,
    wallet_id=_V5_WALLET_ID,
    flags="1",
    extensions="0",
)


def ton_address(public_key: bytes, *, wallet: Wallet) -> str:
    """48 characters, ``UQ…``, for a 32-byte Ed25519 key, in the form that does not bounce.

    Whether Turnkey's bounce is not published. What is sent to a contract that does not exist yet, as a new wallet's
    does not, comes back from an address that bounces.
    """
    data = _cell_hash(
        wallet.flags
        + _bits(_FIRST_SEQNO, 32)
        + _bits(wallet.wallet_id, 32)
        + _bits(int.from_bytes(public_key), 256)
        + wallet.extensions
    )
    account = _state_init_hash(wallet, data)
    payload = bytes((_NON_BOUNCEABLE, _BASECHAIN)) + account
    return urlsafe_b64encode(payload + crc_hqx(payload, 0).to_bytes(2)).decode()


def _state_init_hash(wallet: Wallet, data_hash: bytes) -> bytes:
    """No split depth, not special, code, data, no library: five bits and two references, the second of depth 0."""
    depths = wallet.code_depth.to_bytes(2) + bytes(2)
    return _cell_hash("00110", references=2, behind=depths + wallet.code_hash + data_hash)


def _cell_hash(bits: str, *, references: int = 0, behind: bytes = b"") -> bytes:
    """Bits that do not end with a byte get a one and zeros; the second descriptor says so by being odd."""
    size = len(bits)
    padded = bits if size % 8 == 0 else f"{bits}1".ljust(size + -size % 8, "0")
    descriptors = bytes((references, size // 8 + len(padded) // 8))
    return sha256(descriptors + int(padded, 2).to_bytes(len(padded) // 8) + behind).digest()


def _bits(number: int, size: int) -> str:
    return f"{number:0{size}b}"
