"""Unsigned Ethereum transactions: legacy with and without a chain id, and the types 1 to 4 of EIP-2718.

All of a transaction is read, or it is refused. The items of each type are those of its EIP, in its order; what must be
so by the EIP for any node to take the transaction must be so here.
Source: EIP-155, EIP-2930, EIP-1559, EIP-4844, EIP-7702; Turnkey docs, "Ethereum" (no signature in the payload).
"""

from __future__ import annotations

import msgspec

from counterseal.chains.ethereum.authorization import Authorization
from counterseal.chains.ethereum.rlp import RlpReader
from counterseal.chains.refusal import NotUnderstood, invalid_transaction, unsupported_transaction

CHAIN = "Ethereum"
LEGACY, ACCESS_LIST, DYNAMIC_FEE, BLOBS, DELEGATION = range(5)

_FIRST_LIST, _FIRST_NO_TYPE = 0xC0, 0x80
_TEMPO = 0x76
_LARGEST_LEGACY_CHAIN_ID = (2**256 - 1 - 36) // 2  # so that v, which is 35 or 36 more than twice of it, has 32 bytes
_U64, _U256 = 8, 32  # bytes


class UnsignedTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction and the bytes it was read from. Amounts are in wei, ``to`` is empty where a contract is created.

    ``type`` is 0 for a legacy one. ``chain_id`` is 0 only for a legacy one that holds on every chain. ``gas_price`` is
    ``max_fee_per_gas`` from type 2 on. The items that go into the signed transaction are ``raw[start:end]``.
    """

    raw: bytes
    start: int
    end: int
    type: int
    chain_id: int
    nonce: int
    gas: int
    gas_price: int
    to: bytes
    value: int
    data: bytes
    max_fee_per_gas: int | None = None
    max_priority_fee_per_gas: int | None = None
    max_fee_per_blob_gas: int | None = None
    access_list: tuple[tuple[bytes, tuple[bytes, ...]], ...] = ()
    blob_versioned_hashes: tuple[bytes, ...] = ()
    authorizations: tuple[Authorization, ...] = ()


def parse_transaction(raw: bytes, *, replayable: bool = False) -> UnsignedTransaction:
    """The transaction that ``raw`` is. ``replayable``: whether a legacy one may be without a chain id.

    Raises ``InvalidRequest`` (INVALID_TRANSACTION, or UNSUPPORTED_TRANSACTION_TYPE for a type that is not known here).
    """
    first = raw[0] if raw else _FIRST_NO_TYPE
    if first < _FIRST_NO_TYPE and first not in (ACCESS_LIST, DYNAMIC_FEE, BLOBS, DELEGATION):
        hint = ", which is TRANSACTION_TYPE_TEMPO" if first == _TEMPO else ""
        reason = f"type 0x{first:02x} at byte 0{hint}, expected a legacy transaction or types 0x01 to 0x04"
        raise unsupported_transaction(CHAIN, reason)
    try:
        return _legacy(raw, replayable) if first >= _FIRST_NO_TYPE else _typed(raw)
    except NotUnderstood as fault:
        raise invalid_transaction(CHAIN, str(fault)) from None


def _typed(raw: bytes) -> UnsignedTransaction:
    kind = raw[0]
    items = only_list(raw, start=1)
    start = items.at
    if kind == BLOBS and items.is_at_list():
        raise NotUnderstood(f"blobs beside the transaction at byte {start}, expected the transaction alone")
    chain_id = items.integer("chain id", size=_U256)
    if not chain_id:
        raise NotUnderstood(f"chain id at byte {start} is 0, expected that of a chain")
    nonce = items.integer("nonce", size=_U64)
    tip = None if kind == ACCESS_LIST else items.integer("max priority fee per gas", size=_U256)
    price = items.integer("gas price" if kind == ACCESS_LIST else "max fee per gas", size=_U256)
    gas = items.integer("gas", size=_U64)
    to = _recipient(items, kind)
    value, data = items.integer("value", size=_U256), items.content("data")
    access_list = read_access_list(items.items("access list"))
    blob_fee = items.integer("max fee per blob gas", size=_U256) if kind == BLOBS else None
    hashes = _blob_hashes(items) if kind == BLOBS else ()
    authorizations = _authorizations(items) if kind == DELEGATION else ()
    _refuse_signature(items)
    return UnsignedTransaction(
        raw=raw,
        start=start,
        end=len(raw),
        type=kind,
        chain_id=chain_id,
        nonce=nonce,
        gas=gas,
        gas_price=price,
        to=to,
        value=value,
        data=data,
        max_fee_per_gas=None if kind == ACCESS_LIST else price,
        max_priority_fee_per_gas=tip,
        max_fee_per_blob_gas=blob_fee,
        access_list=access_list,
        blob_versioned_hashes=hashes,
        authorizations=authorizations,
    )


def _legacy(raw: bytes, replayable: bool) -> UnsignedTransaction:
    items = only_list(raw, start=0)
    start = items.at
    nonce = items.integer("nonce", size=_U64)
    price = items.integer("gas price", size=_U256)
    gas = items.integer("gas", size=_U64)
    to = items.address_or_nothing("to")
    value, data = items.integer("value", size=_U256), items.content("data")
    end = items.at
    chain_id = _legacy_chain_id(items) if items.has_more() else 0
    if not chain_id and not replayable:
        raise NotUnderstood(f"it ends at byte {end} without a chain id, so that it would hold on every chain")
    return UnsignedTransaction(
        raw=raw,
        start=start,
        end=end,
        type=LEGACY,
        chain_id=chain_id,
        nonce=nonce,
        gas=gas,
        gas_price=price,
        to=to,
        value=value,
        data=data,
    )


def _legacy_chain_id(items: RlpReader) -> int:
    """EIP-155: the chain id, and two zeros in the place of the signature."""
    at = items.at
    chain_id = items.integer("chain id", size=_U256)
    for what in ("r", "s"):
        place = items.at
        if items.content(what):
            raise NotUnderstood(f"{what} of a signature at byte {place}, expected an unsigned transaction")
    items.finish("transaction")
    if not 0 < chain_id <= _LARGEST_LEGACY_CHAIN_ID:
        raise NotUnderstood(f"chain id at byte {at} is {chain_id}, expected 1 to {_LARGEST_LEGACY_CHAIN_ID}")
    return chain_id


def only_list(raw: bytes, *, start: int) -> RlpReader:
    """The items of the list that all of ``raw`` from ``start`` is."""
    reader = RlpReader(raw, start=start)
    items = reader.items("transaction")
    reader.finish("transaction")
    return items


def _recipient(items: RlpReader, kind: int) -> bytes:
    at, to = items.at, items.address_or_nothing("to")
    if not to and kind in (BLOBS, DELEGATION):
        raise NotUnderstood(f"to at byte {at} is empty, expected an address: type {kind} creates no contract")
    return to


def read_access_list(entries: RlpReader) -> tuple[tuple[bytes, tuple[bytes, ...]], ...]:
    """EIP-2930: addresses, each with the storage keys of 32 bytes. Raises ``NotUnderstood``."""
    found = []
    while entries.has_more():
        entry = entries.items("access list's entry")
        address, keys = entry.fixed("access list's address", size=20), entry.items("access list's storage keys")
        entry.finish("access list's entry")
        found.append((address, _hashes(keys, "storage key")))
    return tuple(found)


def _blob_hashes(items: RlpReader) -> tuple[bytes, ...]:
    at, hashes = items.at, _hashes(items.items("blob versioned hashes"), "blob versioned hash")
    if not hashes:
        raise NotUnderstood(f"blob versioned hashes at byte {at} are none, expected at least one")
    return hashes


def _hashes(items: RlpReader, what: str) -> tuple[bytes, ...]:
    found = []
    while items.has_more():
        found.append(items.fixed(what, size=32))
    return tuple(found)


def _authorizations(items: RlpReader) -> tuple[Authorization, ...]:
    """EIP-7702: what other accounts have signed. Whether the signatures hold is for the nodes to say."""
    at, entries = items.at, items.items("authorization list")
    found = []
    while entries.has_more():
        entry = entries.items("authorization")
        found.append(
            Authorization(
                chain_id=entry.integer("authorization's chain id", size=_U256),
                address=entry.fixed("authorization's address", size=20),
                nonce=entry.integer("authorization's nonce", size=_U64),
            )
        )
        entry.integer("authorization's parity", size=1)
        entry.integer("authorization's r", size=_U256)
        entry.integer("authorization's s", size=_U256)
        entry.finish("authorization")
    if not found:
        raise NotUnderstood(f"authorization list at byte {at} is empty, expected at least one")
    return tuple(found)


def _refuse_signature(items: RlpReader) -> None:
    if items.has_more():
        raise NotUnderstood(f"more than an unsigned transaction at byte {items.at}, expected no signature and its end")
