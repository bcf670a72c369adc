"""EIP-712 typed data: what is signed of it and what policies see of it, worked out together in one walk.

Payload: JSON ``{types, primaryType, domain, message}``, as viem and ethers send it; other members are ignored. The
domain's type is the one that ``types`` gives; without one it is the struct of no members, whatever ``domain`` says:
viem sends such payloads.
Source: EIP-712; Turnkey docs, "Ethereum" (EIP-712 support); viem ``hashTypedData``, ethers ``TypedDataEncoder``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from counterseal.chains.ethereum.atoms import Atom
from counterseal.chains.ethereum.numbers import hex_bytes, integer, shown, word
from counterseal.chains.ethereum.struct_types import ArrayOf, StructName, StructTypes, ValueType
from counterseal.chains.json_text import read_json_text
from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.values import HexText, Numeral
from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.crypto.hashes import keccak256

PAYLOAD_CHARACTERS_MAX = 1024 * 1024
VALUES_MAX = 5_000
"""Of types, domain and message together, an empty array or object counting as two."""

DEPTH_MAX = 64
"""Levels of objects and arrays, the payload itself included."""

DOMAIN = "EIP712Domain"

_PREFIX = b"\x19\x01"
_NOTHING: dict[str, Any] = {}


class TypedData(msgspec.Struct, frozen=True, kw_only=True):
    """``digest``: the 32 bytes to be signed. ``facts``: ``eth.eip_712``."""

    digest: bytes
    facts: dict[str, Any]


def read_typed_data(text: str) -> TypedData:
    """The typed data that the payload ``text`` is.

    Raises ``InvalidRequest``, which names the place: ``invalid EIP-712 payload: message.to.wallet: found …``.
    """
    try:
        return _read(text)
    except NotUnderstood as fault:
        raise InvalidRequest(f"invalid EIP-712 payload: {fault}") from None


def _read(text: str) -> TypedData:
    if len(text) > PAYLOAD_CHARACTERS_MAX:
        raise NotUnderstood(f"{len(text)} characters, expected at most {PAYLOAD_CHARACTERS_MAX}")
    payload = read_json_text(text, values_max=VALUES_MAX, depth_max=DEPTH_MAX)
    if not isinstance(payload, dict) or not isinstance(payload.get("primaryType"), str):
        raise NotUnderstood("expected an object of types, primaryType, domain and message")
    types, primary_type = StructTypes(payload.get("types")), payload["primaryType"]
    domain_hash, domain = _EMPTY_DOMAIN_HASH, _NOTHING
    if DOMAIN in types:
        domain_hash, domain = _hashed(types, DOMAIN, payload, "domain")
    message_hash, message = b"", _NOTHING
    if primary_type != DOMAIN:
        message_hash, message = _hashed(types, primary_type, payload, "message")
    return TypedData(
        digest=keccak256(_PREFIX + domain_hash + message_hash),
        facts={"primary_type": primary_type, "domain": _domain_facts(domain, types), "message": message},
    )


def _domain_facts(domain: Mapping[str, Any], types: StructTypes) -> dict[str, Any]:
    """What the signature covers, and of the type that it has in EIP-712: nothing else may be relied on."""
    facts = {}
    members = types.struct(DOMAIN).members if DOMAIN in types else _NOTHING
    for member, (field, kind) in _DOMAIN_FACTS.items():
        type_ = members.get(member)
        if isinstance(type_, Atom) and type_.kind == kind:
            value = domain[member]
            facts[field] = value.number if isinstance(value, Numeral) else value
    return facts


def _hashed(types: StructTypes, name: str, payload: dict[str, Any], part: str) -> tuple[bytes, dict[str, Any]]:
    try:
        return _struct(types, name, payload.get(part))
    except _WrongValue as fault:
        raise NotUnderstood(f"{part}{fault.place}: {fault.reason}") from None


class _WrongValue(NotUnderstood):
    """A value that is not of its type. ``place`` is the way to it from where this is caught."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place

    def below(self, step: str) -> _WrongValue:
        return _WrongValue(self.reason, step + self.place)


# Each of these goes through a value by its type; it gives the 32 bytes that stand for it (``encodeData``) and its fact.


def _struct(types: StructTypes, name: str, value: Any) -> tuple[bytes, dict[str, Any]]:
    struct = types.struct(name)
    if type(value) is not dict:
        raise _WrongValue(f"found {shown(value)}, expected an object, which is a {quoted(name)}")
    words, facts = [types.type_hash(name)], {}
    for member, type_ in struct.members.items():
        if member not in value:
            raise _WrongValue(f"the member {quoted(member)} of a {quoted(name)} is missing")
        try:
            word_of_it, facts[member] = _value(types, type_, value[member])
        except _WrongValue as fault:
            raise fault.below(f".{quoted(member)[1:-1]}") from None
        words.append(word_of_it)
    return keccak256(b"".join(words)), facts


def _value(types: StructTypes, type_: ValueType, value: Any) -> tuple[bytes, Any]:
    if isinstance(type_, Atom):
        try:
            return _ATOMS[type_.kind](value, type_.size)
        except NotUnderstood as fault:
            raise _WrongValue(f"found {fault}") from None
    if isinstance(type_, StructName):
        return _struct(types, type_.name, value)
    return _array(types, type_, value)


def _array(types: StructTypes, type_: ArrayOf, value: Any) -> tuple[bytes, list[Any]]:
    if type(value) is not list:
        raise _WrongValue(f"found {shown(value)}, expected an array")
    if type_.length is not None and len(value) != type_.length:
        raise _WrongValue(f"found {len(value)} items, expected {type_.length}")
    words, facts = [], []
    for at, item in enumerate(value):
        try:
            word_of_it, fact = _value(types, type_.item, item)
        except _WrongValue as fault:
            raise fault.below(f"[{at}]") from None
        words.append(word_of_it)
        facts.append(fact)
    return keccak256(b"".join(words)), facts


def _integer(value: Any, bits: int, *, signed: bool) -> tuple[bytes, Numeral]:
    """Its fact is the same however it was spelt: a number and its text."""
    number = integer(value, bits=bits, signed=signed)
    return word(number), Numeral(str(number))


def _address(value: Any, _size: int) -> tuple[bytes, HexText]:
    address = hex_bytes(value, size=20)
    return address.rjust(32, b"\0"), HexText(f"0x{address.hex()}")


def _fixed_bytes(value: Any, size: int) -> tuple[bytes, HexText]:
    content = hex_bytes(value, size=size)
    return content.ljust(32, b"\0"), HexText(f"0x{content.hex()}")


def _bytes(value: Any, _size: int) -> tuple[bytes, HexText]:
    content = hex_bytes(value)
    return keccak256(content), HexText(f"0x{content.hex()}")


def _text(value: Any, _size: int) -> tuple[bytes, str]:
    if type(value) is not str:
        raise NotUnderstood(f"{shown(value)}, expected text")
    return keccak256(value.encode()), value


def _truth(value: Any, _size: int) -> tuple[bytes, bool]:
    if type(value) is not bool:
        raise NotUnderstood(f"{shown(value)}, expected true or false")
    return word(int(value)), value


_ATOMS: Mapping[str, Callable[[Any, int], tuple[bytes, Any]]] = {
    "uint": partial(_integer, signed=False),
    "int": partial(_integer, signed=True),
    "address": _address,
    "fixed": _fixed_bytes,
    "bytes": _bytes,
    "string": _text,
    "bool": _truth,
}

_EMPTY_DOMAIN_HASH = keccak256(keccak256(f"{DOMAIN}()".encode()))

_DOMAIN_FACTS = {
    "name": ("name", "string"),
    "version": ("version", "string"),
    "chainId": ("chain_id", "uint"),
    "verifyingContract": ("verifying_contract", "address"),
}
"""A domain's member, the field that policies know it by, and the kind of type that it has in EIP-712."""
