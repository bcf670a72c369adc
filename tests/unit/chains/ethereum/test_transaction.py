from random import Random

import pytest
import rlp

from counterseal.chains.ethereum import parse_transaction
from counterseal.contract.errors import InvalidRequest
from ethereum_samples import ORDER, encoded, transaction

TO = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8"
HASH = "0x01" + "aa" * 31
FIELDS = {
    "chainId": 1,
    "nonce": 2,
    "gasPrice": 3,
    "maxPriorityFeePerGas": 3,
    "maxFeePerGas": 4,
    "gas": 5,
    "to": TO,
    "value": 6,
    "data": "0xabcdef",
    "accessList": [{"address": TO, "storageKeys": [HASH, HASH]}],
    "maxFeePerBlobGas": 7,
    "blobVersionedHashes": [HASH],
    "authorizationList": [{"chainId": 0, "address": TO, "nonce": 9, "yParity": 1, "r": 1, "s": 2}],
}


def raw(kind=2, **changed):
    return encoded(kind, FIELDS | changed)


def legacy(*items):
    return rlp.encode([2, 3, 5, bytes.fromhex(TO[2:]), 6, b"\xab", *items])


def refused(data, **options):
    with pytest.raises(InvalidRequest) as refusal:
        parse_transaction(data, **options)
    assert refusal.value.message.startswith("failed to pre-parse Ethereum transaction: ")
    return refusal.value.message.removeprefix("failed to pre-parse Ethereum transaction: "), refusal.value.code


@pytest.mark.parametrize("kind", range(5))
def test_all_of_it_is_read(kind):
    found = parse_transaction(raw(kind))
    assert (found.type, found.chain_id, found.nonce, found.gas, found.value) == (kind, 1, 2, 5, 6)
    assert (found.to.hex(), found.data.hex()) == (TO[2:], "abcdef")
    assert found.gas_price == (3 if kind < 2 else 4)
    assert found.max_fee_per_gas == (None if kind < 2 else 4)
    assert found.max_priority_fee_per_gas == (None if kind < 2 else 3)
    assert found.max_fee_per_blob_gas == (7 if kind == 3 else None)
    assert found.blob_versioned_hashes == ((bytes.fromhex(HASH[2:]),) if kind == 3 else ())
    assert found.access_list == (((found.to, (bytes.fromhex(HASH[2:]),) * 2),) if kind else ())
    assert [(each.chain_id, each.address, each.nonce) for each in found.authorizations] == (
        [(0, found.to, 9)] if kind == 4 else []
    )


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_without_a_recipient_a_contract_is_created(kind):
    assert parse_transaction(raw(kind, to="")).to == b""


@pytest.mark.parametrize("kind", [3, 4])
def test_types_that_create_no_contract(kind):
    message, _ = refused(raw(kind, to=""))
    assert message.endswith(f"is empty, expected an address: type {kind} creates no contract")


@pytest.mark.parametrize("first", [0, 5, 6, 0x76, 0x7F])
def test_an_unknown_type(first):
    message, code = refused(bytes((first,)) + raw()[1:])
    assert message.startswith(f"type 0x{first:02x} at byte 0")
    assert ("TRANSACTION_TYPE_TEMPO" in message) == (first == 0x76)
    assert code == "UNSUPPORTED_TRANSACTION_TYPE"


@pytest.mark.parametrize("data", ["", "80", "a0" + "00" * 32, "c0", "02", "0280", "02c0", "ff"])
def test_what_is_no_transaction(data):
    assert refused(bytes.fromhex(data))[1] == "INVALID_TRANSACTION"


@pytest.mark.parametrize("kind", range(5))
def test_an_end_at_every_byte(kind):
    data = raw(kind)
    for end in range(len(data)):
        assert refused(data[:end])[1] == "INVALID_TRANSACTION"


@pytest.mark.parametrize("kind", range(5))
@pytest.mark.parametrize("more", [b"\0", b"\x80", b"\xc0", b"\x01\x02"])
def test_nothing_may_follow(kind, more):
    assert "goes on at byte" in refused(raw(kind) + more)[0]


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
@pytest.mark.parametrize("more", [[0, 1, 2], [1, 1, 2], [b"\1"], [[]], [0, 0, 0]])
def test_a_signature_is_not_taken(kind, more):
    data = bytes((kind,)) + rlp.encode([*rlp.decode(raw(kind)[1:]), *more])
    assert "expected no signature and its end" in refused(data)[0]


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
def test_a_chain_is_named(kind):
    assert refused(raw(kind, chainId=0))[0].endswith(" is 0, expected that of a chain")


@pytest.mark.parametrize(
    ("name", "bits"),
    [
        ("chainId", 256),
        ("nonce", 64),
        ("gas", 64),
        ("value", 256),
        ("maxFeePerGas", 256),
        ("maxPriorityFeePerGas", 256),
        ("maxFeePerBlobGas", 256),
    ],
)
def test_integers_have_bounds(name, bits):
    parse_transaction(raw(3, **{name: 2**bits - 1}))
    assert f"has {bits // 8 + 1} bytes, expected at most {bits // 8}" in refused(raw(3, **{name: 2**bits}))[0]


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (2, "to", "0x" + "11" * 19),
        (2, "to", "0x" + "11" * 21),
        (2, "to", "0x00"),
        (2, "to", ["0x" + "11" * 20]),
        (2, "data", []),
        (2, "value", []),
        (2, "accessList", "0x"),
        (2, "accessList", [[]]),
        (2, "accessList", ["0x" + "11" * 20]),
        (2, "accessList", [["0x" + "11" * 20]]),
        (2, "accessList", [["0x" + "11" * 19, []]]),
        (2, "accessList", [["0x", []]]),
        (2, "accessList", [["0x" + "11" * 20, "0x"]]),
        (2, "accessList", [["0x" + "11" * 20, ["0x" + "22" * 31]]]),
        (2, "accessList", [["0x" + "11" * 20, [], "0x"]]),
        (3, "blobVersionedHashes", []),
        (3, "blobVersionedHashes", "0x"),
        (3, "blobVersionedHashes", ["0x" + "01" * 31]),
        (3, "blobVersionedHashes", [["0x" + "01" * 32]]),
        (4, "authorizationList", []),
        (4, "authorizationList", "0x"),
        (4, "authorizationList", [[1, TO, 2, 0, 1]]),
        (4, "authorizationList", [[1, TO, 2, 0, 1, 1, 1]]),
        (4, "authorizationList", [[1, "0x", 2, 0, 1, 1]]),
        (4, "authorizationList", [[1, TO, 2**64, 0, 1, 1]]),
        (4, "authorizationList", [[1, TO, 2, 256, 1, 1]]),
        (4, "authorizationList", [[1, TO, 2, 0, 2**256, 1]]),
        (4, "authorizationList", [[2**256, TO, 2, 0, 1, 1]]),
    ],
)
def test_items_of_another_shape(kind, name, value):
    message, code = refused(raw(kind, **{name: value}))
    assert " at byte " in message
    assert code == "INVALID_TRANSACTION"


def test_blobs_may_not_be_beside_it():
    body = rlp.decode(raw(3)[1:])
    assert refused(b"\x03" + rlp.encode([body, [], [], []]))[0].startswith("blobs beside the transaction at byte 3")


def test_a_legacy_transaction_holds_on_its_chain():
    found = parse_transaction(legacy(1, 0, 0))
    assert (found.type, found.chain_id) == (0, 1)
    assert found.raw[found.start : found.end] == legacy()[-(found.end - found.start) :]


@pytest.mark.parametrize("most", [(2**256 - 37) // 2])
def test_v_of_a_legacy_transaction_has_32_bytes(most):
    assert parse_transaction(legacy(most, 0, 0)).chain_id == most
    assert f"expected 1 to {most}" in refused(legacy(most + 1, 0, 0))[0]


@pytest.mark.parametrize("replayable", [False, True])
@pytest.mark.parametrize(
    "more", [(0, 0, 0), (1,), (1, 0), (1, 0, 0, 0), (27, 1, 2), (37, 1, 0), (37, 0, 1), (1, b"\0", 0), (1, [], 0)]
)
def test_other_ends_of_a_legacy_transaction(more, replayable):
    refused(legacy(*more), replayable=replayable)


def test_one_that_holds_on_every_chain_is_taken_where_it_may_be():
    assert "without a chain id, so that it would hold on every chain" in refused(legacy())[0]
    assert parse_transaction(legacy(), replayable=True).chain_id == 0


def test_samples_cover_every_type():
    kinds = {transaction(Random(seed)).kind for seed in range(100)}
    assert kinds == set(ORDER)
