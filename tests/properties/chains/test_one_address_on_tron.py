"""Whoever may send to only one address on Tron can send to no other, however a transaction is spelt, and what is signed
is what nodes write themselves from what policies have seen.
"""

from __future__ import annotations

from random import Random

from hypothesis import given
from one_address import FOREIGN, MINE, SEEDS, UNTIMED, allows, changed_bytes

from counterseal.chains import tron
from counterseal.contract.errors import InvalidRequest
from tron_samples import base58_of, message, random_transaction, transaction_of, transfer
from tron_written import written

MINE_ON_TRON, FOREIGN_ON_TRON = (b"\x41" + bytes.fromhex(each[2:]) for each in (MINE, FOREIGN))


@UNTIMED
@given(SEEDS)
def test_no_change_of_a_transaction_reaches_another_recipient(seed: int) -> None:
    random = Random(seed)
    condition = (
        "tron.tx.contract[0].type == 'TransferContract'"
        f" && tron.tx.contract[0].to_address == '{base58_of(MINE_ON_TRON)}'"
    )
    to = random.choice((MINE_ON_TRON, FOREIGN_ON_TRON))
    raw, other = transaction_of(transfer(to=to)), transaction_of(transfer(to=MINE_ON_TRON))
    for data in (raw, *(changed_bytes(random, raw, other) for _ in range(10))):
        try:
            unsigned = tron.parse_transaction(data)
        except InvalidRequest:
            continue
        facts = tron.transaction_facts(unsigned)
        assert written(facts) == data
        if allows(condition, tron={"tx": facts}):
            assert message((2, MINE_ON_TRON)) in data


@UNTIMED
@given(SEEDS)
def test_what_is_read_is_written_to_the_very_same_bytes(seed: int) -> None:
    random = Random(seed)
    sample, other = random_transaction(random).unsigned, random_transaction(random).unsigned
    assert written(tron.transaction_facts(tron.parse_transaction(sample))) == sample
    for _ in range(10):
        changed = changed_bytes(random, sample, other)
        try:
            unsigned = tron.parse_transaction(changed)
        except InvalidRequest:
            continue
        assert written(tron.transaction_facts(unsigned)) == changed
