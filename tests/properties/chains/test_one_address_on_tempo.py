"""Whoever may call only one address on Tempo can call no other, however a transaction is spelt."""

from __future__ import annotations

from random import Random

import rlp
from hypothesis import given
from one_address import FOREIGN, MINE, SEEDS, UNTIMED, allows, changed_bytes

from counterseal.chains import tempo
from counterseal.contract.errors import InvalidRequest
from ethereum_samples import SENDER, tempo_transaction


@UNTIMED
@given(SEEDS)
def test_no_change_of_a_tempo_transaction_reaches_another_recipient(seed: int) -> None:
    random = Random(seed)
    condition = f"tempo.tx.calls.all(call, call.to == '{MINE}')"
    raw, other = (tempo_transaction(random, to) for to in (random.choice((MINE, FOREIGN)), MINE))
    for data in (raw, *(changed_bytes(random, raw, other) for _ in range(10))):
        try:
            unsigned = tempo.parse_transaction(data)
        except InvalidRequest:
            continue
        if not allows(condition, tempo={"tx": tempo.transaction_facts(unsigned, sender=SENDER)}):
            continue
        signed = rlp.decode(tempo.signed_transaction(unsigned, r=1, s=1, parity=0)[1:], strict=True)
        assert {f"0x{to.hex()}" for to, _, _ in signed[4]} == {MINE}
        assert {int.from_bytes(value) for _, value, _ in signed[4]} == {0}
        assert len(signed) == 14
