"""RLP (Ethereum yellow paper, appendix B), read from the first byte to the last, in the one canonical spelling.

The shortest length is the only one, a byte below 0x80 stands for itself, an integer has no zero in front: so bytes that
are read are what any encoder makes of the values, and are signed as they were given. Values are read as what they are
expected to be; there is no tree between.
"""

from __future__ import annotations

from counterseal.chains.refusal import NotUnderstood

LISTS_MAX = 2_000
"""Of one transaction, those inside each other counted once each: an entry of an access list has two."""

_SHORT_TEXT, _LONG_TEXT, _SHORT_LIST, _LONG_LIST = 0x80, 0xB7, 0xC0, 0xF7
_LONGEST_SHORT = 55  # bytes whose number stands in the first byte itself


class RlpReader:
    """Reads the items of one list in their order. Positions are those in all of ``data``.

    Every method takes what the item is called in messages, and raises ``NotUnderstood``.
    """

    __slots__ = ("_data", "_end", "_lists", "at")

    def __init__(self, data: bytes, *, start: int = 0, end: int | None = None, lists: list[int] | None = None) -> None:
        """``lists``: how many more may be entered, by all readers that share it."""
        self._data = data
        self._lists = [LISTS_MAX] if lists is None else lists
        self.at = start
        self._end = len(data) if end is None else end

    def has_more(self) -> bool:
        """Whether another item follows."""
        return self.at < self._end

    def is_at_list(self) -> bool:
        """Whether the item that follows is a list."""
        return self.at < self._end and self._data[self.at] >= _SHORT_LIST

    def integer(self, what: str, *, size: int = 32) -> int:
        """An integer of at most ``size`` bytes."""
        at = self.at
        first = self._data[at] if at < self._end else self._missing(what)
        if 0 < first < _SHORT_TEXT:
            self.at = at + 1
            return first
        content = self.content(what)
        if len(content) > size:
            raise NotUnderstood(f"{what} at byte {at} has {len(content)} bytes, expected at most {size}")
        if content and not content[0]:
            raise NotUnderstood(f"{what} at byte {at} begins with a zero byte, expected an integer without")
        return int.from_bytes(content)

    def fixed(self, what: str, *, size: int) -> bytes:
        """Exactly ``size`` bytes."""
        at, content = self.at, self.content(what)
        if len(content) != size:
            raise NotUnderstood(f"{what} at byte {at} has {len(content)} bytes, expected {size}")
        return content

    def address_or_nothing(self, what: str) -> bytes:
        """The 20 bytes of an address, or none."""
        at, content = self.at, self.content(what)
        if len(content) not in (0, 20):
            raise NotUnderstood(f"{what} at byte {at} has {len(content)} bytes, expected 20 or none")
        return content

    def content(self, what: str) -> bytes:
        """Bytes of any number."""
        at = self.at
        first = self._data[at] if at < self._end else self._missing(what)
        if first < _SHORT_TEXT:
            self.at = at + 1
            return self._data[at : at + 1]
        if first >= _SHORT_LIST:
            raise NotUnderstood(f"{what} at byte {at} is a list, expected bytes")
        start, end = self._span(what, first, _SHORT_TEXT, _LONG_TEXT)
        if end == start + 1 and self._data[start] < _SHORT_TEXT:
            raise NotUnderstood(f"{what} at byte {at} has a length before one byte below 80, expected none")
        self.at = end
        return self._data[start:end]

    def items(self, what: str) -> RlpReader:
        """A list, whose items are to be read from what is given."""
        at = self.at
        first = self._data[at] if at < self._end else self._missing(what)
        if first < _SHORT_LIST:
            raise NotUnderstood(f"{what} at byte {at} is bytes, expected a list")
        start, end = self._span(what, first, _SHORT_LIST, _LONG_LIST)
        self.at = end
        self._lists[0] -= 1
        if self._lists[0] < 0:
            raise NotUnderstood(f"{what} at byte {at} is one list too many, expected at most {LISTS_MAX}")
        return RlpReader(self._data, start=start, end=end, lists=self._lists)

    def finish(self, what: str) -> None:
        """Nothing may follow in this list."""
        if self.at < self._end:
            raise NotUnderstood(f"{what} goes on at byte {self.at}, expected its end")

    def _span(self, what: str, first: int, short: int, long: int) -> tuple[int, int]:
        """Where the content of the item that starts here starts and ends."""
        at = self.at
        if first <= long:
            start, length = at + 1, first - short
        else:
            start = at + 1 + first - long
            length = int.from_bytes(self._data[at + 1 : start])
            if start <= self._end and (not self._data[at + 1] or length <= _LONGEST_SHORT):
                raise NotUnderstood(f"{what} at byte {at} has a length that is not in its shortest form")
        if start + length > self._end:
            missing = start + length - self._end
            raise NotUnderstood(f"{what} at byte {at} ends at byte {self._end}, expected {missing} bytes more")
        return start, start + length

    def _missing(self, what: str) -> int:
        raise NotUnderstood(f"it ends at byte {self.at}, expected {what}")


def bytes_item(content: bytes) -> bytes:
    """``content`` as an item."""
    if len(content) == 1 and content[0] < _SHORT_TEXT:
        return content
    return _header(len(content), _SHORT_TEXT, _LONG_TEXT) + content


def integer_item(value: int) -> bytes:
    """A non-negative integer as an item."""
    return bytes_item(value.to_bytes((value.bit_length() + 7) // 8))


def list_item(items: bytes) -> bytes:
    """The list of ``items``, which are encoded already and stand one behind the other."""
    return _header(len(items), _SHORT_LIST, _LONG_LIST) + items


def _header(length: int, short: int, long: int) -> bytes:
    if length <= _LONGEST_SHORT:
        return bytes((short + length,))
    digits = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes((long + len(digits),)) + digits
