"""What a Tron transaction would do, in words, for those who are to approve it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from counterseal.chains.tron.facts import transaction_facts
from counterseal.chains.tron.transaction import UnsignedTransaction

_SUN = 1_000_000  # of one TRX
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 253_402_300_799_000  # the last second of the year 9999
_SHOWN = 64  # characters of bytes


def transaction_in_words(transaction: UnsignedTransaction) -> str:
    """E.g. ``On Tron, T… sends 1 TRX (1000000 sun) to T…. Fee at most 100 TRX (…), valid until 2027-01-15 ….``"""
    facts = transaction_facts(transaction)
    contract = facts["contract"][0]
    sentences = [f"On Tron, {contract['owner_address']} {_deed(contract)}."]
    if transaction.permission_id:
        sentences.append(f"Signed for its permission {transaction.permission_id}.")
    fee = f"Fee at most {_amount(transaction.fee_limit)}, " if transaction.fee_limit else "No fee limit, "
    sentences.append(f"{fee}valid until {_instant(transaction.expiration)}.")
    if transaction.data:
        sentences.append(f"Memo (hexadecimal): {_cut(facts['data'])}.")
    return " ".join(sentences)


def _deed(contract: dict[str, Any]) -> str:
    match contract["type"]:
        case "TransferContract":
            return f"sends {_amount(contract['amount'])} to {contract['to_address']}"
        case "TriggerSmartContract":
            return _call(contract)
        case "FreezeBalanceV2Contract":
            return f"stakes {_amount(contract['frozen_balance'])} for {contract['resource']}"
        case "UnfreezeBalanceV2Contract":
            return f"unstakes {_amount(contract['unfreeze_balance'])} of {contract['resource']}"
        case "DelegateResourceContract":
            locked = f", locked for {contract['lock_period']} blocks" if contract["lock"] else ""
            return f"lends {_lent(contract)} to {contract['receiver_address']}{locked}"
        case "UnDelegateResourceContract":
            return f"takes {_lent(contract)} back from {contract['receiver_address']}"
    return f"lets others sign for it: {_permissions(contract)}"


def _call(contract: dict[str, Any]) -> str:
    data = contract["data"]
    size = f"{len(data) // 2} {'byte' if len(data) == 2 else 'bytes'} of data"
    selector = f" that begin with {data[:8]}" if len(data) >= 8 else ""
    paid = f", and sends {_amount(contract['call_value'])}" if contract["call_value"] else ""
    if contract["call_token_value"]:
        paid += f", and sends {contract['call_token_value']} of token {contract['token_id']}"
    return f"calls {contract['contract_address']} with {size}{selector}{paid}"


def _lent(contract: dict[str, Any]) -> str:
    return f"{contract['resource']} of {_amount(contract['balance'])}"


def _permissions(contract: dict[str, Any]) -> str:
    named = [(name, contract[name]) for name in ("owner", "witness") if name in contract]
    return "; ".join(_permission(name, each) for name, each in [*named, *(("active", a) for a in contract["actives"])])


def _permission(name: str, permission: dict[str, Any]) -> str:
    keys = ", ".join(f"{key['address']} (weight {key['weight']})" for key in permission["keys"])
    return f"{name}, weight {permission['threshold']} needed of {keys or 'nobody'}"


def _amount(sun: int) -> str:
    whole, rest = divmod(sun, _SUN)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".") + f" TRX ({sun} sun)"


def _instant(milliseconds: int) -> str:
    if milliseconds > _LATEST_MS:
        return f"millisecond {milliseconds}"
    return (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
