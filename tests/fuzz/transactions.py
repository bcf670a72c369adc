"""Fuzzing of what is signed: transactions, calls, typed data. What is read must have no other spelling."""

from __future__ import annotations

import json
from collections.abc import Mapping

import rlp

from counterseal.chains import ethereum, solana, tempo, tron
from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.solana.borsh import decode
from tron_samples import contract, message, transaction_of
from tron_written import written

_SENDER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
_SIGNATURE = {"r": 2**255, "s": 1, "parity": 1}


def ethereum_transaction(data: bytes) -> None:
    """Read, shown, put into words, signed; RLP's own library reads as many items and writes the same bytes."""
    transaction = ethereum.parse_transaction(data, replayable=True)
    assert_one_spelling(data[1:] if transaction.type else data)
    call = ethereum.call_of(_INTERFACE, transaction.data)
    facts = ethereum.transaction_facts(transaction, sender=_SENDER, call=call)
    assert facts["data"] == f"0x{transaction.data.hex()}"
    ethereum.transaction_in_words(transaction, sender=_SENDER, call=call)
    signed = ethereum.signed_transaction(transaction, **_SIGNATURE)
    assert len(rlp.decode(signed[1:] if transaction.type else signed)) > 6
    ethereum.signing_digest(transaction)


def tempo_transaction(data: bytes) -> None:
    """The same of Tempo."""
    transaction = tempo.parse_transaction(data)
    assert_one_spelling(data[1:])
    assert len(tempo.transaction_facts(transaction, sender=_SENDER)["calls"]) == len(rlp.decode(data[1:])[4])
    tempo.transaction_in_words(transaction, sender=_SENDER)
    assert len(rlp.decode(tempo.signed_transaction(transaction, **_SIGNATURE)[1:])) == 14
    tempo.signing_digest(transaction)


def tron_transaction(data: bytes) -> None:
    """What policies see of it is enough to write it again."""
    transaction = tron.parse_transaction(data)
    assert written(tron.transaction_facts(transaction)) == data
    tron.transaction_in_words(transaction)
    assert tron.signed_transaction(transaction, **_SIGNATURE).count(data) == 1
    tron.signing_digest(transaction)


def assert_one_spelling(data: bytes) -> None:
    """Another's encoder makes the same bytes of what another's decoder reads."""
    assert rlp.encode(rlp.decode(data, strict=True)) == data


def call_data(data: bytes) -> None:
    """The arguments of a known function, in which any offset may lead anywhere."""
    for selector in _INTERFACE.functions:
        ethereum.call_of(_INTERFACE, selector + data)


def contract_interface(data: bytes) -> None:
    """An interface, and a call of each of its functions."""
    interface = ethereum.parse_interface(data.decode("latin-1"))
    for selector in interface.functions:
        ethereum.call_of(interface, selector + data[:256])


def typed_data(data: bytes) -> None:
    """Typed data, which mean the same when they are written again."""
    text = data.decode("latin-1")
    found = ethereum.read_typed_data(text)
    assert ethereum.read_typed_data(json.dumps(json.loads(text))) == found
    ethereum.typed_data_in_words(found, signer=_SENDER)


def authorization(data: bytes) -> None:
    """An EIP-7702 authorization, as typed data."""
    text = data.decode("latin-1")
    found = ethereum.read_authorization(text)
    assert ethereum.read_authorization(json.dumps(json.loads(text))) == found
    ethereum.authorization_digest(found)
    ethereum.authorization_in_words(found, signer=_SENDER)


def program_interface(data: bytes) -> None:
    """An IDL, and an instruction of the program with any data."""
    solana.parse_interface(data.decode("latin-1")).function_of(data)


def instruction_data(data: bytes) -> None:
    """The arguments of a known instruction, of every type."""
    function = _PROGRAM.function_of(b"\x01" + data)
    assert function is not None
    try:
        found = decode(function.arguments, data, at=0, definition=_PROGRAM.definition)
    except NotUnderstood:
        return
    assert set(found) <= set(function.arguments.names or ())


_IDL = json.dumps(
    {
        "instructions": [
            {
                "name": "go",
                "discriminator": [1],
                "accounts": [],
                "args": [
                    {"name": "a", "type": "u64"},
                    {"name": "b", "type": {"vec": {"option": {"defined": {"name": "E"}}}}},
                    {"name": "c", "type": {"array": [{"defined": "S"}, 2]}},
                    {"name": "d", "type": "string"},
                ],
            }
        ],
        "types": [
            {"name": "S", "type": {"kind": "struct", "fields": [{"name": "x", "type": {"vec": {"defined": "S"}}}]}},
            {
                "name": "E",
                "type": {
                    "kind": "enum",
                    "variants": [{"name": "A"}, {"name": "B", "fields": ["bool", "f64", "bytes", "publicKey"]}],
                },
            },
        ],
    }
)
_PROGRAM = solana.parse_interface(_IDL)
_ABI = json.dumps(
    [
        {"type": "function", "name": name, "inputs": [{"name": f"a{at}", **each} for at, each in enumerate(inputs)]}
        for name, inputs in {
            "transfer": [{"type": "address"}, {"type": "uint256"}],
            "numbers": [{"type": "int8[2][]"}, {"type": "bool"}, {"type": "bytes5"}],
            "texts": [{"type": "string"}, {"type": "bytes[]"}],
            "deep": [
                {"type": "tuple[]", "components": [{"name": "x", "type": "uint8"}, {"name": "y", "type": "string[]"}]}
            ],
        }.items()
    ]
)
_INTERFACE = ethereum.parse_interface(_ABI)
_TO = b"\x70" * 20

SEEDS: Mapping[str, bytes] = {
    "ethereum_transaction": b"\x04"
    + rlp.encode([1, 2, 3, 4, 5, _TO, 6, b"data", [[_TO, [bytes(32)]]], [[1, _TO, 0, 1, 2, 3]]]),
    "tempo_transaction": b"\x76" + rlp.encode([1, 2, 3, 4, [[_TO, 0, b"data"]], [], 0, 1, 9, 8, _TO, [1, 2, 3], []]),
    "tron_transaction": transaction_of(
        contract(
            "AccountPermissionUpdateContract",
            message(
                (1, b"\x41" + _TO),
                (2, message((3, b"owner"), (4, 1), (7, message((1, b"\x41" + _TO), (2, 1))))),
                (4, message((1, 2), (2, 2), (6, bytes(32)), (7, message((1, b"\x41" + _TO), (2, 1))))),
            ),
        ),
        (18, 100),
    ),
    "call_data": bytes(31) + b"\x40" + bytes(31) + b"\x80" + bytes(31) + b"\x01" + b"a".ljust(32, b"\0") + bytes(32),
    "contract_interface": _ABI.encode(),
    "typed_data": json.dumps(
        {
            "types": {
                "EIP712Domain": [{"name": "chainId", "type": "uint256"}],
                "A": [{"name": "b", "type": "B[2]"}, {"name": "c", "type": "bytes5"}, {"name": "d", "type": "string"}],
                "B": [{"name": "n", "type": "int8"}, {"name": "a", "type": "A[]"}],
            },
            "primaryType": "A",
            "domain": {"chainId": "0x1"},
            "message": {"b": [{"n": -1, "a": []}, {"n": "5", "a": []}], "c": "0x0102030405", "d": "text"},
        }
    ).encode(),
    "program_interface": _IDL.encode(),
    "instruction_data": bytes(8) + b"\x02\0\0\0\x00\x01\x00" + bytes(12),
    "authorization": b'{"address":"0x1234567890123456789012345678901234567890","chainId":1,"nonce":"0x1"}',
}
"""One sound input a target, by its name."""

TARGETS = (
    ethereum_transaction,
    tempo_transaction,
    tron_transaction,
    call_data,
    contract_interface,
    typed_data,
    authorization,
    program_interface,
    instruction_data,
)
