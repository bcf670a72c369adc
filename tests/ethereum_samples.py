"""Ethereum transactions, calls and typed data at random, written by other people's code. One seed gives one sample."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec
import rlp

KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
SENDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"

ORDER = {
    0: ("nonce", "gasPrice", "gas", "to", "value", "data"),
    1: ("chainId", "nonce", "gasPrice", "gas", "to", "value", "data", "accessList"),
    2: ("chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gas", "to", "value", "data", "accessList"),
    3: (
        *("chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gas", "to", "value", "data", "accessList"),
        *("maxFeePerBlobGas", "blobVersionedHashes"),
    ),
    4: (
        *("chainId", "nonce", "maxPriorityFeePerGas", "maxFeePerGas", "gas", "to", "value", "data", "accessList"),
        "authorizationList",
    ),
}


class Sample(msgspec.Struct, frozen=True):
    """``fields`` by the names of JSON-RPC, ``to`` empty where a contract is created; ``unsigned`` is what is sent."""

    kind: int
    fields: dict[str, Any]
    unsigned: bytes


def integer(random: Random, bits: int, *, least: int = 0) -> int:
    """Mostly near a power of two, where encodings change."""
    near = (1 << random.randint(0, bits)) + random.randint(-2, 2)
    found = random.choice((near, random.getrandbits(bits), random.getrandbits(random.randint(1, bits)), 0, 127, 128))
    return max(least, min(found, (1 << bits) - 1))


def address(random: Random) -> str:
    return "0x" + random.choice((random.randbytes(20), bytes(19) + b"\1", bytes(20), b"\xff" * 20)).hex()


def content(random: Random, most: int = 100) -> bytes:
    return random.randbytes(random.choice((0, 0, 1, 2, 4, 31, 32, 33, 54, 55, 56, 68, random.randint(0, most))))


def access_list(random: Random) -> list[dict[str, Any]]:
    keys = lambda: ["0x" + random.randbytes(32).hex() for _ in range(random.choice((0, 1, 2)))]  # noqa: E731
    return [{"address": address(random), "storageKeys": keys()} for _ in range(random.choice((0, 0, 1, 3)))]


def transaction(random: Random, kind: int | None = None) -> Sample:
    """An unsigned transaction of this type, or of any."""
    kind = random.randint(0, 4) if kind is None else kind
    price = integer(random, 96)
    fields: dict[str, Any] = {
        "chainId": integer(random, 52, least=1),
        "nonce": integer(random, 53),
        "gas": integer(random, 53),
        "to": "" if kind < 3 and random.random() < 0.1 else address(random),
        "value": integer(random, 256),
        "data": "0x" + content(random, 600).hex(),
    }
    fields |= {"gasPrice": price} if kind < 2 else {"maxFeePerGas": price}
    if kind >= 1:
        fields["accessList"] = access_list(random)
    if kind >= 2:
        fields["maxPriorityFeePerGas"] = random.randint(0, price)
    if kind == 3:
        fields["maxFeePerBlobGas"] = integer(random, 96)
        fields["blobVersionedHashes"] = ["0x01" + random.randbytes(31).hex() for _ in range(random.randint(1, 3))]
    if kind == 4:
        fields["authorizationList"] = [authorization(random) for _ in range(random.randint(1, 3))]
    return Sample(kind, fields, encoded(kind, fields))


def authorization(random: Random) -> dict[str, Any]:
    return {
        "chainId": integer(random, 52),
        "address": address(random),
        "nonce": integer(random, 53),
        "yParity": random.randint(0, 1),
        "r": integer(random, 255, least=1),
        "s": integer(random, 254, least=1),
    }


def encoded(kind: int, fields: dict[str, Any]) -> bytes:
    """The transaction without a signature, by ``rlp``."""
    items = [_item(fields[name]) for name in ORDER[kind]]
    if kind == 0:
        return bytes(rlp.encode([*items, fields["chainId"], 0, 0]))
    return bytes((kind,)) + bytes(rlp.encode(items))


def _item(value: Any) -> Any:
    if isinstance(value, str):
        return bytes.fromhex(value.removeprefix("0x"))
    if isinstance(value, list):
        return [_item(each) for each in value]
    return [_item(each) for each in value.values()] if isinstance(value, dict) else value


# Types of interfaces and of typed data, and values of them as eth-abi and eth-account take them.

ATOMS = (
    "address",
    "bool",
    "string",
    "bytes",
    "bytes1",
    "bytes4",
    "bytes32",
    "uint8",
    "uint96",
    "uint256",
    "int16",
    "int256",
)


def atom_value(random: Random, name: str) -> Any:
    """A value of an atomic type: bytes for bytes, text in hexadecimal for addresses."""
    if name == "address":
        return address(random)
    if name == "bool":
        return random.random() < 0.5
    if name == "string":
        return random.choice(("", "a", "héllo ✓", "0xAB", "x" * 70, "\U0001f600"))
    if name == "bytes":
        return content(random)
    if name.startswith("bytes"):
        return random.randbytes(int(name[5:]))
    bits = int(name.lstrip("uint") or 256)
    if name.startswith("u"):
        return integer(random, bits)
    return random.choice((-1, 1)) * integer(random, bits - 1)


def abi_input(random: Random, depth: int = 3, name: str = "") -> dict[str, Any]:
    """One input of a function, as compilers write it."""
    brackets = "".join(random.choice(("", "", "", "[]", "[2]", "[3]")) for _ in range(2))
    if depth and random.random() < 0.3:
        parts = [abi_input(random, depth - 1, f"p{at}") for at in range(random.randint(1, 3))]
        return {"name": name, "type": f"tuple{brackets}", "components": parts}
    return {"name": name, "type": random.choice(ATOMS) + brackets}


def abi_text(input_: dict[str, Any]) -> str:
    """The type as it stands in a signature."""
    if not input_["type"].startswith("tuple"):
        return str(input_["type"])
    return f"({','.join(map(abi_text, input_['components']))})" + input_["type"].removeprefix("tuple")


def abi_value(random: Random, input_: dict[str, Any]) -> Any:
    """A value of the input's type; tuples are tuples."""
    type_ = input_["type"]
    if type_.endswith("]"):
        inner, _, length = type_[:-1].rpartition("[")
        count = int(length) if length else random.choice((0, 1, 2, 3))
        return [abi_value(random, input_ | {"type": inner}) for _ in range(count)]
    if type_ == "tuple":
        return tuple(abi_value(random, part) for part in input_["components"])
    return atom_value(random, type_)


def as_seen(value: Any) -> Any:
    """A value as policies see it: tuples are lists, addresses and bytes are hexadecimal in lower case."""
    if isinstance(value, list | tuple):
        return [as_seen(each) for each in value]
    return f"0x{value.hex()}" if isinstance(value, bytes) else value


def typed_data(random: Random) -> dict[str, Any]:
    """A payload of EIP-712, in the forms that clients write."""
    names = [f"{random.choice('ABZaz')}{at}" for at in range(random.randint(1, 4))]
    types: dict[str, list[dict[str, str]]] = {}
    for at, name in enumerate(names):
        below = names[at + 1 :]
        types[name] = [
            {"name": f"m{number}", "type": _member_type(random, below)} for number in range(random.randint(0, 4))
        ]
    for at, name in enumerate(names[1:]):  # so that each is reached, and the first is the primary one
        types[names[at]].append({"name": f"to{name}", "type": name})
    domain = _domain(random)
    return {
        "types": {"EIP712Domain": [{"name": name, "type": DOMAIN[name]} for name in domain]} | types,
        "primaryType": names[0],
        "domain": domain,
        "message": _struct_value(random, types, names[0]),
    }


DOMAIN = {
    "name": "string",
    "version": "string",
    "chainId": "uint256",
    "verifyingContract": "address",
    "salt": "bytes32",
}


def _domain(random: Random) -> dict[str, Any]:
    domain = {
        "name": random.choice(("", "Ether Mail", "é")),
        "version": "1",
        "chainId": json_integer(random, integer(random, 53)),
        "verifyingContract": address(random),
        "salt": f"0x{random.randbytes(32).hex()}",
    }
    return {name: domain[name] for name in domain if random.random() < 0.7}


def _member_type(random: Random, structs: Sequence[str]) -> str:
    base = random.choice(structs) if structs and random.random() < 0.4 else random.choice(ATOMS)
    return base + random.choice(("", "", "", "[]", "[2]", "[][]", "[2][]"))


def _struct_value(random: Random, types: dict[str, Any], name: str) -> dict[str, Any]:
    return {member["name"]: _typed_value(random, types, member["type"]) for member in types[name]}


def _typed_value(random: Random, types: dict[str, Any], type_: str) -> Any:
    if type_.endswith("]"):
        inner, _, length = type_[:-1].rpartition("[")
        count = int(length) if length else random.choice((0, 1, 2))
        return [_typed_value(random, types, inner) for _ in range(count)]
    if type_ in types:
        return _struct_value(random, types, type_)
    value = atom_value(random, type_)
    if isinstance(value, bytes):
        return f"0x{value.hex()}"
    return json_integer(random, value) if type(value) is int else value


def json_integer(random: Random, value: int) -> int | str:
    """An integer in one of the forms that clients write: a number only where JavaScript's are exact."""
    forms: list[int | str] = [str(value)]
    if value >= 0:
        forms.append(hex(value))
    if abs(value) < 2**53:
        forms.append(value)
    return random.choice(forms)


def tempo_fields(random: Random) -> dict[str, Any]:
    """The fields of a Tempo transaction, by the names of ox; numbers that it takes as such are exact in JavaScript."""
    fee = integer(random, 96)
    calls = [{"to": address(random), "data": f"0x{content(random).hex()}"} for _ in range(random.randint(1, 3))]
    if random.random() < 0.1:
        del calls[0]["to"]
    fields: dict[str, Any] = {
        "chainId": integer(random, 52, least=1),
        "maxPriorityFeePerGas": str(random.randint(0, fee)),
        "maxFeePerGas": str(fee),
        "gas": str(integer(random, 64)),
        "calls": calls,
        "accessList": access_list(random),
        "nonceKey": str(integer(random, 256)),
        "nonce": str(integer(random, 64)),
    }
    after = random.choice((0, random.getrandbits(40)))
    before = random.choice((0, after + random.randint(1, 1000)))
    fields |= {name: value for name, value in (("validAfter", after), ("validBefore", before)) if value}
    if random.random() < 0.5:
        fields["feeToken"] = "0x20c0000000000000000000000000000000000001"
    return fields


def tempo_transaction(random: Random, to: str) -> bytes:
    """An unsigned transaction of Tempo whose calls all go to this address."""
    found = tempo_fields(random)
    calls = [[bytes.fromhex(to[2:]), 0, content(random)] for _ in range(random.randint(1, 3))]
    numbers = [int(found[name]) for name in ("chainId", "maxPriorityFeePerGas", "maxFeePerGas", "gas")]
    window = [found.get("validBefore", 0), found.get("validAfter", 0)]
    payer = random.choice((b"", b"\0", [0, 1, 2]))
    items = [
        *numbers,
        calls,
        [],
        int(found["nonceKey"]),
        int(found["nonce"]),
        *window,
        random.choice((b"", b"\x20\xc0" + bytes(17) + b"\1")),
        payer,
        [],
    ]
    return b"\x76" + bytes(rlp.encode(items))
