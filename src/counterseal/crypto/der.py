"""ECDSA signatures in DER, read as leniently as stamps need and no further.

``SEQUENCE { r INTEGER, s INTEGER }`` (RFC 3279 §2.2.3) with lengths in short form, two positive integers of at most 33
bytes, and nothing after them. Leading zero bytes are accepted: the TypeScript wallet stamper leaves them in about one
signature of 170 (``@turnkey/crypto``: ``toDerSignature``), while OpenSSL refuses such signatures, hence ``minimal``.
"""

from __future__ import annotations

from counterseal.crypto.errors import InvalidSignatureEncoding

_SEQUENCE = 0x30
_INTEGER = 0x02
_LONGEST_INTEGER = 33
_SHORTEST = 8

BYTES_MAX = 2 + 2 * (2 + _LONGEST_INTEGER)
"""Of a signature: two integers of the longest."""


def decode(der: bytes) -> tuple[int, int]:
    """``(r, s)``, both positive. Raises ``InvalidSignatureEncoding``."""
    r, s = _integers(der)
    return int.from_bytes(r), int.from_bytes(s)


def encode(r: int, s: int) -> bytes:
    """The DER of ``(r, s)``, two positive numbers below 2**256."""
    # One bit more than the number has, so that the top bit is clear: DER integers are signed.
    r_bytes = r.to_bytes(r.bit_length() // 8 + 1)
    s_bytes = s.to_bytes(s.bit_length() // 8 + 1)
    return b"\x30%c\x02%c%b\x02%c%b" % (4 + len(r_bytes) + len(s_bytes), len(r_bytes), r_bytes, len(s_bytes), s_bytes)


def minimal(der: bytes) -> bytes:
    """The same signature without superfluous zero bytes: ``der`` itself when it has none, as nearly all do.

    Raises ``InvalidSignatureEncoding``. An integer of 33 significant bytes stays as it is: no curve's order is so long,
    so the signature will not verify.
    """
    r, s = _integers(der)
    if _is_minimal(r) and _is_minimal(s):
        return der
    return encode(int.from_bytes(r), int.from_bytes(s))


def _integers(der: bytes) -> tuple[bytes, bytes]:
    """The content bytes of r and s."""
    size = len(der)
    if not _SHORTEST <= size <= BYTES_MAX:
        raise InvalidSignatureEncoding(f"signature is {size} bytes long, expected {_SHORTEST} to {BYTES_MAX} of DER")
    if der[0] != _SEQUENCE:
        raise InvalidSignatureEncoding(f"signature starts with byte {der[0]:#04x}, expected a DER sequence (0x30)")
    if der[1] != size - 2:
        raise InvalidSignatureEncoding(f"signature declares a length of {der[1]:#04x}, expected {size - 2:#04x}")
    r = _integer_at(der, 2)
    s = _integer_at(der, 4 + len(r))
    if 6 + len(r) + len(s) != size:
        raise InvalidSignatureEncoding("signature has bytes after its second integer")
    return r, s


def _integer_at(der: bytes, start: int) -> bytes:
    """The content bytes of the integer whose tag is at ``start``."""
    content = start + 2
    if content > len(der):
        raise InvalidSignatureEncoding("signature ends where an integer was expected")
    tag, length = der[start], der[start + 1]
    if tag != _INTEGER:
        raise InvalidSignatureEncoding(f"signature has a value of type {tag:#04x}, expected an integer (0x02)")
    if not 1 <= length <= _LONGEST_INTEGER:
        raise InvalidSignatureEncoding(f"signature has an integer of length {length:#04x}, expected 1 to 33 bytes")
    value = der[content : content + length]
    if len(value) != length:
        raise InvalidSignatureEncoding("signature ends in the middle of an integer")
    if value[0] >= 0x80:
        raise InvalidSignatureEncoding("signature has a negative integer")
    if not any(value):
        raise InvalidSignatureEncoding("signature has a zero integer")
    return value


def _is_minimal(integer: bytes) -> bool:
    return integer[0] != 0 or integer[1] >= 0x80
