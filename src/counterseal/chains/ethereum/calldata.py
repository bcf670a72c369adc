"""The arguments in a call's data, by their types, as the called contract reads them.

Offsets are followed, as contracts do. What some contracts take and others revert at (padding that is not zero, numbers
beyond their type, data that ends early) is not understood: what it means depends on who reads it. What follows the
arguments is ignored, as contracts do.
Source: Solidity documentation, "Contract ABI Specification", strict mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from counterseal.chains.ethereum.abi_types import WORD, AbiType, Record, Series, head_words
from counterseal.chains.ethereum.atoms import Atom
from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.values import HexText

SELECTOR_BYTES = 4


def decode_arguments(types: Sequence[AbiType], data: bytes) -> list[Any]:
    """The values behind the selector, as policies see them.

    Integers, truths and texts are themselves, addresses and bytes are ``HexText``, arrays and tuples are lists.
    Each word of ``data`` is paid for once: values that share their bytes are refused where they say more than there is.
    Raises ``NotUnderstood``, which says at which byte of ``data``.
    """
    return _Arguments(data).record(types, SELECTOR_BYTES)


class _Arguments:
    """``_words`` are those that may still be read.

    ``base`` is where values beside each other begin, from which their offsets are counted; ``tail`` is where they end,
    and where what offsets lead to may begin.
    """

    __slots__ = ("_data", "_words")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._words = (len(data) - SELECTOR_BYTES) // WORD

    def record(self, types: Sequence[AbiType], base: int) -> list[Any]:
        """Values of any types beside each other."""
        words = head_words(types)
        self._pay(words, base)
        return self._beside(types, base, base, base + WORD * words)

    def series(self, item: AbiType, count: int, base: int) -> list[Any]:
        """Values of one type beside each other."""
        words = 1 if item.dynamic else item.words
        self._pay(count * words, base)
        tail = base + WORD * count * words
        return [self._value(item, base + WORD * words * number, base, tail) for number in range(count)]

    def _beside(self, types: Sequence[AbiType], at: int, base: int, tail: int) -> list[Any]:
        found = []
        for type_ in types:
            found.append(self._value(type_, at, base, tail))
            at += WORD * (1 if type_.dynamic else type_.words)
        return found

    def _value(self, type_: AbiType, at: int, base: int, tail: int) -> Any:
        """The value that stands at ``at``, or to which the offset there leads. What stands there is paid for."""
        shape = type_.shape
        if type_.dynamic:
            target = base + self._length(at)
            if target < tail:
                raise NotUnderstood(f"the offset at byte {at} leads to byte {target}, expected {tail} or behind")
            return self._elsewhere(shape, target)
        if isinstance(shape, Atom):
            return _WORDS[shape.kind](self._data[at : at + WORD], shape.size, at)
        if isinstance(shape, Record):
            return self._beside(shape.items, at, base, tail)
        step = WORD * shape.item.words
        return [self._value(shape.item, at + step * number, base, tail) for number in range(shape.length or 0)]

    def _elsewhere(self, shape: Atom | Series | Record, at: int) -> Any:
        if isinstance(shape, Record):
            return self.record(shape.items, at)
        if isinstance(shape, Series) and shape.length is not None:
            return self.series(shape.item, shape.length, at)
        self._pay(1, at)
        length = self._length(at)
        if isinstance(shape, Series):
            return self.series(shape.item, length, at + WORD)
        return self._bytes(shape.kind == "string", at + WORD, length)

    def _length(self, at: int) -> int:
        """An offset or a number of items, which cannot be more than there are bytes."""
        found = int.from_bytes(self._data[at : at + WORD])
        if found > len(self._data):
            raise NotUnderstood(f"the offset or length at byte {at} is more than the {len(self._data)} bytes there are")
        return found

    def _bytes(self, is_text: bool, at: int, length: int) -> str:
        words = (length + WORD - 1) // WORD
        self._pay(words, at)
        end = at + length
        content = self._data[at:end]
        if any(self._data[end : at + WORD * words]):
            raise NotUnderstood(f"what fills up the word at byte {end} is not zero")
        if not is_text:
            return HexText(f"0x{content.hex()}")
        try:
            return content.decode()
        except UnicodeDecodeError as fault:
            raise NotUnderstood(f"the text at byte {at} is not UTF-8 at byte {at + fault.start}") from None

    def _pay(self, words: int, at: int) -> None:
        """So many words are to be read from ``at`` on."""
        if at + WORD * words > len(self._data):
            raise NotUnderstood(f"it ends at byte {len(self._data)}, expected {words} words from byte {at} on")
        self._words -= words
        if self._words < 0:
            raise NotUnderstood(f"values from byte {at} on share their bytes with others, and say more than there is")


def _unsigned(word: bytes, bits: int, at: int) -> int:
    value = int.from_bytes(word)
    if value >> bits:
        raise NotUnderstood(f"the word at byte {at} is {value}, expected a uint{bits}")
    return value


def _signed(word: bytes, bits: int, at: int) -> int:
    value = int.from_bytes(word, signed=True)
    if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        raise NotUnderstood(f"the word at byte {at} is {value}, expected an int{bits}")
    return value


def _address(word: bytes, _size: int, at: int) -> HexText:
    if any(word[:12]):
        raise NotUnderstood(f"the word at byte {at} does not begin with 12 zero bytes, expected an address")
    return HexText(f"0x{word[12:].hex()}")


def _fixed_bytes(word: bytes, size: int, at: int) -> HexText:
    if any(word[size:]):
        raise NotUnderstood(f"the word at byte {at} does not end with {WORD - size} zero bytes, expected a bytes{size}")
    return HexText(f"0x{word[:size].hex()}")


def _truth(word: bytes, _size: int, at: int) -> bool:
    value = int.from_bytes(word)
    if value > 1:
        raise NotUnderstood(f"the word at byte {at} is neither 0 nor 1, expected a bool")
    return value == 1


_WORDS: Mapping[str, Callable[[bytes, int, int], Any]] = {
    "uint": _unsigned,
    "int": _signed,
    "address": _address,
    "fixed": _fixed_bytes,
    "bool": _truth,
}
