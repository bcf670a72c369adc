"""What is asked of wallets: to be made, to sign a digest, to sign a transfer."""

from __future__ import annotations

import secrets
from typing import Any

import rlp

from benchmarks.client import Stamper, submission
from benchmarks.policies import PAYEE


def ethereum_accounts(count: int) -> list[dict[str, str]]:
    """The first accounts of a wallet on Ethereum."""
    return [
        {
            "curve": "CURVE_SECP256K1",
            "pathFormat": "PATH_FORMAT_BIP32",
            "path": f"m/44'/60'/{number}'/0/0",
            "addressFormat": "ADDRESS_FORMAT_ETHEREUM",
        }
        for number in range(count)
    ]


def new_wallet(stamper: Stamper, number: int, accounts: list[dict[str, str]]) -> dict[str, Any]:
    """A submission that makes a wallet of twelve words."""
    parameters = {"walletName": f"Wallet {number}", "accounts": accounts}
    return submission("CREATE_WALLET", stamper.organization_id, parameters)


def raw_payload(stamper: Stamper, _number: int) -> dict[str, Any]:
    """A submission that signs a digest."""
    parameters = {
        "signWith": stamper.address,
        "payload": secrets.token_hex(32),
        "encoding": "PAYLOAD_ENCODING_HEXADECIMAL",
        "hashFunction": "HASH_FUNCTION_NO_OP",
    }
    return submission("SIGN_RAW_PAYLOAD_V2", stamper.organization_id, parameters)


def transfer(stamper: Stamper, number: int) -> dict[str, Any]:
    """A submission that signs a transfer of EIP-1559 to ``PAYEE``, of an amount of its own."""
    chain_id, priority_fee, fee, gas = 1, 10**9, 30 * 10**9, 21_000
    value = secrets.randbelow(10**18)
    fields = [chain_id, number, priority_fee, fee, gas, bytes.fromhex(PAYEE[2:]), value, b"", []]
    parameters = {
        "signWith": stamper.address,
        "type": "TRANSACTION_TYPE_ETHEREUM",
        "unsignedTransaction": "02" + rlp.encode(fields).hex(),
    }
    return submission("SIGN_TRANSACTION_V2", stamper.organization_id, parameters)
