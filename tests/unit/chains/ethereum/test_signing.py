"""The bytes are compared with those of libraries in ``tests/properties/chains`` and ``tests/conformance``."""

import pytest
import rlp

from counterseal.chains.ethereum import parse_transaction, signed_transaction, signing_digest
from counterseal.crypto.hashes import keccak256


def unsigned(chain_id):
    return rlp.encode([0, 1, 2, b"", 3, b"", *([chain_id, 0, 0] if chain_id else [])])


@pytest.mark.parametrize(
    ("chain_id", "parity", "v"), [(1, 0, 37), (1, 1, 38), (0, 0, 27), (0, 1, 28), (2**64, 1, 2**65 + 36)]
)
def test_v_of_a_legacy_transaction(chain_id, parity, v):
    found = parse_transaction(unsigned(chain_id), replayable=True)
    assert signing_digest(found) == keccak256(unsigned(chain_id))
    items = rlp.decode(signed_transaction(found, r=7, s=8, parity=parity), strict=True)
    assert [int.from_bytes(item) for item in items] == [0, 1, 2, 0, 3, 0, v, 7, 8]


@pytest.mark.parametrize("parity", [0, 1])
def test_numbers_of_a_signature_have_no_zeros_in_front(parity):
    found = parse_transaction(b"\x02" + rlp.encode([1, 0, 1, 2, 3, b"", 4, b"", []]))
    signed = signed_transaction(found, r=2**200, s=127, parity=parity)
    assert signed == b"\x02" + rlp.encode([1, 0, 1, 2, 3, b"", 4, b"", [], parity, 2**200, 127])
