"""Bodies of requests built from the published model, and not from the shapes that are generated from it.

A *minimal* body has what the model requires: its own lists have one item, and lists within are empty, but for the API
keys without which a user could not come back. A *maximal* one has every member that the model knows, at every depth,
and an item in each list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterseal.contract.generator.model import model, reference
from counterseal.crypto.p256 import P256PrivateKey

STRANGER = "3f1c5d0e-6f0b-4a0e-8a3e-0b9d1f2a3c4d"
"""An id that nothing has."""

_TEXTS = {
    "Id": STRANGER,
    "Ids": STRANGER,
    "userTags": STRANGER,
    "privateKeyTags": STRANGER,
    "path": "m/44'/60'/0'/0/0",
    "before": STRANGER,
    "after": STRANGER,
    "email": "ada@example.com",
    "Email": "ada@example.com",
    "PhoneNumber": "+13214567890",
    "filterValue": "ada@example.com",
    "Seconds": "3600",
    "limit": "10",
    "fingerprint": f"sha256:{'0' * 64}",
    "url": "https://hooks.example.com/turnkey",
    "eventType": "ACTIVITY_UPDATES",
    "filtersJson": '{"statuses":["ACTIVITY_STATUS_COMPLETED"]}',
    "condition": "true",
    "Condition": "true",
    "consensus": "true",
    "Consensus": "true",
    "scope": "true",
    "cidr": "192.0.2.0/24",
    "time": "true",
    "payload": "00" * 32,
    "payloads": "00" * 32,
    "unsignedTransaction": "c9808080808080018080",
    "smartContractAddress": f"0x{'c0' * 20}",
    "smartContractInterface": "[]",
    "targetPublicKey": P256PrivateKey.generate().public_point.hex(),
}
"""What fits members whose names end so; a later line counts before an earlier one."""

_NEVER_EMPTY = "apiKeys"


def parameters_of(type_name: str, *, everything: bool, known: Mapping[str, str]) -> dict[str, Any]:
    """The ``parameters`` of a submit of an activity type. ``known`` are texts for members of exactly these names."""
    [variant] = [each for each in model().variants() if each["type"] == type_name]
    return _object(variant["intent_schema"], everything=everything, known=known, depth=0)


def query_of(definition: str, *, everything: bool, known: Mapping[str, str]) -> dict[str, Any]:
    """The body of a query whose request is ``definition``."""
    return _object(definition, everything=everything, known=known, depth=0)


def _object(definition: str, *, everything: bool, known: Mapping[str, str], depth: int) -> dict[str, Any]:
    schema = model().definitions[definition]
    required = schema.get("required", ())
    return {
        name: _value(name, member, everything=everything, known=known, depth=depth)
        for name, member in schema.get("properties", {}).items()
        if everything or name in required
    }


def _value(name: str, schema: Mapping[str, Any], *, everything: bool, known: Mapping[str, str], depth: int) -> Any:
    if schema.get("type") == "array":
        item = _value(name, schema["items"], everything=everything, known=known, depth=depth + 1)
        return [item] if everything or depth == 0 or name == _NEVER_EMPTY else []
    if name in known:
        return known[name]
    if definition := reference(dict(schema)):
        named = model().definitions[definition]
        if "enum" not in named:
            return _object(definition, everything=everything, known=known, depth=depth + 1)
        return named["enum"][-1 if everything else 0]
    if "enum" in schema:
        return schema["enum"][-1 if everything else 0]
    match schema["type"]:
        case "object":
            return {"key": "text"} if everything else {}
        case "integer":
            return 1
        case "boolean":
            return True
        case _:
            return _text(name, schema.get("format"))


def _text(name: str, form: str | None) -> str:
    if form in ("int64", "uint64"):
        return "1"
    return next((text for ending, text in reversed(_TEXTS.items()) if name.endswith(ending)), "dGV4dA")
