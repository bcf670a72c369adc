"""What policies see beyond the vectors, and the words for those who approve."""

from __future__ import annotations

import pytest

from bitcoin_samples import (
    OTHER,
    P2TR,
    P2WPKH,
    VALUE,
    of_script,
    outpoint,
    output,
    previous,
    proven,
    psbt,
    spending,
    transaction,
)
from counterseal.chains.bitcoin import parse_transaction, transaction_facts, transaction_in_words
from counterseal.chains.bitcoin.address import MAINNET, REGTEST, address_of_script


def locked(locktime: int, version: int = 2) -> bytes:
    spends = [spending(outpoint(previous(P2WPKH)), sequence=0xFFFFFFFE)]
    unsigned = transaction(spends, [output(b"\x6a\x01a", 0), output(OTHER, 1)], locktime=locktime, version=version)
    return psbt(unsigned, proven(P2WPKH), outputs=2)


@pytest.mark.parametrize(
    ("amount", "kind"), [(0, "Blocks"), (499_999_999, "Blocks"), (500_000_000, "Seconds"), (2**32 - 1, "Seconds")]
)
def test_lock_times(amount: int, kind: str) -> None:
    facts = transaction_facts(parse_transaction(locked(amount)), network=MAINNET)
    assert facts["locktime"] == {"amount": amount, "type": kind}


def test_a_script_without_an_address_has_an_empty_one() -> None:
    data, paid = transaction_facts(parse_transaction(locked(0)), network=REGTEST)["outputs"]
    assert (data["address"], data["address_type"], data["script_pubkey"]) == ("", "", "6a0161")
    assert paid["address"].startswith("bcrt1q")
    assert paid["address_type"] == "P2WPKH"


def test_versions_are_texts() -> None:
    for version in (0, 1, 3, 2**32 - 1):
        facts = transaction_facts(parse_transaction(locked(0, version)), network=MAINNET)
        assert facts["version"] == str(version)
        assert facts["inputs"][0]["sequence"] == 0xFFFFFFFE


def test_words() -> None:
    other = address_of_script(OTHER, MAINNET)
    assert transaction_in_words(parse_transaction(of_script(P2TR)), network=MAINNET) == (
        f"On Bitcoin, 1 input of 0.001 BTC (100000 satoshis) pay 0.00099 BTC (99000 satoshis) to {other}. "
        "Fee 0.00001 BTC (1000 satoshis)."
    )
    assert transaction_in_words(parse_transaction(locked(800_000)), network=MAINNET) == (
        f"On Bitcoin, 1 input of 0.001 BTC ({VALUE} satoshis) pay 0 BTC (0 satoshis) to a script without an address; "
        f"0.00000001 BTC (1 satoshis) to {other}. Fee 0.00099999 BTC (99999 satoshis). Locked until block 800000."
    )


def test_many_outputs_are_counted_in_words() -> None:
    unsigned = transaction([spending(outpoint(previous(P2WPKH)))], [output(OTHER, 1)] * 25)
    words = transaction_in_words(parse_transaction(psbt(unsigned, proven(P2WPKH), outputs=25)), network=MAINNET)
    assert "; and 5 more. Fee" in words
