"""``solana.tx``: what policies see of a transaction.

Source: Turnkey docs, policy language (struct ``solana.tx``), "Solana" networks page, Solana examples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from counterseal.chains.solana.message import Config, Instruction, Message
from counterseal.chains.solana.parsed import Parsed, programs_of
from counterseal.chains.solana.transaction import UnsignedTransaction
from counterseal.chains.solana.transfers import TokenTransfer, Transfer
from counterseal.crypto import base58


def transaction_facts(
    transaction: UnsignedTransaction, *, parsed: Sequence[Parsed | None] | None = None
) -> dict[str, Any]:
    """The fields of ``solana.tx``. Amounts are in lamports, or in a token's smallest unit. ``parsed`` is what each
    instruction says by an interface, if there is one.

    What is left out of the transaction, or what its version does not have, is left out: reading it fails.
    """
    message, addresses = transaction.message, transaction.addresses
    accounts = _accounts(message, addresses)
    places = _places(message)
    parsed = parsed or [None] * len(message.instructions)
    return {
        "version": "LEGACY" if message.version is None else f"V{message.version}",
        "account_keys": list(addresses),
        "program_keys": programs_of(transaction),
        "recent_blockhash": base58.encode(message.recent_blockhash),
        "instructions": [
            {
                "program_key": addresses[each.program],
                "accounts": [accounts[at] for at in each.accounts],
                "instruction_data_hex": each.data.hex(),
                "address_table_lookups": _used(each, message, places),
                **({"parsed_instruction_data": said} if said else {}),
            }
            for each, said in zip(message.instructions, parsed, strict=True)
        ],
        "transfers": [_transfer(each) for each in transaction.transfers],
        "spl_transfers": [_token_transfer(each) for each in transaction.token_transfers],
        "address_table_lookups": [_lookup(each.table, each.writable, each.readonly) for each in message.lookups],
        **(_config(message.config) if message.config else {}),
    }


def _accounts(message: Message, addresses: Sequence[str]) -> list[dict[str, Any]]:
    """Each address, and what the transaction says may be done with it."""
    header, keys = message.header, len(message.keys)
    writable_signers, writable_others = header.signers - header.readonly_signers, keys - header.readonly_others
    looked_up = keys + sum(len(each.writable) for each in message.lookups)
    return [
        {
            "account_key": address,
            "signer": at < header.signers,
            "writable": at < writable_signers or header.signers <= at < writable_others or keys <= at < looked_up,
        }
        for at, address in enumerate(addresses)
    ]


def _places(message: Message) -> list[tuple[int, bool, int]]:
    """Of each looked-up address, in order: the number of its table, whether it is writable, its place in the table."""
    writable = [(number, True, at) for number, each in enumerate(message.lookups) for at in each.writable]
    return writable + [(number, False, at) for number, each in enumerate(message.lookups) for at in each.readonly]


def _used(instruction: Instruction, message: Message, places: list[tuple[int, bool, int]]) -> list[dict[str, Any]]:
    """Of the tables, what this instruction uses, in the order of its accounts."""
    behind = len(message.keys)
    used: dict[int, tuple[list[int], list[int]]] = {}
    for at in dict.fromkeys(instruction.accounts):
        if at >= behind:
            number, writable, place = places[at - behind]
            used.setdefault(number, ([], []))[0 if writable else 1].append(place)
    return [_lookup(message.lookups[number].table, *used[number]) for number in sorted(used)]


def _lookup(table: bytes, writable: Sequence[int], readonly: Sequence[int]) -> dict[str, Any]:
    return {
        "address_table_key": base58.encode(table),
        "writable_indexes": list(writable),
        "readonly_indexes": list(readonly),
    }


def _transfer(transfer: Transfer) -> dict[str, Any]:
    return {"from": transfer.source, "to": transfer.target, "amount": transfer.amount}


def _token_transfer(transfer: TokenTransfer) -> dict[str, Any]:
    return {
        "from": transfer.source,
        "to": transfer.target,
        "owner": transfer.owner,
        "token_mint": transfer.mint,
        "amount": transfer.amount,
        "signers": list(transfer.signers),
    }


def _config(config: Config) -> dict[str, int]:
    """Fee and limits; a fee that is left out is 0."""
    fields = {
        "priority_fee_lamports": config.priority_fee,
        "compute_unit_limit": config.unit_limit,
        "loaded_accounts_data_size_limit": config.data_limit,
        "heap_size": config.heap_size,
    }
    return {name: value for name, value in fields.items() if value is not None}
