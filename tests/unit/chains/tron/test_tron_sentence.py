import pytest

from counterseal.chains.tron import parse_transaction, transaction_in_words
from tron_samples import OTHER, OWNER, base58_of, contract, message, transaction_of, transfer

FROM, TO = base58_of(OWNER), base58_of(OTHER)


def words(content, *more):
    return transaction_in_words(parse_transaction(transaction_of(content, *more)))


def test_a_payment():
    assert words(transfer(amount=1_500_000)) == (
        f"On Tron, {FROM} sends 1.5 TRX (1500000 sun) to {TO}. No fee limit, valid until 2027-01-15T08:01:00.000Z."
    )


@pytest.mark.parametrize(
    ("content", "deed"),
    [
        (
            contract("TriggerSmartContract", message((1, OWNER), (2, OTHER), (4, b"\xa9\x05\x9c\xbb\0"))),
            f"calls {TO} with 5 bytes of data that begin with a9059cbb",
        ),
        (
            contract("TriggerSmartContract", message((1, OWNER), (2, OTHER), (3, 1), (4, b"a"), (5, 2), (6, 1000001))),
            f"calls {TO} with 1 byte of data, and sends 0.000001 TRX (1 sun), and sends 2 of token 1000001",
        ),
        (
            contract("FreezeBalanceV2Contract", message((1, OWNER), (2, 10**6))),
            "stakes 1 TRX (1000000 sun) for BANDWIDTH",
        ),
        (
            contract("UnfreezeBalanceV2Contract", message((1, OWNER), (2, 10**6), (3, 1))),
            "unstakes 1 TRX (1000000 sun) of ENERGY",
        ),
        (
            contract("DelegateResourceContract", message((1, OWNER), (3, 10**6), (4, OTHER), (5, 1), (6, 9))),
            f"lends BANDWIDTH of 1 TRX (1000000 sun) to {TO}, locked for 9 blocks",
        ),
        (
            contract("UnDelegateResourceContract", message((1, OWNER), (2, 1), (3, 10**6), (4, OTHER))),
            f"takes ENERGY of 1 TRX (1000000 sun) back from {TO}",
        ),
        (
            contract(
                "AccountPermissionUpdateContract",
                message((1, OWNER), (2, message((4, 1), (7, message((1, OTHER), (2, 1))))), (4, message((1, 2)))),
            ),
            f"lets others sign for it: owner, weight 1 needed of {TO} (weight 1); active, weight 0 needed of nobody",
        ),
    ],
)
def test_what_each_kind_does(content, deed):
    assert words(content).startswith(f"On Tron, {FROM} {deed}. ")


def test_fees_permissions_and_memos():
    raw = message((8, 2**62), (10, b"hi" * 40), (11, transfer() + message((5, 2))), (18, 100_000_000))
    assert transaction_in_words(parse_transaction(raw)) == (
        f"On Tron, {FROM} sends 0.000007 TRX (7 sun) to {TO}. Signed for its permission 2."
        f" Fee at most 100 TRX (100000000 sun), valid until millisecond {2**62}. Memo (hexadecimal): {'6869' * 16}…."
    )
