"""A contract's interface as it is uploaded: the JSON that compilers write, and what calls say by it.

Source: Turnkey docs, "Smart contract interfaces" (functions alone count); Solidity documentation, "Contract ABI
Specification", JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from counterseal.chains.ethereum.abi_types import AbiType, input_types, signature_of
from counterseal.chains.ethereum.calldata import SELECTOR_BYTES, decode_arguments
from counterseal.chains.interface_text import (
    FUNCTION_VALUES_MAX,
    FUNCTIONS_MAX,
    INTERFACE_DEPTH_MAX,
    INTERFACE_VALUES_MAX,
    Index,
    Span,
    Steps,
    all_at_once,
    check_size,
    index_in_order,
)
from counterseal.chains.json_text import JsonCursor, read_json_text
from counterseal.chains.refusal import NotUnderstood, invalid_transaction
from counterseal.contract.errors import quoted
from counterseal.crypto.hashes import keccak256

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """``keys`` are the names of its inputs, the position where an input has none; ``signature`` is hashed."""

    name: str
    signature: str
    keys: tuple[str, ...]
    types: tuple[AbiType, ...]


class Functions(Mapping[bytes, Function]):
    """The functions in a text, by their selectors of 4 bytes. Each is read when it is asked for, and remembered."""

    def __init__(self, text: str, index: Index) -> None:
        self._text = text
        self._spans = index.functions
        self._read: dict[bytes, Function] = {}

    def __getitem__(self, selector: bytes) -> Function:
        function = self._read.get(selector)
        if function is None:
            start, end = self._spans[selector.hex()]
            entry = read_json_text(self._text[start:end], values_max=FUNCTION_VALUES_MAX, depth_max=INTERFACE_DEPTH_MAX)
            function = self._read[selector] = _function(entry)
        return function

    def __iter__(self) -> Iterator[bytes]:
        return map(bytes.fromhex, self._spans)

    def __len__(self) -> int:
        return len(self._spans)


class ContractInterface(msgspec.Struct, frozen=True):
    """The functions of a contract by their selectors of 4 bytes."""

    functions: Mapping[bytes, Function]


class ContractCall(msgspec.Struct, frozen=True, kw_only=True):
    """What calldata says by an interface. All of it is empty where the interface does not know the function.

    ``selector`` is ``0x`` and 8 digits. ``arguments`` are None and ``fault`` says why where they are not understood.
    """

    name: str = ""
    selector: str = ""
    arguments: dict[str, Any] | None = None
    fault: str = ""


NO_CALL = ContractCall()


def parse_interface(text: str) -> ContractInterface:
    """The interface that ``text`` is: a JSON array. Events, errors, constructors and unknown members are ignored.

    Raises ``InvalidRequest``, which says where it is wrong.
    """
    return interface_at(text, all_at_once(index_interface(text)))


def index_interface(text: str) -> Steps[Index]:
    """Where its functions are, a step for each entry, once all of them are found to be in order.

    Raises ``InvalidRequest`` as `parse_interface`.
    """
    return index_in_order(text, _index)


def interface_at(text: str, index: Index) -> ContractInterface:
    """The interface in a text that has been read before."""
    return ContractInterface(Functions(text, index))


def call_of(interface: ContractInterface, data: bytes) -> ContractCall:
    """The call that ``data`` makes. Behind its end the machine reads zeros, so a short selector may call, too."""
    selector = data[:SELECTOR_BYTES].ljust(SELECTOR_BYTES, b"\0")
    function = interface.functions.get(selector) if data else None
    if function is None:
        return NO_CALL
    name, shown = function.name, f"0x{selector.hex()}"
    if len(data) < SELECTOR_BYTES:
        return ContractCall(name=name, selector=shown, fault=f"{len(data)} bytes, expected {SELECTOR_BYTES} at least")
    try:
        values = decode_arguments(function.types, data)
    except NotUnderstood as fault:
        return ContractCall(name=name, selector=shown, fault=f"in the data of {function.signature} {fault}")
    return ContractCall(name=name, selector=shown, arguments=dict(zip(function.keys, values, strict=True)))


def refuse_unclear_call(call: ContractCall) -> None:
    """Raise ``InvalidRequest`` where a known function's arguments are not understood.

    Contracts differ in what they take, so such data can be another spelling of a call that a policy denies.
    """
    if call.fault:
        raise invalid_transaction("Ethereum", call.fault)


def _index(text: str) -> Steps[Index]:
    found: dict[bytes, tuple[Function, Span]] = {}
    for at, (entry, span) in enumerate(_entries(text)):
        try:
            if not isinstance(entry, dict):
                raise NotUnderstood("expected an object")
            if entry.get("type", "function") == "function":
                check_size(text, span)
                _add(found, _function(entry), span)
        except NotUnderstood as fault:
            raise NotUnderstood(f"[{at}]: {fault}") from None
        yield
    return Index(functions={selector.hex(): span for selector, (_, span) in found.items()})


def _entries(text: str) -> Iterator[tuple[Any, Span]]:
    cursor = JsonCursor(text, values_max=INTERFACE_VALUES_MAX, depth_max=INTERFACE_DEPTH_MAX)
    if not cursor.opens("["):
        cursor.value()
        raise NotUnderstood("expected an array, as compilers write it under `abi`")
    while cursor.more("]"):
        start = cursor.at
        yield cursor.value(), (start, cursor.at)
    cursor.finish()


def _add(found: dict[bytes, tuple[Function, Span]], function: Function, span: Span) -> None:
    selector = keccak256(function.signature.encode())[:SELECTOR_BYTES]
    other, _ = found.setdefault(selector, (function, span))
    if other != function:
        raise NotUnderstood(f"{function.signature} has the selector of {other.signature}, with other names or types")
    if len(found) > FUNCTIONS_MAX:
        raise NotUnderstood(f"more than {FUNCTIONS_MAX} functions")


def _function(entry: dict[str, Any]) -> Function:
    name, inputs = entry.get("name"), entry.get("inputs")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise NotUnderstood("expected the name of a function")
    try:
        types = input_types(inputs)
        return Function(name=name, signature=name + signature_of(types), keys=_keys(inputs), types=types)
    except NotUnderstood as fault:
        raise NotUnderstood(f"function {quoted(name)}: {fault}") from None


def _keys(inputs: Any) -> tuple[str, ...]:
    keys: dict[str, None] = {}
    for at, each in enumerate(inputs):
        name = each.get("name") or str(at)
        if not isinstance(name, str):
            raise NotUnderstood("expected inputs whose names are texts")
        if name in keys:
            raise NotUnderstood(f"two inputs {quoted(name)}")
        keys[name] = None
    return tuple(keys)
