"""The pieces that Bitcoin's transactions and PSBTs are made of, read one behind the other.

Source: Bitcoin Core, ``serialize.h`` (lengths, which have one spelling: ``ReadCompactSize``).
"""

from __future__ import annotations

from counterseal.chains.refusal import NotUnderstood

PARTS_MAX = 20_000
"""Of a PSBT with the transactions that it carries: inputs, outputs, witnesses' items, and records of its maps."""

_LARGER = {0xFD: 2, 0xFE: 4, 0xFF: 8}


class WireReader:
    """Reads ``raw`` from ``at`` up to ``end``. Each method raises ``NotUnderstood``, naming ``what`` and the byte.

    ``parts`` is how many more parts may be counted, by all readers that share the list.
    """

    __slots__ = ("at", "end", "parts", "raw")

    def __init__(self, raw: bytes, *, at: int = 0, end: int | None = None, parts: list[int] | None = None) -> None:
        self.raw = raw
        self.at = at
        self.end = len(raw) if end is None else end
        self.parts = [PARTS_MAX] if parts is None else parts

    def part(self, size: int, what: str) -> bytes:
        """The next ``size`` bytes."""
        start, stop = self.at, self.at + size
        if stop > self.end:
            raise NotUnderstood(f"{what} at byte {start} needs {size} bytes, and {self.end - start} are left")
        self.at = stop
        return self.raw[start:stop]

    def number(self, size: int, what: str) -> int:
        """A number of ``size`` bytes, the lowest first."""
        return int.from_bytes(self.part(size, what), "little")

    def length(self, what: str) -> int:
        """A length of one, three, five or nine bytes, in its shortest form."""
        start = self.at
        first = self.number(1, what)
        if first not in _LARGER:
            return first
        size = _LARGER[first]
        value = self.number(size, what)
        if value < (0xFD if size == 2 else 1 << 4 * size):
            raise NotUnderstood(f"{what} at byte {start} has more bytes than it needs")
        return value

    def content(self, what: str) -> bytes:
        """Bytes with their length in front."""
        return self.part(self.length(what), what)

    def count(self, what: str) -> int:
        """How many there are of something, each of which is a part."""
        found = self.length(f"the number of {what}")
        self.spend(what, found)
        return found

    def spend(self, what: str, count: int = 1) -> None:
        """Count parts. All of them together have a bound."""
        self.parts[0] -= count
        if self.parts[0] < 0:
            raise NotUnderstood(f"too many {what} before byte {self.at}, expected at most {PARTS_MAX} parts in all")

    def finish(self, what: str) -> None:
        """Refuse bytes behind the end of ``what``."""
        if self.at < self.end:
            raise NotUnderstood(
                f"{self.end - self.at} bytes behind the end of {what}, at byte {self.at}, expected none"
            )


def length_bytes(length: int) -> bytes:
    """The one spelling of a length."""
    if length < 0xFD:
        return bytes((length,))
    first, size = next((each, size) for each, size in _LARGER.items() if length < 1 << 8 * size)
    return bytes((first,)) + length.to_bytes(size, "little")
