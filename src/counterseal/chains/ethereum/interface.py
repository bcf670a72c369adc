"""A contract's interface as it is uploaded: the JSON that compilers write, read once into what decodes calls.

Source: Turnkey docs, "Smart contract interfaces" (at most 400,000 characters; functions alone count); Solidity
documentation, "Contract ABI Specification", JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from counterseal.chains.ethereum.abi_types import AbiType, input_types, signature_of
from counterseal.chains.ethereum.calldata import SELECTOR_BYTES, decode_arguments
from counterseal.chains.ethereum.json_text import read_json_text
from counterseal.chains.refusal import NotUnderstood, invalid_transaction
from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.crypto.hashes import keccak256

INTERFACE_CHARACTERS_MAX = 400_000
INTERFACE_VALUES_MAX = 100_000
FUNCTIONS_MAX = 2_000
"""No contract has nearly as many: one of 24,576 bytes has room for some hundreds."""

_DEPTH_MAX = 80  # two levels for each tuple of ``TYPE_NESTING_MAX``, and those around
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """``keys`` are the names of its inputs, the position where an input has none; ``signature`` is hashed."""

    name: str
    signature: str
    keys: tuple[str, ...]
    types: tuple[AbiType, ...]


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
    try:
        if len(text) > INTERFACE_CHARACTERS_MAX:
            raise NotUnderstood(f"{len(text)} characters, expected at most {INTERFACE_CHARACTERS_MAX}")
        entries = read_json_text(text, values_max=INTERFACE_VALUES_MAX, depth_max=_DEPTH_MAX)
        if not isinstance(entries, list):
            raise NotUnderstood("expected an array, as compilers write it under `abi`")
        return ContractInterface(_functions(entries))
    except NotUnderstood as fault:
        raise InvalidRequest(f"invalid smart contract interface: {fault}") from None


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


def _functions(entries: list[Any]) -> dict[bytes, Function]:
    found: dict[bytes, Function] = {}
    for at, entry in enumerate(entries):
        if not isinstance(entry, dict):
            raise NotUnderstood(f"[{at}]: expected an object")
        if entry.get("type", "function") != "function":
            continue
        try:
            function = _function(entry)
        except NotUnderstood as fault:
            raise NotUnderstood(f"[{at}]: {fault}") from None
        selector = keccak256(function.signature.encode())[:SELECTOR_BYTES]
        if found.setdefault(selector, function) != function:
            other = found[selector].signature
            raise NotUnderstood(f"[{at}]: {function.signature} has the selector of {other}, with other names or types")
        if len(found) > FUNCTIONS_MAX:
            raise NotUnderstood(f"more than {FUNCTIONS_MAX} functions")
    return found


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
