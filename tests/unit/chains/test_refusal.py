import pytest

from counterseal.chains.refusal import TRANSACTION_BYTES_MAX, transaction_bytes
from counterseal.contract.errors import InvalidRequest


@pytest.mark.parametrize("text", ["02ef", "0x02ef", "02EF", "0x02Ef"])
def test_digits_may_be_written_in_several_ways(text):
    assert transaction_bytes(text, chain="Ethereum") == b"\x02\xef"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty, expected hexadecimal digits"),
        ("0x", "it is empty, expected hexadecimal digits"),
        ("0x1", "it is not an even number of hexadecimal digits"),
        ("zz", "it is not an even number of hexadecimal digits"),
        ("0X02", "it is not an even number of hexadecimal digits"),
        (" 02", "it is not an even number of hexadecimal digits"),
        ("02\n", "it is not an even number of hexadecimal digits"),
        ("0x0x02", "it is not an even number of hexadecimal digits"),
        ("٠٢", "it is not an even number of hexadecimal digits"),
    ],
)
def test_anything_else_is_refused(text, reason):
    with pytest.raises(InvalidRequest) as refusal:
        transaction_bytes(text, chain="Solana")
    assert refusal.value.message == f"failed to pre-parse Solana transaction: {reason}"
    assert (refusal.value.code, refusal.value.grpc, refusal.value.details) == ("INVALID_TRANSACTION", 3, [])
    assert refusal.value.details_given


def test_length_has_a_bound():
    assert len(transaction_bytes("00" * TRANSACTION_BYTES_MAX, chain="Ethereum")) == TRANSACTION_BYTES_MAX
    with pytest.raises(InvalidRequest, match="it has 262146 hexadecimal digits, expected at most 262144"):
        transaction_bytes("00" * (TRANSACTION_BYTES_MAX + 1), chain="Ethereum")
