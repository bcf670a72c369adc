from random import Random

import pytest
import rlp

import bitcoin_samples as samples
from counterseal.chains import bitcoin, ethereum, solana, tempo, tron
from counterseal.chains.decoding import KINDS, decode
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import AddressFormat
from ethereum_samples import SENDER, tempo_transaction, transaction
from tron_samples import transaction_of, transfer

ETHEREUM = transaction(Random(3), kind=2).unsigned
TEMPO = tempo_transaction(Random(1), SENDER)
TRON = transaction_of(transfer())
INTERFACE = '[{"type":"function","name":"f","inputs":[{"name":"n","type":"uint8"}]}]'


def test_facts_and_words_are_those_of_the_chain():
    found = decode("ethereum", f"0x{ETHEREUM.hex()}", signer=SENDER)
    parsed = ethereum.parse_transaction(ETHEREUM)
    assert found.facts == {"eth": {"tx": ethereum.transaction_facts(parsed, sender=SENDER)}}
    assert found.digest == ethereum.signing_digest(parsed)
    assert found.sentence == ethereum.transaction_in_words(parsed, sender=SENDER)

    found = decode("tempo", TEMPO.hex(), signer=SENDER)
    assert found.facts["tempo"]["tx"] == tempo.transaction_facts(tempo.parse_transaction(TEMPO), sender=SENDER)
    assert found.digest == tempo.signing_digest(tempo.parse_transaction(TEMPO))

    found = decode("tron", TRON.hex())
    assert found.facts["tron"]["tx"] == tron.transaction_facts(tron.parse_transaction(TRON))
    assert found.digest == tron.signing_digest(tron.parse_transaction(TRON))


SIGNATURES, KEYS = b"\x01" + bytes(64), b"".join(bytes([each]) * 32 for each in (0x61, 0x62, 0x63))
PROGRAM_CALL = SIGNATURES + b"\x01\x00\x01\x03" + KEYS + bytes(32) + b"\x01\x02\x01\x01\x09" + b"\x01" * 8 + b"\x07"
IDL = (
    '{"instructions":[{"name":"go","discriminator":[1,1,1,1,1,1,1,1],"accounts":[],'
    '"args":[{"name":"n","type":"u8"}]}],"types":[]}'
)


def test_solana_and_bitcoin_have_no_single_digest():
    found = decode("solana", PROGRAM_CALL.hex())
    parsed = solana.parse_transaction(PROGRAM_CALL)
    assert (found.digest, found.sentence) == (None, solana.transaction_in_words(parsed))
    assert found.facts == {"solana": {"tx": solana.transaction_facts(parsed)}}
    [instruction] = decode("solana", PROGRAM_CALL.hex(), interface=IDL).facts["solana"]["tx"]["instructions"]
    assert instruction["parsed_instruction_data"]["program_call_args"] == {"n": 7}
    with pytest.raises(InvalidRequest, match="instruction 0: in the data of go "):
        decode("solana", (PROGRAM_CALL[:-10] + b"\x08" + b"\x01" * 8).hex(), interface=IDL)

    spent = samples.previous(samples.P2WPKH)
    unsigned = samples.transaction([samples.spending(samples.outpoint(spent))], [samples.output(samples.OTHER, 500)])
    raw = samples.psbt(unsigned, samples.proven(samples.P2WPKH), outputs=1)
    found = decode("bitcoin", raw.hex())
    network = bitcoin.signer_of(AddressFormat.COMPRESSED).network
    assert found.facts == {
        "bitcoin": {"tx": bitcoin.transaction_facts(bitcoin.parse_transaction(raw), network=network)}
    }
    assert found.digest is None


@pytest.mark.parametrize(("kind", "raw"), [("ethereum", ETHEREUM), ("tempo", TEMPO)])
def test_without_a_signer_no_sender_is_seen(kind, raw):
    ((chain,),) = (decode(kind, raw.hex()).facts.values(),)
    assert "from" not in chain["tx"]
    assert "the signer" in decode(kind, raw.hex()).sentence


def test_a_call_that_is_not_understood_is_refused():
    (selector,) = ethereum.parse_interface(INTERFACE).functions
    call = rlp.encode([1, 2, 3, bytes(20), 5, selector + b"\xff" * 32, 1, 0, 0])
    assert decode("ethereum", call.hex()).facts["eth"]["tx"]["function_name"] == ""
    with pytest.raises(InvalidRequest, match=r"in the data of f\(uint8\)"):
        decode("ethereum", call.hex(), interface=INTERFACE)


@pytest.mark.parametrize(
    ("kind", "options", "sentence"),
    [
        ("bitcoins", {}, f"nothing is known of the kind `bitcoins`, expected one of {', '.join(KINDS)}"),
        ("tempo", {"interface": INTERFACE}, "does not go with the kind tempo, but with ethereum and solana alone"),
        ("tron", {"signer": SENDER}, "a signer does not go with the kind tron"),
        ("eip712", {"signer": "0x00"}, "the signer is no address of Ethereum"),
    ],
)
def test_what_a_kind_does_not_take(kind, options, sentence):
    with pytest.raises(InvalidRequest) as refusal:
        decode(kind, "00", **options)
    assert sentence in refusal.value.message
