import json

import pytest
import rlp

from counterseal.chains.ethereum import (
    ContractCall,
    authorization_in_words,
    parse_transaction,
    read_authorization,
    read_typed_data,
    transaction_in_words,
    typed_data_in_words,
)
from counterseal.chains.values import HexText, Numeral

TO = b"\x70" * 20
SENDER = "0xf39F"


def words(to=TO, value=0, data=b"", call=None, kind=2, more=()):
    items = [1, 7, 1, 20 * 10**9, 21000, to, value, data, [], *more]
    found = parse_transaction(bytes((kind,)) + rlp.encode(items))
    return transaction_in_words(found, sender=SENDER, **({"call": call} if call else {}))


END = " Type 2, nonce 7, at most 21000 gas at 20 gwei."


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"value": 15 * 10**17},
            "sends 1.5 ether (1500000000000000000 wei) to 0x7070707070707070707070707070707070707070.",
        ),
        ({"value": 1}, "sends 0.000000000000000001 ether (1 wei) to 0x7070707070707070707070707070707070707070."),
        ({}, "sends nothing to 0x7070707070707070707070707070707070707070."),
        ({"to": b"", "data": b"abc"}, "creates a contract by 3 bytes of code."),
        (
            {"to": b"", "data": b"abc", "value": 10**18},
            "creates a contract by 3 bytes of code, with 1 ether (1000000000000000000 wei).",
        ),
        ({"data": b"a"}, "calls 0x7070707070707070707070707070707070707070: 1 byte of data."),
        (
            {"data": b"abcde", "value": 10**18},
            "calls 0x7070707070707070707070707070707070707070: 5 bytes of data that begin with 0x61626364, "
            "and sends 1 ether (1000000000000000000 wei).",
        ),
    ],
)
def test_deeds(options, sentence):
    assert words(**options) == f"On chain 1, {SENDER} {sentence}{END}"


def test_a_call_that_is_understood():
    arguments = {"dst": HexText("0xAB"), "wad": 5, "ok": True, "note": "a\x1b[31m`", "list": [1, [2]], "": []}
    call = ContractCall(name="transfer", selector="0xa9059cbb", arguments=arguments)
    assert "transfer(dst=0xab, wad=5, ok=true, note=`a�[31m``, list=[1, [2]], =[])." in words(data=b"abcd", call=call)


def test_a_call_that_is_not_understood():
    call = ContractCall(name="transfer", selector="0xa9059cbb", fault="it ends")
    assert "transfer with data that are not understood (it ends)." in words(data=b"abcd", call=call)


def test_long_values_are_cut():
    call = ContractCall(
        name="f", selector="0x00000000", arguments={"a": HexText("0x" + "ab" * 100), "b": list(range(30))}
    )
    sentence = words(data=b"abcd", call=call)
    assert "… (202 characters)" in sentence
    assert "18, 19, …]" in sentence
    many = ContractCall(name="f", selector="0x00000000", arguments={f"a{n}": "x" * 60 for n in range(100)})
    assert len(words(data=b"abcd", call=many)) < 2_300


def test_blobs_and_authorizations_are_told():
    assert "Blobs: 2, their gas at most at 3 gwei." in words(kind=3, more=(3 * 10**9, [b"\1" * 32, b"\1" * 32]))
    signed = [[0, TO, 5, 0, 1, 1], [1, bytes(20), 6, 0, 1, 1]]
    assert words(kind=4, more=(signed,)).endswith(
        f"Authorizations signed by others: the code at 0x{TO.hex()} may act for the account on every chain (nonce 5); "
        "no code may act for the account any more on chain 1 (nonce 6)."
    )


def test_legacy_transactions():
    replayable = parse_transaction(rlp.encode([0, 1, 2, TO, 3, b""]), replayable=True)
    sentence = transaction_in_words(replayable, sender=SENDER)
    assert sentence.startswith("On every chain, 0xf39F sends")
    assert sentence.endswith("Legacy, nonce 0, at most 2 gas at 0.000000001 gwei.")


def test_an_authorization():
    found = read_authorization(json.dumps({"address": f"0x{TO.hex()}", "chainId": 1, "nonce": 0}))
    assert authorization_in_words(found, signer=SENDER) == (
        "0xf39F: the code at 0x7070707070707070707070707070707070707070 may act for the account on chain 1 (nonce 0)."
    )


def test_typed_data():
    types = {
        "EIP712Domain": [{"name": "name", "type": "string"}, {"name": "chainId", "type": "uint256"}],
        "A": [{"name": "x", "type": "uint8"}, {"name": "y", "type": "string"}],
    }
    text = {"types": types, "primaryType": "A", "domain": {"name": "D", "chainId": 5}, "message": {"x": 1, "y": "z"}}
    found = read_typed_data(json.dumps(text))
    assert typed_data_in_words(found, signer=SENDER) == "0xf39F signs `A` for `D`, chain 5: {x: 1, y: `z`}."
    del types["EIP712Domain"]
    found = read_typed_data(json.dumps(text))
    assert typed_data_in_words(found, signer=SENDER).startswith("0xf39F signs `A` for a domain without a name: {x: 1")
    assert type(found.facts["message"]["x"]) is Numeral
