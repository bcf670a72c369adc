"""Whoever may call only one address on Tempo can call no other, however a transaction is spelt."""

from __future__ import annotations

from random import Random

import rlp
from hypothesis import given
from one_address import FOREIGN, MINE, SEEDS, TOKEN, UNTIMED, allows, changed_bytes

from counterseal.chains import tempo
from counterseal.contract.errors import InvalidRequest
from ethereum_samples import SENDER, content, tempo_fields


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


def tempo_transaction(random: Random, to: str) -> bytes:
    found = tempo_fields(random)
    calls = [[bytes.fromhex(to[2:]), 0, content(random)] for _ in range(random.randint(1, 3))]
    numbers = [int(found[name]) for name in ("chainId", "maxPriorityFeePerGas", "maxFeePerGas", "gas")]
    window = [found.get("validBefore", 0), found.get("validAfter", 0)]
    payer = random.choice((b"", b"\0", [0, 1, 2]))
    items = [
        *numbers,
        calls,
        [],
        int(found["nonceKey"]),
        int(found["nonce"]),
        *window,
        bytes.fromhex(TOKEN[2:]),
        payer,
        [],
    ]
    return b"\x76" + bytes(rlp.encode(items))
