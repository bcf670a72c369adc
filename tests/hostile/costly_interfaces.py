"""Interfaces of contracts and programs that want to be much work."""

from __future__ import annotations

import json
from typing import Any

from counterseal.chains.interface_text import FUNCTION_VALUES_MAX, INTERFACE_CHARACTERS_MAX, INTERFACE_VALUES_MAX
from hostile.costly import CostlyCase, Stage, stamped

PATH = "/public/v1/submit/create_smart_contract_interface"
ETHEREUM = {"type": "SMART_CONTRACT_INTERFACE_TYPE_ETHEREUM"}
SOLANA = {
    "type": "SMART_CONTRACT_INTERFACE_TYPE_SOLANA",
    "smartContractAddress": "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA",
}


def _request(stage: Stage, text: str, kind: dict[str, str]) -> bytes:
    address = {"smartContractAddress": f"0x{stage.number():040x}"}
    parameters = address | kind | {"smartContractInterface": text, "label": "contract"}
    return stamped(PATH, stage.body("CREATE_SMART_CONTRACT_INTERFACE", parameters), stage.adversary.key)


def _case(name: str, text: str, kind: dict[str, str] = ETHEREUM) -> CostlyCase:
    honest = json.dumps([_function(0)]).ljust(min(len(text), INTERFACE_CHARACTERS_MAX))
    return CostlyCase(
        name=f"interfaces: {name}",
        adversarial=lambda stage, _: _request(stage, text, kind),
        honest=lambda stage, _: _request(stage, honest, ETHEREUM),
        answers=frozenset({200, 400, 409, 429}),
        honest_answers=frozenset({200, 429}),
    )


def _function(number: int, *inputs: Any) -> dict[str, Any]:
    return {"type": "function", "name": f"f{number}", "inputs": list(inputs)}


def _instructions(*types: Any) -> str:
    instruction = {"accounts": [], "args": [{"name": "a", "type": {"defined": "T0"}}]}
    named = [{"name": f"i{at}", **instruction} for at in range(100)]
    return json.dumps({"instructions": named, "types": list(types)}, separators=(",", ":"))


_TWO = [{"name": "a", "type": "address"}, {"name": "b", "type": "uint256"}]
_MANY = [_function(at, *_TWO) for at in range(1_990)]
_WIDE = _function(0, *[{"type": "int[]"}] * (FUNCTION_VALUES_MAX // 2 - 10))
_CHAIN = [
    {"name": f"T{at}", "type": {"kind": "struct", "fields": [{"name": "a", "type": {"defined": f"T{at + 1}"}}]}}
    for at in range(3_000)
]

CASES = (
    _case("many functions", json.dumps(_MANY)),
    _case("wide functions", json.dumps([_WIDE | {"name": f"f{at}"} for at in range(10)], separators=(",", ":"))),
    _case("many values", "[" + ",".join(["{}"] * (INTERFACE_VALUES_MAX // 2 - 10)) + "]"),
    _case("one entry of many values", "[[" + ",".join(["0"] * (INTERFACE_VALUES_MAX - 10)) + "]]"),
    _case("levels", "[" * INTERFACE_CHARACTERS_MAX),
    _case("a megabyte", "[" * 900_000),
    _case("types in types", _instructions(*_CHAIN), SOLANA),
    _case("a wrong last function", json.dumps([*_MANY[:-1], _function(0, 5)])),
)
