"""Ours against ``eth-account``, ``eth-abi`` and ``rlp``: the same bytes are signed, and the same is seen in them."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import coincurve
import eth_abi
import rlp
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys import keys
from eth_utils import keccak, to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.chains.ethereum import (
    Authorization,
    authorization_digest,
    call_of,
    parse_interface,
    parse_transaction,
    read_authorization,
    read_typed_data,
    signed_transaction,
    signing_digest,
    transaction_facts,
)
from counterseal.chains.ethereum.abi_types import input_types
from counterseal.chains.ethereum.calldata import decode_arguments
from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.values import Numeral
from ethereum_samples import (
    KEY,
    SENDER,
    abi_input,
    abi_text,
    abi_value,
    as_seen,
    authorization,
    content,
    transaction,
    typed_data,
)

SEEDS = st.integers(0, 2**64 - 1)
UNTIMED = settings(deadline=None, max_examples=200)


def signed(raw: bytes) -> bytes:
    unsigned = parse_transaction(raw)
    made = coincurve.PrivateKey(bytes.fromhex(KEY)).sign_recoverable(signing_digest(unsigned), hasher=None)
    r, s = int.from_bytes(made[:32]), int.from_bytes(made[32:64])
    return signed_transaction(unsigned, r=r, s=s, parity=made[64])


@UNTIMED
@given(SEEDS)
def test_a_transaction_is_signed_as_eth_account_signs_it(seed: int) -> None:
    sample = transaction(Random(seed), kind=Random(seed).choice((0, 1, 2, 4)))
    theirs = Account.sign_transaction(of_eth_account(sample.kind, sample.fields), KEY)
    assert signed(sample.unsigned) == theirs.raw_transaction


def of_eth_account(kind: int, fields: dict[str, Any]) -> dict[str, Any]:
    """It wants addresses with their checksum."""
    fields = fields | {"to": fields["to"] and to_checksum_address(fields["to"])}
    return fields if kind == 0 else fields | {"type": kind}


@UNTIMED
@given(SEEDS)
def test_the_sender_of_a_blob_transaction_is_recovered(seed: int) -> None:
    """Of type 3 eth-account signs only what has its blobs beside it."""
    sample = transaction(Random(seed), kind=3)
    items = rlp.decode(signed(sample.unsigned)[1:], strict=True)
    assert items[:-3] == rlp.decode(sample.unsigned[1:], strict=True)
    signature = keys.Signature(vrs=tuple(int.from_bytes(item) for item in items[-3:]))
    assert signature.recover_public_key_from_msg_hash(keccak(sample.unsigned)).to_checksum_address() == SENDER


@UNTIMED
@given(SEEDS)
def test_the_facts_are_the_fields(seed: int) -> None:
    sample = transaction(Random(seed))
    facts, fields = transaction_facts(parse_transaction(sample.unsigned), sender=SENDER), sample.fields
    seen = {
        "from": SENDER.lower(),
        "to": fields["to"],
        "data": fields["data"],
        "value": fields["value"],
        "gas": fields["gas"],
        "gas_price": fields["gasPrice"] if sample.kind < 2 else fields["maxFeePerGas"],
        "chain_id": fields["chainId"],
        "nonce": fields["nonce"],
        "type": f"TYPE_{sample.kind}" if sample.kind else "LEGACY",
        "function_name": "",
        "function_signature": "",
    }
    if sample.kind >= 2:
        seen |= {"max_fee_per_gas": fields["maxFeePerGas"], "max_priority_fee_per_gas": fields["maxPriorityFeePerGas"]}
    if sample.kind == 3:
        seen["max_fee_per_blob_gas"] = fields["maxFeePerBlobGas"]
    assert facts == seen


@UNTIMED
@given(SEEDS)
def test_arguments_are_those_that_eth_abi_wrote(seed: int) -> None:
    random = Random(seed)
    inputs = [abi_input(random, name=f"a{at}") for at in range(random.randint(0, 4))]
    texts = list(map(abi_text, inputs))
    values = [abi_value(random, each) for each in inputs]
    selector = keccak(text=f"f({','.join(texts)})")[:4]
    data = selector + eth_abi.encode(texts, values) + content(random)
    interface = parse_interface(json.dumps([{"type": "function", "name": "f", "inputs": inputs}]))
    call = call_of(interface, data)
    assert call.fault == ""
    assert call.selector == f"0x{selector.hex()}"
    assert call.arguments == {each["name"]: as_seen(value) for each, value in zip(inputs, values, strict=True)}
    assert same_types(call.arguments, values)


def same_types(seen: dict[str, Any], values: list[Any]) -> bool:
    """That True is not seen as 1: to Python they are equal."""

    def alike(one: Any, other: Any) -> bool:
        if isinstance(other, list | tuple):
            return len(one) == len(other) and all(map(alike, one, other))
        return (type(one) is bool) == (type(other) is bool) and (type(one) is int) == (type(other) is int)

    return all(map(alike, seen.values(), values))


@UNTIMED
@given(SEEDS)
def test_changed_arguments_are_not_understood_or_what_eth_abi_reads(seed: int) -> None:
    random = Random(seed)
    inputs = [abi_input(random) for _ in range(random.randint(1, 3))]
    texts = list(map(abi_text, inputs))
    data = bytearray(eth_abi.encode(texts, [abi_value(random, each) for each in inputs]))
    for _ in range(random.randint(1, 3)):
        change(random, data)
    try:
        ours = decode_arguments(input_types(inputs), b"abcd" + bytes(data))
    except NotUnderstood:
        return
    assert ours == as_seen(eth_abi.decode(texts, bytes(data)))


def change(random: Random, data: bytearray) -> None:
    """Another byte, mostly one that makes an offset or a length of another; or an end that comes earlier."""
    if not data:
        return
    word = 32 * random.randrange((len(data) + 31) // 32)
    choice = random.randint(0, 3)
    if choice == 0:
        data[min(word + 31, len(data) - 1)] = random.choice((0, 1, 2, 32, 64, 96, 128, 160, 255))
    elif choice == 1:
        data[random.randrange(len(data))] = random.randrange(256)
    elif choice == 2:
        del data[random.randrange(len(data)) :]
    else:
        data[word:word] = bytes(32)


@UNTIMED
@given(SEEDS)
def test_typed_data_is_hashed_as_eth_account_hashes_it(seed: int) -> None:
    payload = typed_data(Random(seed))
    ours = read_typed_data(json.dumps(payload))
    theirs = encode_typed_data(full_message=payload)
    assert ours.digest == keccak(b"\x19" + theirs.version + theirs.header + theirs.body)
    assert ours.facts["primary_type"] == payload["primaryType"]
    assert_seen(ours.facts["message"], payload["message"])


def assert_seen(seen: Any, sent: Any) -> None:
    """Integers are seen alike however they were sent, bytes and addresses in lower case, the rest as it was sent."""
    if isinstance(sent, dict):
        assert list(seen) == list(sent)
        for name, value in sent.items():
            assert_seen(seen[name], value)
    elif isinstance(sent, list):
        assert len(seen) == len(sent)
        for one, other in zip(seen, sent, strict=True):
            assert_seen(one, other)
    elif isinstance(seen, Numeral):
        assert seen == str(seen.number)
        assert seen.number == (sent if isinstance(sent, int) else int(sent, 0))
    else:
        assert type(seen) is type(sent) or seen == sent.lower()
        assert str(seen).lower() == str(sent).lower()


@UNTIMED
@given(SEEDS)
def test_an_authorization_is_hashed_as_eth_account_hashes_it(seed: int) -> None:
    members = authorization(Random(seed))
    theirs = Account.sign_authorization({name: members[name] for name in ("chainId", "address", "nonce")}, KEY)
    ours = read_authorization(json.dumps(members))
    assert authorization_digest(ours) == theirs.authorization_hash
    assert ours == Authorization(
        chain_id=members["chainId"], address=bytes.fromhex(members["address"][2:]), nonce=members["nonce"]
    )
