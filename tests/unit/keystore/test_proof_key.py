"""The key of app proofs."""

from __future__ import annotations

from counterseal.crypto import p256
from counterseal.keystore.proof_key import ProofKey


def test_it_is_two_points_of_which_the_second_signs() -> None:
    key = ProofKey.generate()
    first, second = key.public_key[:65], key.public_key[65:]
    assert len(key.public_key) == 130
    assert p256.uncompress(first) == first != second
    assert p256.verify(second, key.sign(b"message"), b"message")
    assert not p256.verify(first, key.sign(b"message"), b"message")


def test_no_two_starts_have_the_same() -> None:
    assert ProofKey.generate().public_key != ProofKey.generate().public_key


def test_it_does_not_show_what_signs() -> None:
    assert "sign" not in repr(ProofKey.generate())
