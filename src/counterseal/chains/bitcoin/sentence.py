"""What a Bitcoin transaction would do, in words, for those who are to approve it."""

from __future__ import annotations

from typing import Any

from counterseal.chains.bitcoin.address import Network
from counterseal.chains.bitcoin.facts import transaction_facts
from counterseal.chains.bitcoin.unsigned import UnsignedTransaction

_SATOSHIS = 100_000_000  # of one bitcoin
_LISTED = 20  # outputs in words


def transaction_in_words(transaction: UnsignedTransaction, *, network: Network) -> str:
    """E.g. ``On Bitcoin, 2 inputs of 0.002 BTC pay 0.001 BTC (100000 satoshis) to bc1…. Fee 0.001 BTC (…).``"""
    facts = transaction_facts(transaction, network=network)
    count, outputs = len(transaction.coins), [_paid(each) for each in facts["outputs"]]
    inputs = f"{count} {'input' if count == 1 else 'inputs'} of {_amount(sum(e.value for e in transaction.coins))}"
    if len(outputs) > _LISTED:
        outputs[_LISTED:] = [f"and {len(outputs) - _LISTED} more"]
    sentences = [f"On Bitcoin, {inputs} pay {'; '.join(outputs)}.", f"Fee {_amount(facts['fee'])}."]
    locktime = facts["locktime"]
    if locktime["amount"]:
        unit = "block" if locktime["type"] == "Blocks" else "Unix second"
        sentences.append(f"Locked until {unit} {locktime['amount']}.")
    return " ".join(sentences)


def _paid(output: dict[str, Any]) -> str:
    return f"{_amount(output['value'])} to {output['address'] or 'a script without an address'}"


def _amount(satoshis: int) -> str:
    whole, rest = divmod(satoshis, _SATOSHIS)
    return f"{f'{whole}.{rest:08}'.rstrip('0').rstrip('.')} BTC ({satoshis} satoshis)"
