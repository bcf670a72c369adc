"""What instructions say by the interfaces of their programs: ``parsed_instruction_data``.

Source: Turnkey docs, policy language (struct ``solana.tx``), Solana IDLs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterseal.chains.refusal import NotUnderstood, invalid_transaction
from counterseal.chains.solana.borsh import decode
from counterseal.chains.solana.interface import Function, ProgramInterface
from counterseal.chains.solana.message import CHAIN, Instruction
from counterseal.chains.solana.transaction import UnsignedTransaction

Parsed = dict[str, Any]


def programs_of(transaction: UnsignedTransaction) -> list[str]:
    """The addresses of the programs that are called, each once."""
    return list(dict.fromkeys(transaction.addresses[each.program] for each in transaction.message.instructions))


def parsed_instructions(
    transaction: UnsignedTransaction, interfaces: Mapping[str, ProgramInterface]
) -> tuple[list[Parsed | None], str]:
    """What each instruction says, None where no interface knows it, and what is wrong with the first that is not
    understood, or nothing.
    """
    found: list[Parsed | None] = []
    fault = ""
    for number, each in enumerate(transaction.message.instructions):
        try:
            found.append(_parsed(each, transaction, interfaces))
        except NotUnderstood as reason:
            found.append(None)
            fault = fault or f"instruction {number}: {reason}"
    return found, fault


def refuse_unclear_instructions(fault: str) -> None:
    """Raise ``InvalidRequest`` where an instruction that an interface knows is not understood.

    Programs may take it all the same, so it can be another spelling of a call that a policy denies.
    """
    if fault:
        raise invalid_transaction(CHAIN, fault)


def _parsed(
    instruction: Instruction, transaction: UnsignedTransaction, interfaces: Mapping[str, ProgramInterface]
) -> Parsed | None:
    program = transaction.addresses[instruction.program]
    interface = interfaces.get(program)
    function = None if interface is None else interface.function_of(instruction.data)
    if interface is None or function is None:
        return None
    try:
        accounts = _named(function, [transaction.addresses[at] for at in instruction.accounts], program)
        arguments = decode(
            function.arguments, instruction.data, at=len(function.discriminator), definition=interface.definition
        )
    except NotUnderstood as fault:
        raise NotUnderstood(f"in the data of {function.name} {fault}") from None
    return {
        "instruction_name": function.name,
        "discriminator": function.discriminator.hex(),
        "named_accounts": accounts,
        "named_account": accounts,
        "program_call_args": arguments,
    }


def _named(function: Function, accounts: list[str], program: str) -> dict[str, str]:
    """Accounts by their names. One that may be left out is, where the program's own address stands for it."""
    named: dict[str, str] = {}
    for at, (name, is_optional) in enumerate(function.accounts):
        if at >= len(accounts):
            if not is_optional:
                raise NotUnderstood(f"{len(accounts)} accounts, expected {name} and others behind them")
        elif not (is_optional and accounts[at] == program):
            named[name] = accounts[at]
    return named
