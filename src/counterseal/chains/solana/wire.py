"""The pieces that Solana's transactions are made of, read one behind the other.

Source: Solana docs, transactions ("compact array format"); solana-sdk, ``short_vec`` (one spelling of each number).
"""

from __future__ import annotations

from counterseal.chains.refusal import NotUnderstood

KEY_SIZE, SIGNATURE_SIZE = 32, 64

_SEVEN_BITS, _MORE = 0x7F, 0x80


class WireReader:
    """Reads ``raw`` from ``at`` on. Each method raises ``NotUnderstood``, naming ``what`` and the byte."""

    __slots__ = ("at", "raw")

    def __init__(self, raw: bytes, *, at: int = 0) -> None:
        self.raw = raw
        self.at = at

    def part(self, size: int, what: str) -> bytes:
        """The next ``size`` bytes."""
        start, stop = self.at, self.at + size
        if stop > len(self.raw):
            left = len(self.raw) - start
            raise NotUnderstood(f"{what} at byte {start} needs {size} bytes, and {left} are left")
        self.at = stop
        return self.raw[start:stop]

    def number(self, size: int, what: str) -> int:
        """A number of ``size`` bytes, the lowest first."""
        return int.from_bytes(self.part(size, what), "little")

    def count(self, what: str) -> int:
        """A length in one to three bytes of seven bits each, the lowest first: below 65,536, in its shortest form."""
        start, value = self.at, 0
        for shift in (0, 7, 14):
            byte = self.number(1, what)
            value |= (byte & _SEVEN_BITS) << shift
            if byte < _MORE:
                if shift and not byte:
                    raise NotUnderstood(f"{what} at byte {start} has more bytes than it needs")
                if value > 0xFFFF:
                    break
                return value
        raise NotUnderstood(f"{what} at byte {start} is beyond 65535")

    def finish(self) -> None:
        """Refuse bytes behind the end."""
        left = len(self.raw) - self.at
        if left:
            raise NotUnderstood(f"{left} bytes behind the end, at byte {self.at}, expected none")
