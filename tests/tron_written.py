"""Tron's transactions written again from what policies see of them, field by field, as nodes write them."""

from __future__ import annotations

from typing import Any

import base58

from tron_samples import KINDS, RESOURCES, contract, message

FIELDS = {
    "TransferContract": ("owner_address", "to_address", "amount"),
    "TriggerSmartContract": (
        *("owner_address", "contract_address", "call_value", "data", "call_token_value", "token_id"),
    ),
    "AccountPermissionUpdateContract": ("owner_address", "owner", "witness", "actives"),
    "FreezeBalanceV2Contract": ("owner_address", "frozen_balance", "resource"),
    "UnfreezeBalanceV2Contract": ("owner_address", "unfreeze_balance", "resource"),
    "DelegateResourceContract": (*("owner_address", "resource", "balance", "receiver_address", "lock", "lock_period"),),
    "UnDelegateResourceContract": ("owner_address", "resource", "balance", "receiver_address"),
}
"""In the order of their numbers, from 1 on."""

PERMISSION = ("type", "id", "permission_name", "threshold", "parent_id", "operations", "keys")
PERMISSION_TYPES = ("Owner", "Witness", "Active")
HEXADECIMAL = ("data", "operations")


def written(facts: dict[str, Any]) -> bytes:
    """The bytes that have these facts, ``tron.tx``: there are no others."""
    (only,) = facts["contract"]
    assert only["type"] in KINDS
    value = _message(only, FIELDS[only["type"]])
    return message(
        (1, bytes.fromhex(facts["ref_block_bytes"]) or None),
        (4, bytes.fromhex(facts["ref_block_hash"]) or None),
        (8, facts["expiration"] or None),
        (10, bytes.fromhex(facts["data"]) or None),
        (11, contract(only["type"], value, (5, only["permission_id"] or None))),
        (14, facts["timestamp"] or None),
        (18, facts["fee_limit"] or None),
    )


def _message(fields: dict[str, Any], names: tuple[str, ...]) -> bytes:
    parts: list[tuple[int, int | bytes | None]] = []
    for number, name in enumerate(names, start=1):
        value = fields.get(name)
        if isinstance(value, list):
            inner = ("address", "weight") if name == "keys" else PERMISSION
            parts += [(number, _message(each, inner)) for each in value]
        elif isinstance(value, dict):
            parts.append((number, _message(value, PERMISSION)))
        else:
            parts.append((number, _scalar(name, value) or None))
    return message(*parts)


def _scalar(name: str, value: Any) -> int | bytes | None:
    if name.endswith("address"):
        return base58.b58decode_check(value)
    if name in HEXADECIMAL:
        return bytes.fromhex(value)
    if name == "resource":
        return RESOURCES.index(value)
    if name == "type":
        return PERMISSION_TYPES.index(value)
    return value.encode() if isinstance(value, str) else value
