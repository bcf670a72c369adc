"""``tempo.tx``: what policies see of a transaction, and the same in words.

Source: Turnkey docs, policy language (struct ``tempo.tx``), Tempo examples.
"""

from __future__ import annotations

from typing import Any

from counterseal.chains.tempo.transaction import Call, UnsignedTransaction

_SELECTOR_BYTES = 4
_LISTED = 20  # calls in words


def transaction_facts(transaction: UnsignedTransaction, *, sender: str) -> dict[str, Any]:
    """The fields of ``tempo.tx``. ``sender`` is the signer's address: the unsigned bytes do not have it.

    ``fee_token`` is empty where somebody else pays, too: the signature does not cover it then.
    """
    return {
        "chain_id": transaction.chain_id,
        "nonce": transaction.nonce,
        "gas_limit": transaction.gas_limit,
        "max_fee_per_gas": transaction.max_fee_per_gas,
        "max_priority_fee_per_gas": transaction.max_priority_fee_per_gas,
        "valid_before": transaction.valid_before,
        "valid_after": transaction.valid_after,
        "from": sender.lower(),
        "fee_token": _hex(transaction.fee_token) if transaction.fee_token else "",
        "calls": [_call_facts(call) for call in transaction.calls],
    }


def transaction_in_words(transaction: UnsignedTransaction, *, sender: str) -> str:
    """E.g. ``On Tempo's chain 4217, 0x… calls 0x… with 68 bytes of data that begin with 0xa9059cbb. Nonce 0, …``."""
    deeds = [_deed(call) for call in transaction.calls[:_LISTED]]
    if len(transaction.calls) > _LISTED:
        deeds.append(f"and {len(transaction.calls) - _LISTED} more")
    if transaction.sponsored:
        fee = "fee paid by somebody else"
    else:
        fee = f"fee paid in {_hex(transaction.fee_token)}" if transaction.fee_token else "fee paid in the usual token"
    sentences = [
        f"On Tempo's chain {transaction.chain_id}, {sender} {'; '.join(deeds)}.",
        f"Nonce {transaction.nonce} of key {transaction.nonce_key}, at most {transaction.gas_limit} gas, {fee}.",
    ]
    if transaction.valid_after or transaction.valid_before:
        after = f"from {transaction.valid_after} " if transaction.valid_after else ""
        before = f"until {transaction.valid_before} " if transaction.valid_before else ""
        sentences.append(f"Valid {after}{before}(Unix seconds).")
    if transaction.authorizations:
        sentences.append(f"Authorizations signed by others: {transaction.authorizations}.")
    return " ".join(sentences)


def _call_facts(call: Call) -> dict[str, str]:
    selector = call.data[:_SELECTOR_BYTES]
    return {
        "to": _hex(call.to) if call.to else "",
        "input": _hex(call.data),
        "function_signature": _hex(selector) if len(selector) == _SELECTOR_BYTES else "",
    }


def _deed(call: Call) -> str:
    size = f"{len(call.data)} {'byte' if len(call.data) == 1 else 'bytes'}"
    if not call.to:
        return f"creates a contract by {size} of code"
    if not call.data:
        return f"calls {_hex(call.to)} without data"
    selector = f" that begin with {_hex(call.data[:_SELECTOR_BYTES])}" if len(call.data) >= _SELECTOR_BYTES else ""
    return f"calls {_hex(call.to)} with {size} of data{selector}"


def _hex(content: bytes) -> str:
    return f"0x{content.hex()}"
