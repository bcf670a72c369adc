"""Whoever may pay only one address pays no other, however the bytes of a Solana transaction or of a PSBT are changed.

What is signed is read by ``solders`` and ``embit``; the policy is compiled and decided by the code of live requests.
"""

from __future__ import annotations

from random import Random

from embit.psbt import PSBT
from hypothesis import given
from one_address import SEEDS, UNTIMED, allows
from transfers_to_one import (
    AMOUNT,
    FOREIGN,
    MINE,
    ONLY_MINE_ON_BITCOIN,
    ONLY_MINE_ON_SOLANA,
    SIGNER,
    a_transfer,
    changed,
    is_only_to_mine,
)

import bitcoin_samples as samples
from counterseal.chains import bitcoin, solana
from counterseal.chains.bitcoin.address import MAINNET
from counterseal.contract.errors import InvalidRequest


@UNTIMED
@given(SEEDS)
def test_lamports_go_to_one_address(seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        raw = changed(random, a_transfer(random), [bytes(MINE), bytes(FOREIGN), b"\x02", b"\x04", AMOUNT, b"\x0b"])
        try:
            transaction = solana.parse_transaction(raw)
            message = solana.message_to_sign(transaction, public_key=bytes(SIGNER))
        except InvalidRequest:
            continue
        if allows(ONLY_MINE_ON_SOLANA, solana={"tx": solana.transaction_facts(transaction)}):
            assert raw.count(message) == 1
            assert is_only_to_mine(raw)


@UNTIMED
@given(SEEDS)
def test_coins_go_to_one_address(seed: int) -> None:
    random, foreign = Random(seed), samples.P2SH
    pieces = [samples.output(foreign, 1), foreign, samples.P2TR, samples.OTHER]
    script = random.choice((samples.P2PKH, samples.P2WPKH, samples.P2TR))
    for _ in range(10):
        raw = changed(random, samples.of_script(script), pieces)
        try:
            transaction = bitcoin.parse_transaction(raw)
            bitcoin.inputs_to_sign(transaction, public_key=samples.KEY)
        except InvalidRequest:
            continue
        if allows(ONLY_MINE_ON_BITCOIN, bitcoin={"tx": bitcoin.transaction_facts(transaction, network=MAINNET)}):
            assert {each.script_pubkey.data for each in PSBT.parse(raw).tx.vout} == {samples.OTHER}


def test_what_is_unchanged_is_allowed() -> None:
    """Else nothing would be shown by the others."""
    for seed in range(10):
        transaction = solana.parse_transaction(a_transfer(Random(seed)))
        assert allows(ONLY_MINE_ON_SOLANA, solana={"tx": solana.transaction_facts(transaction)})
    paid = bitcoin.parse_transaction(samples.of_script(samples.P2WPKH))
    assert allows(ONLY_MINE_ON_BITCOIN, bitcoin={"tx": bitcoin.transaction_facts(paid, network=MAINNET)})
