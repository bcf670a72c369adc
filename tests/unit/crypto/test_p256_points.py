"""A compressed key is judged without expanding it, and as the library that expands it would."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import example, given
from hypothesis import strategies as st

from counterseal.crypto import p256
from counterseal.crypto.errors import InvalidPublicKey

P = 2**256 - 2**224 + 2**192 + 2**96 - 1


def is_point(public_key: bytes) -> bool:
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
    except ValueError:
        return False
    return True


@given(st.integers(0, 2**256 - 1), st.sampled_from([2, 3]))
@example(0, 2)
@example(1, 3)
@example(5, 2)
@example(P - 1, 2)
@example(P, 2)
@example(P + 5, 3)
@example(2**256 - 1, 3)
def test_every_x_has_the_verdict_of_the_library(x: int, form: int) -> None:
    public_key = bytes([form]) + x.to_bytes(32)
    if is_point(public_key):
        assert p256.compress(public_key) == public_key
    else:
        with pytest.raises(InvalidPublicKey, match="not a point of the curve"):
            p256.compress(public_key)


def test_both_verdicts_are_common() -> None:
    verdicts = [is_point(b"\x02" + x.to_bytes(32)) for x in range(200)]
    assert 50 < sum(verdicts) < 150
