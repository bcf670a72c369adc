"""What a Solana transaction would do, in words, for those who are to approve it."""

from __future__ import annotations

from typing import Any

from counterseal.chains.solana.facts import transaction_facts
from counterseal.chains.solana.transaction import UnsignedTransaction

_LAMPORTS = 1_000_000_000  # of one SOL
_LISTED = 20  # transfers in words


def transaction_in_words(transaction: UnsignedTransaction) -> str:
    """E.g. ``On Solana, H… sends 0.0000001 SOL (100 lamports) to t…. Calls 1…. Fee paid by H….``"""
    facts = transaction_facts(transaction)
    deeds = [_lamports(each) for each in facts["transfers"]] + [_tokens(each) for each in facts["spl_transfers"]]
    sentences = [f"On Solana, {'; '.join(_cut(deeds))}." if deeds else "On Solana, no transfer of its own."]
    count = len(facts["instructions"])
    programs = f"the programs {', '.join(_cut(facts['program_keys']))}" if count else "no program"
    sentences.append(f"{count} {'instruction' if count == 1 else 'instructions'}, to {programs}.")
    looked_up = len(transaction.addresses) - len(transaction.message.keys)
    if looked_up:
        sentences.append(f"Accounts that only look-up tables name: {looked_up}.")
    sentences.append(f"Fee paid by {facts['account_keys'][0]}; signers: {transaction.message.header.signers}.")
    if facts.get("priority_fee_lamports"):
        sentences.append(f"Priority fee {facts['priority_fee_lamports']} lamports.")
    return " ".join(sentences)


def _lamports(transfer: dict[str, Any]) -> str:
    whole, rest = divmod(transfer["amount"], _LAMPORTS)
    amount = f"{whole}.{rest:09}".rstrip("0").rstrip(".")
    return f"{transfer['from']} sends {amount} SOL ({transfer['amount']} lamports) to {transfer['to']}"


def _tokens(transfer: dict[str, Any]) -> str:
    mint = f"of {transfer['token_mint']}" if transfer["token_mint"] else "of a token that is not named"
    places = f"from the token account {transfer['from']} to {transfer['to']}"
    return f"{transfer['owner']} sends {transfer['amount']} smallest units {mint} {places}"


def _cut(texts: list[str]) -> list[str]:
    more = len(texts) - _LISTED
    return [*texts[:_LISTED], f"and {more} more"] if more > 0 else texts
