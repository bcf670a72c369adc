"""``bitcoin.tx``: what policies see of a transaction.

Source: Turnkey docs, policy language (struct ``bitcoin.tx``), Bitcoin examples.
"""

from __future__ import annotations

from typing import Any

from counterseal.chains.bitcoin.address import Network, address_of_script, kind_of_script
from counterseal.chains.bitcoin.transaction import Input, Output
from counterseal.chains.bitcoin.unsigned import UnsignedTransaction

_FIRST_SECOND = 500_000_000  # lock times below are blocks (Bitcoin Core, LOCKTIME_THRESHOLD)


def transaction_facts(transaction: UnsignedTransaction, *, network: Network) -> dict[str, Any]:
    """The fields of ``bitcoin.tx``. Amounts in satoshis; ids of transactions as explorers show them.

    Addresses are as ``network`` writes them, and empty, with their type, where a script has none.
    """
    whole = transaction.psbt.transaction
    locktime = int.from_bytes(whole.locktime, "little")
    return {
        "version": str(int.from_bytes(whole.version, "little")),
        "inputs": [_input(each) for each in whole.inputs],
        "outputs": [_output(each, network) for each in whole.outputs],
        "locktime": {"amount": locktime, "type": "Blocks" if locktime < _FIRST_SECOND else "Seconds"},
        "fee": transaction.fee,
    }


def _input(spent: Input) -> dict[str, Any]:
    return {
        "tx_id": spent.transaction_id[::-1].hex(),
        "vout": spent.output_number,
        "sequence": int.from_bytes(spent.sequence, "little"),
    }


def _output(output: Output, network: Network) -> dict[str, Any]:
    return {
        "value": output.value,
        "script_pubkey": output.script.hex(),
        "address": address_of_script(output.script, network),
        "address_type": str(kind_of_script(output.script)),
    }
