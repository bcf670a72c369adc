"""What a signature would do, in words, for those who are to approve it. Long values are cut: facts have them whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterseal.chains.ethereum.authorization import Authorization
from counterseal.chains.ethereum.interface import NO_CALL, ContractCall
from counterseal.chains.ethereum.transaction import LEGACY, UnsignedTransaction
from counterseal.chains.ethereum.typed_data import TypedData
from counterseal.chains.values import HexText, Numeral
from counterseal.contract.errors import quoted

_ETHER, _GWEI = 18, 9  # decimals
_LISTED = 20  # values of one list or struct
_CHARACTERS = 2_000  # of all values together


def transaction_in_words(transaction: UnsignedTransaction, *, sender: str, call: ContractCall = NO_CALL) -> str:
    """E.g. ``On chain 1, 0x… sends 1 ether (1000000000000000000 wei) to 0x…. Type 2, nonce 0, at most …``."""
    where = f"On chain {transaction.chain_id}" if transaction.chain_id else "On every chain"
    kind = "Legacy" if transaction.type == LEGACY else f"Type {transaction.type}"
    price = _decimal(transaction.gas_price, _GWEI)
    sentences = [
        f"{where}, {sender} {_deed(transaction, call)}.",
        f"{kind}, nonce {transaction.nonce}, at most {transaction.gas} gas at {price} gwei.",
    ]
    if transaction.blob_versioned_hashes:
        price = _decimal(transaction.max_fee_per_blob_gas or 0, _GWEI)
        sentences.append(f"Blobs: {len(transaction.blob_versioned_hashes)}, their gas at most at {price} gwei.")
    if transaction.authorizations:
        listed = "; ".join(_delegation(each) for each in transaction.authorizations[:_LISTED])
        sentences.append(f"Authorizations signed by others: {listed}.")
    return " ".join(sentences)


def authorization_in_words(authorization: Authorization, *, signer: str) -> str:
    """E.g. ``0x… lets the code of 0x… act for it on chain 1 (nonce 0).``"""
    return f"{signer}: {_delegation(authorization)}."


def typed_data_in_words(typed_data: TypedData, *, signer: str) -> str:
    """E.g. ``0x… signs Permit for USD Coin, version 2, chain 1, contract 0x…: {owner: 0x…, value: 5}.``"""
    facts = typed_data.facts
    domain = facts["domain"]
    names = ("name", ""), ("version", "version "), ("chain_id", "chain "), ("verifying_contract", "contract ")
    known = [f"{word}{_shown(domain[field])}" for field, word in names if field in domain]
    where = f"for {', '.join(known)}" if known else "for a domain without a name"
    return f"{signer} signs {quoted(facts['primary_type'])} {where}: {_cut(_shown(facts['message']))}."


def _deed(transaction: UnsignedTransaction, call: ContractCall) -> str:
    amount = f"{_decimal(transaction.value, _ETHER)} ether ({transaction.value} wei)" if transaction.value else ""
    to, size = f"0x{transaction.to.hex()}", len(transaction.data)
    if not transaction.to:
        return f"creates a contract by {size} bytes of code" + (f", with {amount}" if amount else "")
    if not transaction.data:
        return f"sends {amount or 'nothing'} to {to}"
    if call.fault:
        what = f"{call.name} with data that are not understood ({call.fault})"
    elif call.arguments is not None:
        arguments = ", ".join(f"{_name(key)}={_shown(value)}" for key, value in call.arguments.items())
        what = f"{call.name}({_cut(arguments)})"
    else:
        selector = f" that begin with 0x{transaction.data[:4].hex()}" if size >= 4 else ""
        what = f"{size} {'byte' if size == 1 else 'bytes'} of data{selector}"
    return f"calls {to}: {what}" + (f", and sends {amount}" if amount else "")


def _delegation(authorization: Authorization) -> str:
    where = f"on chain {authorization.chain_id}" if authorization.chain_id else "on every chain"
    if not any(authorization.address):
        return f"no code may act for the account any more {where} (nonce {authorization.nonce})"
    code = f"the code at 0x{authorization.address.hex()}"
    return f"{code} may act for the account {where} (nonce {authorization.nonce})"


def _decimal(amount: int, decimals: int) -> str:
    whole, rest = divmod(amount, 10**decimals)
    return f"{whole}.{rest:0{decimals}}".rstrip("0").rstrip(".")


def _shown(value: Any) -> str:
    """A value of facts: all of them together are as many as the JSON or calldata had, so this is linear."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, HexText | Numeral):
        return value if len(value) <= 80 else f"{value[:72]}… ({len(value)} characters)"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        parts = [f"{_name(key)}: {_shown(each)}" for key, each in list(value.items())[:_LISTED]]
        return "{" + ", ".join(parts) + (", …" if len(value) > _LISTED else "") + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_shown, value[:_LISTED])) + (", …" if len(value) > _LISTED else "") + "]"
    return str(value)


def _name(key: str) -> str:
    return quoted(key)[1:-1]


def _cut(text: str) -> str:
    return text if len(text) <= _CHARACTERS else f"{text[:_CHARACTERS]}…"
