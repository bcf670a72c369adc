"""``tron.tx``: what policies see of a transaction.

Source: Turnkey docs, policy language (struct ``tron.tx``), Tron examples; java-tron, ``Base58``.
"""

from __future__ import annotations

from typing import Any

from counterseal.chains.tron.transaction import UnsignedTransaction
from counterseal.crypto import base58check


def transaction_facts(transaction: UnsignedTransaction) -> dict[str, Any]:
    """The fields of ``tron.tx``. Its contract has the fields of its kind and no others: reading another fails.

    Addresses are Base58Check, bytes are hexadecimal without 0x, amounts in sun, times in milliseconds. What the bytes
    leave out has the protocol's default: 0, false, or no bytes; a permission that is absent is missing.
    """
    contract = {name: _fact(name, value) for name, value in transaction.contract.items() if value is not None}
    return {
        "ref_block_bytes": transaction.ref_block_bytes.hex(),
        "ref_block_hash": transaction.ref_block_hash.hex(),
        "expiration": transaction.expiration,
        "timestamp": transaction.timestamp,
        "fee_limit": transaction.fee_limit,
        "data": transaction.data.hex(),
        "contract": [{"type": transaction.kind, "permission_id": transaction.permission_id, **contract}],
    }


def _fact(name: str, value: Any) -> Any:
    match value:
        case bytes():
            return base58check.encode(value) if name.endswith("address") else value.hex()
        case dict():
            return {each: _fact(each, part) for each, part in value.items()}
        case list():
            return [_fact(name, part) for part in value]
    return value
