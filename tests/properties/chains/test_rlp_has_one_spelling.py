"""What is read of Ethereum and Tempo is, to the byte, what ``rlp`` writes of the same fields."""

from __future__ import annotations

from random import Random
from typing import Any

import rlp
from hypothesis import given
from one_address import MINE, SEEDS, UNTIMED, changed_bytes

from counterseal.chains import ethereum, tempo
from counterseal.contract.errors import InvalidRequest
from ethereum_samples import tempo_transaction, transaction


@UNTIMED
@given(SEEDS)
def test_an_ethereum_transaction_is_written_to_the_very_same_bytes(seed: int) -> None:
    random = Random(seed)
    sample, other = transaction(random).unsigned, transaction(random).unsigned
    read = 0
    for data in (sample, *(changed_bytes(random, sample, other) for _ in range(10))):
        try:
            unsigned = ethereum.parse_transaction(data, replayable=True)
        except InvalidRequest:
            continue
        read += 1
        items = rlp.decode(data[1:] if unsigned.type else data, strict=True)
        assert data == (bytes((unsigned.type,)) if unsigned.type else b"") + rlp.encode(fields(unsigned, items))
    assert read


def fields(unsigned: ethereum.UnsignedTransaction, items: list[Any]) -> list[Any]:
    """A transaction's fields in the order of its type; of authorizations the signatures are taken from ``items``."""
    if not unsigned.type:
        chain = [unsigned.chain_id, 0, 0] if unsigned.chain_id else []
        return [unsigned.nonce, unsigned.gas_price, unsigned.gas, unsigned.to, unsigned.value, unsigned.data, *chain]
    price = (
        [unsigned.gas_price] if unsigned.type == 1 else [unsigned.max_priority_fee_per_gas, unsigned.max_fee_per_gas]
    )
    found = [unsigned.chain_id, unsigned.nonce, *price, unsigned.gas, unsigned.to, unsigned.value, unsigned.data]
    found.append(unsigned.access_list)
    if unsigned.type == 3:
        found += [unsigned.max_fee_per_blob_gas, unsigned.blob_versioned_hashes]
    if unsigned.type == 4:
        signatures = [[int.from_bytes(number) for number in each[3:]] for each in items[-1]]
        pairs = zip(unsigned.authorizations, signatures, strict=True)
        found.append([[each.chain_id, each.address, each.nonce, *signature] for each, signature in pairs])
    return found


@UNTIMED
@given(SEEDS)
def test_a_tempo_transaction_is_written_to_the_very_same_bytes(seed: int) -> None:
    random = Random(seed)
    sample, other = tempo_transaction(random, MINE), tempo_transaction(random, MINE)
    read = 0
    for data in (sample, *(changed_bytes(random, sample, other) for _ in range(10))):
        try:
            unsigned = tempo.parse_transaction(data)
        except InvalidRequest:
            continue
        read += 1
        items = rlp.decode(data[1:], strict=True)
        numbers = [unsigned.chain_id, unsigned.max_priority_fee_per_gas, unsigned.max_fee_per_gas, unsigned.gas_limit]
        calls = [[call.to, 0, call.data] for call in unsigned.calls]
        window = [unsigned.nonce_key, unsigned.nonce, unsigned.valid_before, unsigned.valid_after]
        payer = [[int.from_bytes(each) for each in items[11]] if isinstance(items[11], list) else items[11]]
        token = items[10] if unsigned.sponsored else unsigned.fee_token
        authorizations = [[int.from_bytes(a), b, int.from_bytes(c), d] for a, b, c, d in items[12]]
        again = [*numbers, calls, unsigned.access_list, *window, token, *payer, authorizations]
        assert data == b"\x76" + rlp.encode(again)
    assert read
