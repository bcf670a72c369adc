"""CBOR (RFC 8949) as passkeys and attestations use it: integers, strings, arrays, maps, and three simple values.

Keys of maps are integers or text (RFC 9052 §1.4, §7), each once. Refused are tags, floating-point numbers, other simple
values, and strings in pieces: no authenticator sends them (CTAP 2.1 §8, message encoding). Lengths may be longer than
needed, and arrays and maps may end by a break: that has still one reading. Why this is no library says
docs/decisions/2026-11-27-cbor-of-our-own.md.
"""

from __future__ import annotations

from typing import NoReturn, TypeAlias

from counterseal.crypto.errors import InvalidEncoding

BYTES_MAX = 12 * 1024
"""Of all that is decoded at once. The largest attestations, of TPMs and of Android, have four to eight thousand."""

ITEMS_MAX = 128
"""Keys and values together. The largest attestations have some thirty."""

NESTING_MAX = 8
"""Levels of arrays and maps. Authenticators keep to four (CTAP 2.1 §8)."""

Item: TypeAlias = "int | bytes | str | bool | list[Item] | dict[int | str, Item] | None"

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP, _TAG, _SIMPLE = range(8)
_NAMES = {_TAG: "a tag", _SIMPLE: "a floating-point number or a simple value"}
_ONE_BYTE, _EIGHT_BYTES, _INDEFINITE = 24, 27, 31
_BREAK = 0xFF
_SIMPLE_VALUES = {0xF4: False, 0xF5: True, 0xF6: None}


def decode_first(data: bytes) -> tuple[Item, int]:
    """The item at the start of ``data``, and the number of bytes it takes. Raises ``InvalidEncoding``."""
    if len(data) > BYTES_MAX:
        raise InvalidEncoding(f"CBOR is {len(data)} bytes long, expected at most {BYTES_MAX}")
    reader = _Reader(data)
    return reader.item(0), reader.at


def decode(data: bytes) -> Item:
    """The one item that ``data`` is. Raises ``InvalidEncoding``."""
    item, size = decode_first(data)
    if size != len(data):
        raise InvalidEncoding(f"CBOR item is {size} bytes long, expected the {len(data)} that were given")
    return item


def encode(item: Item) -> bytes:
    """CBOR of an item, every length as short as can be, members of maps in the order in which they are."""
    if item is None or isinstance(item, bool):
        return bytes((next(byte for byte, value in _SIMPLE_VALUES.items() if value is item),))
    if isinstance(item, int):
        return _head(_UNSIGNED, item) if item >= 0 else _head(_NEGATIVE, -1 - item)
    if isinstance(item, bytes):
        return _head(_BYTES, len(item)) + item
    if isinstance(item, str):
        text = item.encode()
        return _head(_TEXT, len(text)) + text
    if isinstance(item, list):
        return _head(_ARRAY, len(item)) + b"".join(map(encode, item))
    members = (encode(each) for member in item.items() for each in member)
    return _head(_MAP, len(item)) + b"".join(members)


def _head(kind: int, argument: int) -> bytes:
    """The first bytes of an item: its kind, and its value or length."""
    if argument < _ONE_BYTE:
        return bytes((kind << 5 | argument,))
    power = max(0, ((argument.bit_length() + 7) // 8 - 1).bit_length())
    return bytes((kind << 5 | _ONE_BYTE + power,)) + argument.to_bytes(1 << power)


class _Reader:
    """Goes through bytes once, from the first to the last: each is looked at once, and no item refers to another."""

    __slots__ = ("_data", "_items", "at")

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self._data = data
        self._items = 0

    def item(self, depth: int) -> Item:
        """The item that starts here, inside ``depth`` arrays and maps."""
        start = self.at
        self._items += 1
        if self._items > ITEMS_MAX:
            raise InvalidEncoding(f"CBOR has more than {ITEMS_MAX} items")
        first = self._take(1)[0]
        if first in _SIMPLE_VALUES:
            return _SIMPLE_VALUES[first]
        kind, information = first >> 5, first & 0x1F
        if kind in (_TAG, _SIMPLE):
            self._refuse(f"has {_NAMES[kind]}", start)
        if kind in (_ARRAY, _MAP):
            if depth == NESTING_MAX:
                self._refuse(f"is nested more than {NESTING_MAX} levels deep", start)
            size = None if information == _INDEFINITE else self._argument(information, start)
            return self._array(size, depth + 1) if kind == _ARRAY else self._map(size, depth + 1)
        argument = self._argument(information, start)
        if kind == _UNSIGNED:
            return argument
        if kind == _NEGATIVE:
            return -1 - argument
        content = self._take(argument)
        if kind == _BYTES:
            return content
        try:
            return content.decode()
        except UnicodeDecodeError:
            self._refuse("has text that is not UTF-8", start)

    def _array(self, size: int | None, depth: int) -> list[Item]:
        items: list[Item] = []
        while self._goes_on(size, len(items)):
            items.append(self.item(depth))
        return items

    def _map(self, size: int | None, depth: int) -> dict[int | str, Item]:
        members: dict[int | str, Item] = {}
        while self._goes_on(size, len(members)):
            start = self.at
            key = self.item(depth)
            if type(key) is not int and type(key) is not str:
                self._refuse("has a key that is neither an integer nor text", start)
            if key in members:
                self._refuse("has a key twice", start)
            members[key] = self.item(depth)
        return members

    def _goes_on(self, size: int | None, found: int) -> bool:
        """Whether another item or member follows. A break is taken."""
        if size is not None:
            return found < size
        if self.at < len(self._data) and self._data[self.at] == _BREAK:
            self.at += 1
            return False
        return True

    def _argument(self, information: int, start: int) -> int:
        if information < _ONE_BYTE:
            return information
        if information > _EIGHT_BYTES:
            self._refuse("has an item without a length", start)
        return int.from_bytes(self._take(1 << (information - _ONE_BYTE)))

    def _take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self._data):
            raise InvalidEncoding(f"CBOR ends after {len(self._data)} bytes, expected at least {end}")
        taken = self._data[self.at : end]
        self.at = end
        return taken

    def _refuse(self, what: str, at: int) -> NoReturn:
        raise InvalidEncoding(f"CBOR {what} at byte {at}")
