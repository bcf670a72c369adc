"""Bitcoin's rules of consensus, by Bitcoin Core's own code (libbitcoinkernel)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from pbk import ScriptPubkey, ScriptVerificationFlags, ScriptVerifyException, Transaction, TransactionOutput
from pbk.script import PrecomputedTransactionData

_ALL_RULES = reduce(or_, ScriptVerificationFlags)


def spends(transaction: bytes, coins: Sequence[tuple[bytes, int]]) -> bool:
    """Whether every input of ``transaction`` may spend its coin: the coins' scripts and values (satoshis), in order."""
    spending = Transaction(transaction)
    outputs = [TransactionOutput(ScriptPubkey(script), value) for script, value in coins]
    known = PrecomputedTransactionData(spending, outputs)
    try:
        return len(spending.inputs) == len(coins) and all(
            ScriptPubkey(script).verify(value, spending, known, number, _ALL_RULES)
            for number, (script, value) in enumerate(coins)
        )
    except ScriptVerifyException:
        return False
