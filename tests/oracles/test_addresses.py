"""Addresses of random keys against the JavaScript libraries of the chains themselves.

``npm ci`` in this directory installs them. bip-utils and embit are asked in ``tests/properties/chains``.
"""

from __future__ import annotations

import json
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from counterseal.chains.address_formats import KEY_CURVES, address_of
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto.public_keys import public_key_of

KEYS = 200
ON_ED25519 = {"SOLANA", "SUI", "APTOS", "XLM", "TON_V3R2", "TON_V4R2", "TON_V5R1"}
NOT_ASKED_HERE = {
    "COMPRESSED",  # the key itself
    "SPARK_MAINNET",  # Spark's SDK is too large: its answers are in tests/vectors/data/spark_addresses.json
    "SPARK_REGTEST",
    "BITCOIN_MAINNET_P2WSH",  # refused
    "BITCOIN_TESTNET_P2WSH",
    "BITCOIN_SIGNET_P2WSH",
    "BITCOIN_REGTEST_P2WSH",
}


def public_key(curve: Curve, number: int) -> bytes:
    return public_key_of(KEY_CURVES[curve], sha256(b"oracle %d" % number).digest())


@pytest.fixture(scope="module")
def answers() -> list[dict[str, str]]:
    """What the libraries say of each key: one node process for all."""
    questions = [
        json.dumps(
            {
                "secp256k1": public_key(Curve.SECP256K1, number).hex(),
                "ed25519": public_key(Curve.ED25519, number).hex(),
            }
        )
        for number in range(KEYS)
    ]
    done = subprocess.run(
        ["node", "addresses.mjs"],
        cwd=Path(__file__).parent,
        input="\n".join(questions),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == KEYS
    return found


@pytest.mark.parametrize("name", sorted({each.name for each in AddressFormat} - NOT_ASKED_HERE))
def test_the_chains_library_writes_the_same(name: str, answers: list[dict[str, str]]) -> None:
    curve = Curve.ED25519 if name in ON_ED25519 else Curve.SECP256K1
    for number, answer in enumerate(answers):
        assert address_of(curve, AddressFormat[name], public_key(curve, number)) == answer[name]
