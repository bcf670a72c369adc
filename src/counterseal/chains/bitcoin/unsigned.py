"""A PSBT that was understood: the transaction, and what each of its inputs spends."""

from __future__ import annotations

import msgspec

from counterseal.chains.bitcoin.coins import read_coins
from counterseal.chains.bitcoin.psbt import CHAIN, Psbt, read_psbt
from counterseal.chains.bitcoin.transaction import Output
from counterseal.chains.refusal import NotUnderstood, invalid_transaction

PSBT_BYTES_MAX = 512 * 1024
"""What fits into a request's body in hexadecimal."""


class UnsignedTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """``fee`` in satoshis is what all inputs, other people's too, have more than all outputs."""

    psbt: Psbt
    coins: tuple[Output, ...]
    fee: int


def parse_transaction(raw: bytes, *, witness_only: bool = False) -> UnsignedTransaction:
    """The PSBT that ``raw`` is. ``witness_only``: see ``read_coins``.

    Raises ``InvalidRequest`` (INVALID_TRANSACTION, or UNSUPPORTED_TRANSACTION_TYPE for what is known and not signed).
    """
    try:
        if len(raw) > PSBT_BYTES_MAX:
            raise NotUnderstood(f"it has {len(raw)} bytes, expected at most {PSBT_BYTES_MAX}")
        psbt = read_psbt(raw)
        coins = read_coins(psbt, witness_only=witness_only)
        spent, given = sum(each.value for each in coins), sum(each.value for each in psbt.transaction.outputs)
        if given > spent:
            raise NotUnderstood(f"outputs of {given} satoshis from inputs of {spent}, expected no more than those")
    except NotUnderstood as fault:
        raise invalid_transaction(CHAIN, str(fault)) from None
    return UnsignedTransaction(psbt=psbt, coins=coins, fee=spent - given)
