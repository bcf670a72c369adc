import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey as LibraryKey
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import ed25519
from counterseal.crypto.ed25519 import Ed25519PrivateKey
from counterseal.crypto.errors import InvalidPrivateKey, InvalidPublicKey, InvalidSignatureEncoding

ORDER = 2**252 + 27742317777372353535851937790883648493
seeds = st.binary(min_size=32, max_size=32)


@given(seeds, st.binary(max_size=300), st.binary(max_size=300))
def test_signatures_verify_and_are_the_other_librarys(seed: bytes, message: bytes, other: bytes) -> None:
    key, library_key = Ed25519PrivateKey.from_secret(seed), LibraryKey.from_private_bytes(seed)
    signature = key.sign(message)
    assert signature == library_key.sign(message)
    assert key.public_key == library_key.public_key().public_bytes_raw()
    assert key.secret == seed
    ed25519.check_public_key(key.public_key)
    assert ed25519.verify(key.public_key, signature, message)
    assert ed25519.verify(key.public_key, signature, other) is (other == message)


def test_the_second_form_of_s_does_not_verify() -> None:
    """Unlike ECDSA's high S, S + order is refused (RFC 8032 §5.1.7)."""
    key = Ed25519PrivateKey.generate()
    signature = key.sign(b"message")
    s = int.from_bytes(signature[32:], "little") + ORDER
    assert not ed25519.verify(key.public_key, signature[:32] + s.to_bytes(32, "little"), b"message")


@pytest.mark.parametrize("size", [0, 63, 65, 70])
def test_signatures_of_another_length_are_refused(size: int) -> None:
    with pytest.raises(InvalidSignatureEncoding, match=f"{size} bytes long, expected 64"):
        ed25519.verify(Ed25519PrivateKey.generate().public_key, bytes(size), b"message")


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_keys_of_another_length_are_refused(size: int) -> None:
    for check in (ed25519.check_public_key, lambda key: ed25519.verify(key, bytes(64), b"")):
        with pytest.raises(InvalidPublicKey, match=f"{size} bytes long, expected 32"):
            check(bytes(size))
    with pytest.raises(InvalidPrivateKey, match=f"{size} bytes long, expected 32"):
        Ed25519PrivateKey.from_secret(bytes(size))


@pytest.mark.parametrize(
    "encoding",
    [
        pytest.param("01" + "00" * 31, id="identity"),
        pytest.param("ec" + "ff" * 30 + "7f", id="order 2"),
        pytest.param("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", id="order 8"),
        pytest.param("ee" + "ff" * 30 + "7f", id="y = p + 1"),
        pytest.param("02" + "00" * 31, id="not on the curve"),
    ],
)
def test_points_that_are_no_public_key(encoding: str) -> None:
    with pytest.raises(InvalidPublicKey, match="not a point of the prime-order group"):
        ed25519.check_public_key(bytes.fromhex(encoding))
