"""Ethereum's transactions to an address, in every spelling that a reader may take who is not strict."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import rlp
from one_address import MINE

from ethereum_samples import transaction


def read_by_a_node(signed: bytes) -> tuple[str, bytes]:
    """Recipient and data, by the ``rlp`` library, whatever the lengths are spelt like."""
    at = {1: 4, 2: 5, 3: 5, 4: 5}.get(signed[0], 3)
    items = rlp.decode(signed[1:] if signed[0] < 0xC0 else signed, strict=False)
    return f"0x{items[at].hex()}", items[at + 2]


def fields(random: Random, to: str, data: str = "0x") -> Iterator[tuple[int, dict[str, Any]]]:
    """A transaction to ``to`` of each type, with MINE in every other place that has room for it."""
    mine = {"address": MINE, "storageKeys": ["0x" + MINE[2:].rjust(64, "0")]}
    for kind in range(5):
        found = transaction(random, kind=kind).fields | {"to": to, "data": data}
        if kind:
            found["accessList"] = [mine, *found["accessList"]]
        if kind == 4:
            found["authorizationList"][0]["address"] = MINE
        yield kind, found


def spelt(raw: bytes) -> Iterator[str]:
    """The texts of the same bytes."""
    yield from (raw.hex(), raw.hex().upper(), f"0x{raw.hex()}")


def stretched(raw: bytes) -> Iterator[bytes]:
    """Spellings that a reader could take which is not strict: longer lengths, zeros in front, more at the end."""
    kind, items = (raw[:1], rlp.decode(raw[1:])) if raw[0] < 0xC0 else (b"", rlp.decode(raw))
    payload = b"".join(map(rlp.encode, items))
    yield kind + b"\xf9" + len(payload).to_bytes(2) + payload
    yield kind + b"\xfa" + len(payload).to_bytes(3) + payload
    yield raw + b"\0"
    yield b"\0" + raw
    for at, item in enumerate(items):
        if isinstance(item, bytes) and len(item) < 32:
            yield kind + rlp.encode([*items[:at], b"\0" + item, *items[at + 1 :]])
            yield kind + rlp.encode([*items[:at], [item], *items[at + 1 :]])
    yield kind + rlp.encode([*items, bytes.fromhex(MINE[2:])])
    yield kind + rlp.encode([*items, 1, 2, 3])
    yield kind + rlp.encode([kind + rlp.encode(items)])
