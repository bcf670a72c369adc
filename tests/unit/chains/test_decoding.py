from random import Random

import pytest
import rlp

from counterseal.chains import ethereum, tempo, tron
from counterseal.chains.decoding import KINDS, decode
from counterseal.contract.errors import InvalidRequest
from ethereum_samples import SENDER, tempo_transaction, transaction
from tron_samples import transaction_of, transfer

ETHEREUM = transaction(Random(3), kind=2).unsigned
TEMPO = tempo_transaction(Random(1), SENDER)
TRON = transaction_of(transfer())
INTERFACE = ethereum.parse_interface('[{"type":"function","name":"f","inputs":[{"name":"n","type":"uint8"}]}]')


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


@pytest.mark.parametrize(("kind", "raw"), [("ethereum", ETHEREUM), ("tempo", TEMPO)])
def test_without_a_signer_no_sender_is_seen(kind, raw):
    ((chain,),) = (decode(kind, raw.hex()).facts.values(),)
    assert "from" not in chain["tx"]
    assert "the signer" in decode(kind, raw.hex()).sentence


def test_a_call_that_is_not_understood_is_refused():
    (selector,) = INTERFACE.functions
    call = rlp.encode([1, 2, 3, bytes(20), 5, selector + b"\xff" * 32, 1, 0, 0])
    assert decode("ethereum", call.hex()).facts["eth"]["tx"]["function_name"] == ""
    with pytest.raises(InvalidRequest, match=r"in the data of f\(uint8\)"):
        decode("ethereum", call.hex(), interface=INTERFACE)


@pytest.mark.parametrize(
    ("kind", "options", "sentence"),
    [
        ("bitcoins", {}, f"nothing is known of the kind `bitcoins`, expected one of {', '.join(KINDS)}"),
        ("tempo", {"interface": INTERFACE}, "does not go with the kind tempo, but with ethereum alone"),
        ("tron", {"signer": SENDER}, "a signer does not go with the kind tron"),
        ("eip712", {"signer": "0x00"}, "the signer is no address of Ethereum"),
    ],
)
def test_what_a_kind_does_not_take(kind, options, sentence):
    with pytest.raises(InvalidRequest) as refusal:
        decode(kind, "00", **options)
    assert sentence in refusal.value.message
