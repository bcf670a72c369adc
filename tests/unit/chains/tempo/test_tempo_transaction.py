"""Sound transactions are compared with ox elsewhere."""

import pytest
import rlp

from counterseal.chains.tempo import (
    parse_transaction,
    signed_transaction,
    signing_digest,
    transaction_facts,
    transaction_in_words,
)
from counterseal.contract.errors import InvalidRequest
from counterseal.crypto.hashes import keccak256

TOKEN = bytes.fromhex("20c0000000000000000000000000000000000001")
TO = b"\x70" * 20
NAMES = ("chain", "tip", "fee", "gas", "calls", "access", "key", "nonce", "before", "after", "token", "payer", "others")
SOUND = (4217, 1, 2, 3, [[TO, 0, b"abcde"]], [[TO, [bytes(32)]]], 4, 5, 0, 0, TOKEN, b"", [])


def raw(*more, **changed):
    items = [changed.get(name, value) for name, value in zip(NAMES, SOUND, strict=True)]
    return b"\x76" + rlp.encode([*items, *more])


def refused(data):
    with pytest.raises(InvalidRequest) as refusal:
        parse_transaction(data)
    assert refusal.value.message.startswith("failed to pre-parse Tempo transaction: ")
    return refusal.value.message.removeprefix("failed to pre-parse Tempo transaction: "), refusal.value.code


def test_facts():
    assert transaction_facts(parse_transaction(raw(before=20, after=10)), sender="0xAB") == {
        "chain_id": 4217,
        "nonce": 5,
        "gas_limit": 3,
        "max_fee_per_gas": 2,
        "max_priority_fee_per_gas": 1,
        "valid_before": 20,
        "valid_after": 10,
        "from": "0xab",
        "fee_token": f"0x{TOKEN.hex()}",
        "calls": [{"to": f"0x{TO.hex()}", "input": "0x6162636465", "function_signature": "0x61626364"}],
    }


@pytest.mark.parametrize(("data", "signature"), [(b"", ""), (b"abc", ""), (b"abcd", "0x61626364")])
def test_a_signature_of_a_function_has_four_bytes(data, signature):
    (call,) = transaction_facts(parse_transaction(raw(calls=[[b"", 0, data]])), sender="0x")["calls"]
    assert call == {"to": "", "input": f"0x{data.hex()}", "function_signature": signature}


@pytest.mark.parametrize("payer", [b"\0", [0, 1, 2], [1, 2**255, 2**255]])
def test_who_lets_others_pay_signs_neither_the_token_nor_the_payer(payer):
    found = parse_transaction(raw(payer=payer))
    assert signing_digest(found) == keccak256(raw(payer=b"\0", token=b""))
    assert transaction_facts(found, sender="0x")["fee_token"] == ""
    assert signed_transaction(found, r=1, s=2, parity=1) == raw(
        (1).to_bytes(32) + (2).to_bytes(32) + b"\x1c", payer=payer
    )


def test_who_pays_signs_the_token():
    found = parse_transaction(raw())
    assert signing_digest(found) == keccak256(raw())
    assert signed_transaction(found, r=1, s=2, parity=0) == raw((1).to_bytes(32) + (2).to_bytes(32) + b"\x1b")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no type at byte 0, expected 0x76"),
        (rlp.encode([1]), "no type at byte 0, expected 0x76"),
        (raw() + b"\0", "transaction goes on at byte 124, expected its end"),
        (raw(chain=0), "chain id at byte 3 is 0"),
        (raw(chain=2**64), "chain id at byte 3 has 9 bytes, expected at most 8"),
        (raw(tip=2**128), "max priority fee per gas at byte 6 has 17 bytes, expected at most 16"),
        (raw(gas=2**64), "gas limit at byte 8 has 9 bytes"),
        (raw(nonce=2**64), "has 9 bytes, expected at most 8"),
        (raw(key=2**256), "nonce key at byte 97 has 33 bytes"),
        (raw(calls=[]), "calls at byte 9 are none, expected at least one"),
        (raw(calls=b""), "calls at byte 9 is bytes, expected a list"),
        (raw(calls=[[TO, 0]]), "expected call's data"),
        (raw(calls=[[TO, 0, b"", b""]]), "call goes on at byte"),
        (raw(calls=[[TO[1:], 0, b""]]), "has 19 bytes, expected 20 or none"),
        (raw(calls=[[TO, 1, b""]]), "call's value at byte 32 is not 0"),
        (raw(calls=[[TO, 0, b""], [b"", 0, b""]]), "creates a contract, expected that of the first call at most"),
        (raw(calls=[[b"", 0, b""], [b"", 0, b""]]), "creates a contract, expected that of the first call at most"),
        (
            raw(calls=[[b"", 0, b"x"]], others=[[1, TO, 2, b"s"]]),
            "create a contract, expected none beside authorizations",
        ),
        (raw(before=10, after=10), "valid before at byte 99 is not behind valid after"),
        (raw(before=10, after=11), "is not behind valid after"),
        (raw(token=TOKEN[1:]), "fee token at byte 101 has 19 bytes"),
        (raw(payer=b"\1"), "is bytes, expected none, 00 or a list of v, r and s"),
        (raw(payer=TO), "is bytes, expected none, 00 or a list of v, r and s"),
        (raw(payer=[2, 1, 1]), "is 2, expected 0 or 1"),
        (raw(payer=[27, 1, 1]), "is 27, expected 0 or 1"),
        (raw(payer=[0, 1]), "expected fee payer's s"),
        (raw(payer=[0, 1, 1, 1]), "fee payer's signature goes on"),
        (raw(payer=[0, 2**256, 1]), "has 33 bytes"),
        (raw(others=[[1, TO, 2]]), "expected authorization's signature"),
        (raw(others=[[1, TO, 2, b""]]), "authorization's signature at byte 148 is empty"),
        (raw(others=[[1, b"", 2, b"s"]]), "has 0 bytes, expected 20"),
        (raw(others=[[1, TO, 2, b"s", b"t"]]), "authorization goes on"),
        (raw(b"s" * 65), "a signature or more at byte 124"),
        (raw(b""), "a signature or more at byte"),
        (raw([1]), "an access key is authorized at byte 124, expected none"),
        (raw([]), "an access key is authorized at byte"),
        (raw([1], b"s" * 65), "an access key is authorized at byte"),
    ],
)
def test_what_is_refused(data, message):
    found, code = refused(data)
    assert message in found
    assert code == "INVALID_TRANSACTION"


@pytest.mark.parametrize("first", [0, 2, 0x78])
def test_another_type(first):
    assert refused(bytes((first,)) + raw()[1:]) == (
        f"type 0x{first:02x} at byte 0, expected 0x76",
        "UNSUPPORTED_TRANSACTION_TYPE",
    )


def test_an_end_at_every_byte():
    data = raw(others=[[1, TO, 2, b"s"]], payer=[0, 1, 2])
    parse_transaction(data)
    for end in range(len(data)):
        assert refused(data[:end])[1] == "INVALID_TRANSACTION"


def test_words():
    calls = [[b"", 0, b"x"], [TO, 0, b""], [TO, 0, b"abcde"]]
    sentence = transaction_in_words(parse_transaction(raw(calls=calls, before=9, after=8)), sender="0xAB")
    to = f"0x{TO.hex()}"
    assert sentence == (
        f"On Tempo's chain 4217, 0xAB creates a contract by 1 byte of code; calls {to} without data; "
        f"calls {to} with 5 bytes of data that begin with 0x61626364. "
        f"Nonce 5 of key 4, at most 3 gas, fee paid in 0x{TOKEN.hex()}. Valid from 8 until 9 (Unix seconds)."
    )
    many = raw(calls=[[TO, 0, b""]] * 25, payer=b"\0", others=[[1, TO, 2, b"s"]])
    sentence = transaction_in_words(parse_transaction(many), sender="0xAB")
    assert "; and 5 more." in sentence
    assert sentence.endswith("fee paid by somebody else. Authorizations signed by others: 1.")
    assert "fee paid in the usual token" in transaction_in_words(parse_transaction(raw(token=b"")), sender="0xAB")
