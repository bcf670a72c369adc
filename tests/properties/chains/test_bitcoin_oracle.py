"""PSBTs against ``embit``: what we take it reads the same, hashes the same, and holds our signatures for good.

So a policy's facts are those of the transaction that is signed, however the bytes were changed.
"""

from __future__ import annotations

from io import BytesIO
from random import Random

from embit import compact
from embit import script as embit_script
from embit.ec import PublicKey, SchnorrSig, Signature
from embit.networks import NETWORKS
from embit.psbt import PSBT
from embit.transaction import Transaction
from hypothesis import given, settings
from hypothesis import strategies as st

import bitcoin_samples as samples
from counterseal.chains.bitcoin import (
    InputToSign,
    inputs_to_sign,
    parse_transaction,
    signed_psbt,
    transaction_facts,
)
from counterseal.chains.bitcoin.address import MAINNET, p2tr_script
from counterseal.chains.bitcoin.unsigned import UnsignedTransaction
from counterseal.contract.errors import InvalidRequest
from counterseal.crypto.signing import Scheme, sign

SEEDS = st.integers(0, 2**64 - 1)
UNTIMED = settings(deadline=None, max_examples=200)
SCRIPTS = [samples.P2PKH, samples.P2WPKH, samples.P2TR, samples.OTHER, p2tr_script(samples.OTHER_KEY)]


def made(random: Random) -> bytes:
    """A sound PSBT: inputs of the signer and of others, every kind of output, records that nobody knows."""
    scripts = [random.choice(SCRIPTS) for _ in range(random.randint(1, 5))]
    values = [random.randint(10_000, 10**9) for _ in scripts]
    inputs = [
        samples.spending(
            samples.outpoint(samples.previous(script, value, salt=at)), sequence=random.choice((0, 1, 2**32 - 1))
        )
        for at, (script, value) in enumerate(zip(scripts, values, strict=True))
    ]
    paid = [
        random.choice([*SCRIPTS, samples.P2SH, b"\x6a\x01a", b"", b"\x51" * 300]) for _ in range(random.randint(1, 4))
    ]
    outputs = [samples.output(script, random.randint(0, sum(values) // len(paid))) for script in paid]
    locktime, version = random.choice((0, 800_000, 1_700_000_000)), random.choice((1, 2))
    maps = []
    for at, (script, value) in enumerate(zip(scripts, values, strict=True)):
        records = samples.proven(script, value, salt=at)
        if random.random() < 0.3:
            records.append(samples.record(b"\x03", b"\x01\x00\x00\x00"))
        if random.random() < 0.3:
            records.insert(
                random.randint(0, 1), samples.record(b"\xfc\x02ab" + random.randbytes(2), random.randbytes(5))
            )
        maps.append(records)
    unsigned = samples.transaction(inputs, outputs, version=version, locktime=locktime)
    return samples.psbt(unsigned, *maps, outputs=len(outputs))


def changed(random: Random, raw: bytes) -> bytes:
    """A few bytes replaced, put in or taken out."""
    found = bytearray(raw)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(found))
        found[at : at + random.choice((0, 1, 1, 32))] = random.randbytes(random.choice((0, 1, 1, 32)))
    return bytes(found)


def the_same(raw: bytes) -> bool:
    """Whether we take it, having compared it with what ``embit`` makes of it."""
    try:
        ours = parse_transaction(raw)
    except InvalidRequest:
        return False
    theirs, unsigned = PSBT.parse(raw), unsigned_of(raw)
    facts = transaction_facts(ours, network=MAINNET)
    assert facts["version"] == str(unsigned.version)
    assert facts["locktime"]["amount"] == unsigned.locktime
    assert [(e["tx_id"], e["vout"], e["sequence"]) for e in facts["inputs"]] == [
        (each.txid.hex(), each.vout, each.sequence) for each in unsigned.vin
    ]
    assert [(each["value"], each["script_pubkey"]) for each in facts["outputs"]] == [
        (each.value, each.script_pubkey.data.hex()) for each in unsigned.vout
    ]
    for each, other in zip(facts["outputs"], unsigned.vout, strict=True):
        known = other.script_pubkey.script_type()
        assert each["address_type"] == (known or "").upper()
        assert each["address"] == (other.script_pubkey.address(NETWORKS["main"]) if known else "")
    assert facts["fee"] == sum(theirs.utxo(at).value for at in range(len(theirs.inputs))) - sum(
        each.value for each in unsigned.vout
    )
    if all(each.sequence for each in unsigned.vin):  # embit takes a sequence of 0 in a PSBT for none, which is 2^32 - 1
        sign_and_compare(raw, ours, theirs)
    return True


def unsigned_of(raw: bytes) -> Transaction:
    """The transaction inside, which must be spelt as ``embit`` writes it."""
    key, value = b"\x01\x00", BytesIO(raw[5:])
    while (
        value.read(2) != key
    ):  # records of the global map may come in any order; of those in front only the length counts
        value.seek(-2, 1)
        for _ in range(2):
            value.seek(compact.read_from(value), 1)
    content = value.read(compact.read_from(value))
    unsigned = Transaction.parse(content)
    assert unsigned.serialize() == content
    return unsigned


def sign_and_compare(raw: bytes, ours: UnsignedTransaction, theirs: PSBT) -> None:
    try:
        to_sign = inputs_to_sign(ours, public_key=samples.KEY)
    except InvalidRequest:
        return
    signatures = {
        each.number: (each, sign(each.scheme, samples.SECRET, each.digest, aux_randomness=bytes(32)))
        for each in to_sign
    }
    done = signed_psbt(ours, public_key=samples.KEY, signatures=signatures)
    assert len(done) > len(raw)
    assert parse_transaction(done).fee == ours.fee
    again = PSBT.parse(done)
    assert again.tx.serialize() == theirs.tx.serialize()
    for each in to_sign:
        assert each.digest == theirs.sighash(each.number, sighash=each.hash_type)
        verify(each, again)


def verify(signed: InputToSign, psbt: PSBT) -> None:
    scope, key = psbt.inputs[signed.number], PublicKey.parse(samples.KEY)
    if signed.scheme is Scheme.SCHNORR_TAPROOT:
        output_key = PublicKey.from_xonly(embit_script.p2tr(key).data[2:])
        found = scope.unknown[b"\x13"]
        assert found[64:] == (bytes([signed.hash_type]) if signed.hash_type else b"")
        assert output_key.schnorr_verify(SchnorrSig(found[:64]), signed.digest)
        return
    found = scope.partial_sigs[key]
    assert found[-1] == 1
    assert key.verify(Signature.parse(found[:-1]), signed.digest)


@UNTIMED
@given(SEEDS)
def test_sound_psbts_are_read_the_same(seed: int) -> None:
    assert the_same(made(Random(seed)))


@UNTIMED
@given(SEEDS)
def test_changed_psbts_are_read_the_same_or_refused(seed: int) -> None:
    random = Random(seed)
    raw = made(random)
    for _ in range(5):
        the_same(changed(random, raw))
