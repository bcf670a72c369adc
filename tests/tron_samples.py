"""Tron's transactions at random, written field by field. One seed gives one sample."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random
from typing import Any

import base58
import msgspec

OWNER = bytes.fromhex("41f39fd6e51aad88f6f4ce6ab8827279cfffb92266")
OTHER = bytes.fromhex("4170997970c51812dc3a010c7d01b50e0d17dc79c8")
KINDS = {
    "TransferContract": 1,
    "TriggerSmartContract": 31,
    "AccountPermissionUpdateContract": 46,
    "FreezeBalanceV2Contract": 54,
    "UnfreezeBalanceV2Contract": 55,
    "DelegateResourceContract": 57,
    "UnDelegateResourceContract": 58,
}
RESOURCES = ("BANDWIDTH", "ENERGY", "TRON_POWER")


class Sample(msgspec.Struct, frozen=True):
    """``fields``: ``raw_data`` as Tron's HTTP API writes it, addresses in hexadecimal; ``unsigned`` is what is sent."""

    kind: str
    fields: dict[str, Any]
    unsigned: bytes


def varint(number: int) -> bytes:
    head = bytearray()
    while number > 0x7F:
        head.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*head, number))


def message(*fields: tuple[int, int | bytes | None]) -> bytes:
    """Fields in the order that is given; numbers and bytes are written as they are, None is left out."""
    parts = []
    for number, value in fields:
        if isinstance(value, int):
            parts.append(varint(number << 3) + varint(value))
        elif value is not None:
            parts.append(varint(number << 3 | 2) + varint(len(value)) + value)
    return b"".join(parts)


def contract(kind: str, value: bytes | None, *more: tuple[int, int | bytes | None]) -> bytes:
    url = f"type.googleapis.com/protocol.{kind}".encode()
    return message((1, KINDS[kind]), (2, message((1, url), (2, value))), *more)


def transfer(*, owner: bytes = OWNER, to: bytes = OTHER, amount: int | None = 7) -> bytes:
    return contract("TransferContract", message((1, owner), (2, to), (3, amount)))


def transaction_of(content: bytes, *more: tuple[int, int | bytes | None]) -> bytes:
    """A transaction with this contract; ``more`` are fields behind it."""
    head = (1, b"\xa1\xb2"), (4, bytes(range(8))), (8, 1_800_000_060_000)
    return message(*head, (11, content), (14, 1_800_000_000_000), *more)


def base58_of(address: bytes | str) -> str:
    content = bytes.fromhex(address) if isinstance(address, str) else address
    return base58.b58encode_check(content).decode()


def random_transaction(random: Random, kind: str | None = None) -> Sample:
    kind = random.choice(list(KINDS)) if kind is None else kind
    fields, value = _contract(random, kind)
    permission = random.choice((0, 0, 2, 3))
    memo = random.choice((b"", b"", b"hi", random.randbytes(100)))
    limit = random.choice((0, 1, 100_000_000, 2**53 - 1))
    raw_data = {
        "contract": [
            {
                "type": kind,
                "parameter": {"type_url": f"type.googleapis.com/protocol.{kind}", "value": fields},
                **({"Permission_id": permission} if permission else {}),
            }
        ],
        "ref_block_bytes": random.randbytes(2).hex(),
        "ref_block_hash": random.randbytes(8).hex(),
        "expiration": random.randint(1, 2**42),
        "timestamp": random.randint(1, 2**42),
        **({"data": memo.hex()} if memo else {}),
        **({"fee_limit": limit} if limit else {}),
    }
    unsigned = message(
        (1, bytes.fromhex(raw_data["ref_block_bytes"])),
        (4, bytes.fromhex(raw_data["ref_block_hash"])),
        (8, raw_data["expiration"]),
        (10, memo or None),
        (11, contract(kind, value, (5, permission or None))),
        (14, raw_data["timestamp"]),
        (18, limit or None),
    )
    return Sample(kind, raw_data, unsigned)


def _contract(random: Random, kind: str) -> tuple[dict[str, Any], bytes]:
    owner, other = _address(random), _address(random)
    amount = random.choice((1, 127, 128, 2**31, 2**53 - 1, random.randint(1, 10**12)))
    resource = random.choice(RESOURCES[:2])
    chosen = RESOURCES.index(resource) or None
    fields: dict[str, Any] = {"owner_address": owner.hex()}
    match kind:
        case "TransferContract":
            return fields | {"to_address": other.hex(), "amount": amount}, message((1, owner), (2, other), (3, amount))
        case "TriggerSmartContract":
            data, paid = random.randbytes(random.choice((1, 4, 36, 68))), random.choice((0, amount))
            fields |= {"contract_address": other.hex(), "data": data.hex()}
            if paid:
                fields |= {"call_value": paid}
            return fields, message((1, owner), (2, other), (3, paid or None), (4, data))
        case "FreezeBalanceV2Contract" | "UnfreezeBalanceV2Contract":
            name = "frozen_balance" if kind.startswith("Freeze") else "unfreeze_balance"
            return fields | {name: amount, "resource": resource}, message((1, owner), (2, amount), (3, chosen))
        case "DelegateResourceContract" | "UnDelegateResourceContract":
            fields |= {"balance": amount, "resource": resource, "receiver_address": other.hex()}
            parts: list[tuple[int, int | bytes | None]] = [(1, owner), (2, chosen), (3, amount), (4, other)]
            if kind.startswith("Delegate") and random.random() < 0.5:
                fields |= {"lock": True, "lock_period": 1000}
                parts += [(5, 1), (6, 1000)]
            return fields, message(*parts)
    owners = _permission(random, "owner")
    actives = [_permission(random, f"active{at}") for at in range(random.randint(1, 8))]
    fields |= {"owner": owners[0], "actives": [each for each, _ in actives]}
    return fields, message((1, owner), (2, owners[1]), *((4, each) for _, each in actives))


def _permission(random: Random, name: str) -> tuple[dict[str, Any], bytes]:
    active = name.startswith("active")
    keys = [(_address(random), random.randint(1, 9)) for _ in range(random.randint(1, 5))]
    fields: dict[str, Any] = {
        "type": 2 if active else 0,
        "permission_name": name,
        "threshold": random.randint(1, 9),
        "keys": [{"address": address.hex(), "weight": weight} for address, weight in keys],
    }
    operations = random.randbytes(32) if active else None
    if operations:
        fields["operations"] = operations.hex()
    written = message(
        (1, 2 if active else None),
        (3, name.encode()),
        (4, fields["threshold"]),
        (6, operations),
        *((7, message((1, address), (2, weight))) for address, weight in keys),
    )
    return fields, written


def _address(random: Random) -> bytes:
    return b"\x41" + random.choice((random.randbytes(20), OWNER[1:], OTHER[1:]))


def each_kind(seeds: Iterable[int]) -> list[Sample]:
    """Samples of every kind in turn."""
    kinds = list(KINDS)
    return [random_transaction(Random(seed), kinds[seed % len(kinds)]) for seed in seeds]
