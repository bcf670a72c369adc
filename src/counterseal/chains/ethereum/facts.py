"""``eth.tx``: what policies see of a transaction.

Source: Turnkey docs, policy language (struct ``eth.tx``), "Ethereum" networks page, smart contract interfaces.
"""

from __future__ import annotations

from typing import Any

from counterseal.chains.ethereum.interface import NO_CALL, ContractCall
from counterseal.chains.ethereum.transaction import LEGACY, UnsignedTransaction


def transaction_facts(transaction: UnsignedTransaction, *, sender: str, call: ContractCall = NO_CALL) -> dict[str, Any]:
    """The fields of ``eth.tx``. ``sender`` is the signer's address: the unsigned bytes do not have it.

    Fields that a transaction of this type does not have are left out, and so are the arguments of a call that no
    interface explains: reading them fails. Amounts are integers in wei; ``to`` is empty where a contract is created.
    """
    facts = {
        "from": sender.lower(),
        "to": f"0x{transaction.to.hex()}" if transaction.to else "",
        "data": f"0x{transaction.data.hex()}",
        "value": transaction.value,
        "gas": transaction.gas,
        "gas_price": transaction.gas_price,
        "chain_id": transaction.chain_id,
        "nonce": transaction.nonce,
        "max_fee_per_gas": transaction.max_fee_per_gas,
        "max_priority_fee_per_gas": transaction.max_priority_fee_per_gas,
        "max_fee_per_blob_gas": transaction.max_fee_per_blob_gas,
        "type": "LEGACY" if transaction.type == LEGACY else f"TYPE_{transaction.type}",
        "function_name": call.name,
        "function_signature": call.selector,
        "contract_call_args": call.arguments,
    }
    return {name: value for name, value in facts.items() if value is not None}
