"""Unsigned Tempo transactions (type 0x76): several calls in one, validity in time, and fees that others may pay.

What nodes do not take is refused: no calls, a call that creates a contract behind another one or beside authorizations,
a call with a value (Tempo has no coin of its own), a window of time that is empty. So is a new access key, which
policies cannot see.
Source: Tempo's transaction specification and its Rust types; ox and pytempo, whose bytes the tests compare.
"""

from __future__ import annotations

import msgspec

from counterseal.chains.ethereum.rlp import RlpReader
from counterseal.chains.ethereum.transaction import only_list, read_access_list
from counterseal.chains.refusal import NotUnderstood, invalid_transaction, unsupported_transaction

CHAIN = "Tempo"
TYPE = 0x76

_U64, _U128, _U256 = 8, 16, 32  # bytes
_AWAITS_FEE_PAYER = b"\x00"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call; ``to`` is empty where a contract is created."""

    to: bytes
    data: bytes


class UnsignedTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction and the bytes it was read from. Times are Unix seconds, 0 where there is no bound.

    ``fee_token`` is empty where none is named, or where somebody else pays: the sender does not sign it then.
    ``sponsored`` says whether somebody else pays, whose choice is ``raw[fee_token_start:fee_choice_end]``.
    """

    raw: bytes
    start: int
    fee_token_start: int
    fee_choice_end: int
    chain_id: int
    max_priority_fee_per_gas: int
    max_fee_per_gas: int
    gas_limit: int
    calls: tuple[Call, ...]
    access_list: tuple[tuple[bytes, tuple[bytes, ...]], ...]
    nonce_key: int
    nonce: int
    valid_before: int
    valid_after: int
    fee_token: bytes
    sponsored: bool
    authorizations: int


def parse_transaction(raw: bytes) -> UnsignedTransaction:
    """The transaction that ``raw`` is.

    Raises ``InvalidRequest`` (INVALID_TRANSACTION, or UNSUPPORTED_TRANSACTION_TYPE for another type).
    """
    if raw and raw[0] < 0x80 and raw[0] != TYPE:
        raise unsupported_transaction(CHAIN, f"type 0x{raw[0]:02x} at byte 0, expected 0x76")
    try:
        if raw[:1] != bytes((TYPE,)):
            raise NotUnderstood("no type at byte 0, expected 0x76")
        return _read(raw)
    except NotUnderstood as fault:
        raise invalid_transaction(CHAIN, str(fault)) from None


def _read(raw: bytes) -> UnsignedTransaction:
    items = only_list(raw, start=1)
    start = items.at
    chain_id = items.integer("chain id", size=_U64)
    if not chain_id:
        raise NotUnderstood(f"chain id at byte {start} is 0, expected that of a chain")
    tip = items.integer("max priority fee per gas", size=_U128)
    fee = items.integer("max fee per gas", size=_U128)
    gas = items.integer("gas limit", size=_U64)
    calls_at, calls = items.at, _calls(items)
    access_list = read_access_list(items.items("access list"))
    nonce_key, nonce = items.integer("nonce key", size=_U256), items.integer("nonce", size=_U64)
    window_at = items.at
    before, after = items.integer("valid before", size=_U64), items.integer("valid after", size=_U64)
    if before and after and before <= after:
        raise NotUnderstood(f"valid before at byte {window_at} is not behind valid after, expected some time between")
    fee_token_start = items.at
    fee_token, sponsored = items.address_or_nothing("fee token"), _fee_payer(items)
    fee_choice_end = items.at
    authorizations = _authorizations(items)
    if authorizations and not calls[0].to:
        raise NotUnderstood(f"calls at byte {calls_at} create a contract, expected none beside authorizations")
    _refuse_more(items)
    return UnsignedTransaction(
        raw=raw,
        start=start,
        fee_token_start=fee_token_start,
        fee_choice_end=fee_choice_end,
        chain_id=chain_id,
        max_priority_fee_per_gas=tip,
        max_fee_per_gas=fee,
        gas_limit=gas,
        calls=calls,
        access_list=access_list,
        nonce_key=nonce_key,
        nonce=nonce,
        valid_before=before,
        valid_after=after,
        fee_token=b"" if sponsored else fee_token,
        sponsored=sponsored,
        authorizations=authorizations,
    )


def _calls(items: RlpReader) -> tuple[Call, ...]:
    at, entries = items.at, items.items("calls")
    found: list[Call] = []
    while entries.has_more():
        call_at, entry = entries.at, entries.items("call")
        to = entry.address_or_nothing("call's to")
        value_at = entry.at
        if entry.integer("call's value", size=_U256):
            raise NotUnderstood(f"call's value at byte {value_at} is not 0, expected no value: Tempo has no coin")
        found.append(Call(to=to, data=entry.content("call's data")))
        entry.finish("call")
        if not to and len(found) > 1:
            raise NotUnderstood(f"call at byte {call_at} creates a contract, expected that of the first call at most")
    if not found:
        raise NotUnderstood(f"calls at byte {at} are none, expected at least one")
    return tuple(found)


def _fee_payer(items: RlpReader) -> bool:
    """Whether somebody else pays the fee: a zero byte where they have still to sign, else their v, r and s."""
    at = items.at
    if items.is_at_list():
        signature = items.items("fee payer's signature")
        parity = signature.integer("fee payer's v", size=1)
        if parity > 1:
            raise NotUnderstood(f"fee payer's v in byte {at} is {parity}, expected 0 or 1")
        signature.integer("fee payer's r", size=_U256)
        signature.integer("fee payer's s", size=_U256)
        signature.finish("fee payer's signature")
        return True
    mark = items.content("fee payer's signature")
    if mark not in (b"", _AWAITS_FEE_PAYER):
        raise NotUnderstood(f"fee payer's signature at byte {at} is bytes, expected none, 00 or a list of v, r and s")
    return bool(mark)


def _authorizations(items: RlpReader) -> int:
    """How many there are. Each is what another account has signed, by a signature of one of Tempo's kinds."""
    entries, found = items.items("authorization list"), 0
    while entries.has_more():
        entry = entries.items("authorization")
        entry.integer("authorization's chain id", size=_U256)
        entry.fixed("authorization's address", size=20)
        entry.integer("authorization's nonce", size=_U64)
        at = entry.at
        if not entry.content("authorization's signature"):
            raise NotUnderstood(f"authorization's signature at byte {at} is empty, expected one")
        entry.finish("authorization")
        found += 1
    return found


def _refuse_more(items: RlpReader) -> None:
    if items.is_at_list():
        raise NotUnderstood(f"an access key is authorized at byte {items.at}, expected none: policies cannot see it")
    if items.has_more():
        raise NotUnderstood(f"a signature or more at byte {items.at}, expected the end of an unsigned transaction")
