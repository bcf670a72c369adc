"""Sound transactions are compared with tronweb elsewhere."""

import pytest

from counterseal.chains.tron import parse_transaction, signed_transaction, signing_digest, transaction_facts
from counterseal.contract.errors import InvalidRequest
from tron_samples import OTHER, OWNER, base58_of, contract, message, transaction_of, transfer

URL = b"type.googleapis.com/protocol.TransferContract"
OTHER_URL = b"type.googleapis.com/protocol.TriggerSmartContract"
VALUE = message((1, OWNER), (2, OTHER), (3, 7))


def refused(raw):
    with pytest.raises(InvalidRequest) as refusal:
        parse_transaction(raw)
    assert refusal.value.message.startswith("failed to pre-parse Tron transaction: ")
    assert (refusal.value.details_given, refusal.value.details) == (True, [])
    return refusal.value.message.removeprefix("failed to pre-parse Tron transaction: "), refusal.value.code


def test_facts():
    facts = transaction_facts(parse_transaction(transaction_of(transfer())))
    assert facts == {
        "ref_block_bytes": "a1b2",
        "ref_block_hash": "0001020304050607",
        "expiration": 1_800_000_060_000,
        "timestamp": 1_800_000_000_000,
        "fee_limit": 0,
        "data": "",
        "contract": [
            {
                "type": "TransferContract",
                "permission_id": 0,
                "owner_address": base58_of(OWNER),
                "to_address": base58_of(OTHER),
                "amount": 7,
            }
        ],
    }


def test_what_is_left_out_has_its_default():
    raw = message((11, contract("DelegateResourceContract", message((1, OWNER), (4, OTHER)))))
    facts = transaction_facts(parse_transaction(raw))
    assert (facts["ref_block_bytes"], facts["ref_block_hash"], facts["expiration"]) == ("", "", 0)
    (delegated,) = facts["contract"]
    assert (delegated["resource"], delegated["balance"]) == ("BANDWIDTH", 0)
    assert (delegated["lock"], delegated["lock_period"]) == (False, 0)


def test_permissions_that_are_absent_are_missing():
    permission = message((3, b"owner"), (4, 1), (7, message((1, OTHER), (2, 1))))
    raw = transaction_of(contract("AccountPermissionUpdateContract", message((1, OWNER), (2, permission)), (5, 3)))
    (update,) = transaction_facts(parse_transaction(raw))["contract"]
    assert update == {
        "type": "AccountPermissionUpdateContract",
        "permission_id": 3,
        "owner_address": base58_of(OWNER),
        "owner": {
            "type": "Owner",
            "id": 0,
            "permission_name": "owner",
            "threshold": 1,
            "parent_id": 0,
            "operations": "",
            "keys": [{"address": base58_of(OTHER), "weight": 1}],
        },
        "actives": [],
    }


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "it has no contract, expected one"),
        (message((1, b"\xa1\xb2")), "it has no contract, expected one"),
        (
            message((11, message((1, 1)))),
            "the contract has no parameter, expected a TransferContract",
        ),
        (
            message((11, message((1, 1), (2, message((1, URL)))))),
            "the contract has no parameter, expected a TransferContract",
        ),
        (
            message((11, message((1, 1), (2, message((1, OTHER_URL), (2, VALUE)))))),
            f"a `{OTHER_URL.decode()}` in a TransferContract, expected {URL.decode()}",
        ),
        (
            message((11, message((1, 1), (2, message((1, b"x/" + URL[20:]), (2, VALUE)))))),
            f"a `x/protocol.TransferContract` in a TransferContract, expected {URL.decode()}",
        ),
        (
            message((11, message((1, 1), (2, message((1, URL), (2, VALUE + message((9, 1)))))))),
            "field 9 of TransferContract at byte 103 is not known here",
        ),
        (
            message((11, message((1, 1), (2, message((1, URL), (2, VALUE))), (3, b"p")))),
            "field 3 of the contract at byte 103 is not known here",
        ),
        (transaction_of(transfer()) + b"\x00", "field 0 of the transaction at byte 131 is not known here"),
        (message((3, 1), (11, transfer())), "field 3 of the transaction at byte 0 is not known here"),
        (
            transaction_of(transfer())[:-7] + message((11, transfer())),
            "contract of the transaction at byte 124 is there twice or out of order",
        ),
        (
            transaction_of(transfer(to=OTHER[1:])),
            "to_address of TransferContract at byte 99 is 20 bytes that begin with 0x70,"
            " expected 21 that begin with 0x41",
        ),
    ],
)
def test_what_is_not_understood_is_refused(raw, sentence):
    assert refused(raw) == (sentence, "INVALID_TRANSACTION")


def test_other_kinds_of_contracts_are_not_supported():
    sentence, code = refused(transaction_of(message((1, 4), (2, message((1, URL), (2, VALUE))))))
    assert sentence.startswith("a contract of type 4, expected one of 1 (TransferContract), 31 (TriggerSmartContract)")
    assert code == "UNSUPPORTED_TRANSACTION_TYPE"
    assert refused(message((11, b"")))[1] == "UNSUPPORTED_TRANSACTION_TYPE"


@pytest.mark.parametrize("memo", [b"m", b"m" * 300])
def test_the_signed_transaction_has_the_bytes_as_they_were_given(memo):
    raw = message((10, memo), (11, transfer()))
    unsigned = parse_transaction(raw)
    signature = (1).to_bytes(32) + (2).to_bytes(32) + b"\x01"
    assert signed_transaction(unsigned, r=1, s=2, parity=1) == message((1, raw), (2, signature))
    assert len(signing_digest(unsigned)) == 32
