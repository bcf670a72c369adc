"""Whoever may sign permits for one spender only can sign none for another, however the typed data are spelt."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

from eth_account.messages import encode_typed_data
from eth_utils import keccak
from hypothesis import given
from one_address import FOREIGN, MINE, SEEDS, TOKEN, UNTIMED, allows

from counterseal.chains import ethereum
from counterseal.contract.errors import InvalidRequest

PERMIT: dict[str, Any] = {
    "types": {
        "EIP712Domain": [
            {"name": "name", "type": "string"},
            {"name": "chainId", "type": "uint256"},
            {"name": "verifyingContract", "type": "address"},
        ],
        "Permit": [
            {"name": "spender", "type": "address"},
            {"name": "value", "type": "uint256"},
            {"name": "data", "type": "bytes"},
        ],
    },
    "primaryType": "Permit",
    "domain": {"name": "Token", "chainId": 1, "verifyingContract": TOKEN},
    "message": {"spender": FOREIGN, "value": 5, "data": "0x01"},
}
SPENDER = (
    f"eth.eip_712.domain.verifying_contract == '{TOKEN}' && eth.eip_712.domain.chain_id == 1 && "
    f"eth.eip_712.primary_type == 'Permit' && eth.eip_712.message['spender'] == '{MINE}'"
)
ANOTHER_VALUE: tuple[Any, ...] = (
    *(
        MINE,
        MINE.upper().replace("X", "x"),
        MINE[2:],
        int(MINE, 16),
        FOREIGN,
        None,
        True,
        [],
        {},
        [MINE],
        {"spender": MINE},
    ),
    *(
        0,
        1,
        "1",
        "0x1",
        "Permit",
        "Token",
        "address",
        "string",
        "uint256",
        "bytes",
        "bytes20",
        "Permit[]",
        "EIP712Domain",
    ),
)


def another_value(random: Random) -> Any:
    return copy.deepcopy(random.choice(ANOTHER_VALUE))


def every_place(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from every_place(each, (*path, key))


def changed_payload(random: Random) -> Any:
    found = copy.deepcopy(PERMIT)
    found["message"]["spender"] = random.choice((MINE, FOREIGN))
    for _ in range(random.randint(1, 3)):
        part = random.choice(("", "types", "domain", "message", "message"))
        places = [path for path in every_place(found) if path and part in ("", path[0])]
        if not places:
            continue
        *path, last = random.choice(places)
        around = found
        for key in path:
            around = around[key]
        if random.random() < 0.2:
            del around[last]
        elif random.random() < 0.3 and isinstance(around, dict):
            around[random.choice(("spender", "Permit", "verifyingContract", "x"))] = another_value(random)
        else:
            around[last] = another_value(random)
    return found


def digest_by_eth_account(payload: Any) -> bytes:
    found = encode_typed_data(full_message=payload)
    return bytes(keccak(b"\x19" + found.version + found.header + found.body))


@UNTIMED
@given(SEEDS)
def test_no_payload_that_is_allowed_is_a_permit_for_another_spender(seed: int) -> None:
    """Whatever else it says: the hash that a contract checks for the other spender is not signed."""
    random = Random(seed)
    for _ in range(20):
        payload = changed_payload(random)
        try:
            found = ethereum.read_typed_data(json.dumps(payload))
        except InvalidRequest:
            continue
        if not allows(SPENDER, eth={"eip_712": found.facts}):
            continue
        message = {"spender": FOREIGN, "value": 5, "data": "0x01"}
        assert found.digest != digest_by_eth_account(PERMIT)
        if payload["types"] == PERMIT["types"] and payload["domain"] == PERMIT["domain"]:
            numbers = {name: str(found.facts["message"][name]) for name in message}
            assert found.digest == digest_by_eth_account(PERMIT | {"message": numbers | {"spender": MINE}})


def test_a_permit_for_the_spender_is_allowed() -> None:
    payload = PERMIT | {"message": {"spender": MINE.upper().replace("X", "x"), "value": "0x5", "data": "0x01"}}
    found = ethereum.read_typed_data(json.dumps(payload))
    assert allows(SPENDER, eth={"eip_712": found.facts})
    assert not allows(SPENDER, eth={"eip_712": ethereum.read_typed_data(json.dumps(PERMIT)).facts})
