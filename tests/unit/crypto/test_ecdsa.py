"""What P-256 and secp256k1 have in common: point forms, ECDSA over SHA-256, private scalars."""

from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto import der, p256, secp256k1
from counterseal.crypto.errors import InvalidPrivateKey, InvalidPublicKey, InvalidSignatureEncoding
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.private_key import PrivateKey
from counterseal.crypto.secp256k1 import Secp256k1PrivateKey

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
CURVES = [
    pytest.param(p256, P256PrivateKey, P256_ORDER, id="P-256"),
    pytest.param(secp256k1, Secp256k1PrivateKey, secp256k1.ORDER, id="secp256k1"),
]
every_curve = pytest.mark.parametrize(("module", "private_key", "order"), CURVES)


@every_curve
@settings(max_examples=40)
@given(message=st.binary(max_size=300), other=st.binary(max_size=300), data=st.data())
def test_signatures_verify_with_low_and_with_high_s(
    module: ModuleType, private_key: type[PrivateKey], order: int, message: bytes, other: bytes, data: st.DataObject
) -> None:
    key = private_key.from_secret(data.draw(st.integers(1, order - 1)).to_bytes(32))
    signature = key.sign(message)
    r, s = der.decode(signature)
    for public_key in (key.public_key, module.uncompress(key.public_key)):
        assert module.verify(public_key, signature, message)
        assert module.verify(public_key, der.encode(r, order - s), message)
        assert module.verify(public_key, signature, other) is (other == message)
    assert not module.verify(private_key.generate().public_key, signature, message)


@every_curve
def test_leading_zero_bytes_verify(module: ModuleType, private_key: type[PrivateKey], order: int) -> None:
    """About one signature in 256 has a short r or s, which the TypeScript wallet stamper pads to 32 bytes."""
    key = private_key.generate()
    padded = 0
    for number in range(100_000):
        message = str(number).encode()
        r, s = der.decode(key.sign(message))
        content = b"".join(
            b"\x02\x20" + value.to_bytes(32) if value < 2**255 else b"\x02\x21\x00" + value.to_bytes(32)
            for value in (r, s)
        )
        signature = b"\x30" + bytes((len(content),)) + content
        if signature != der.encode(r, s):
            assert module.verify(key.public_key, signature, message)
            padded += 1
        if padded == 3:
            return
    pytest.fail("no signature with a short integer among 100,000")


@every_curve
@pytest.mark.parametrize("excess", [0, 1, 2**255])
def test_numbers_from_the_order_up_do_not_verify(
    module: ModuleType, private_key: type[PrivateKey], order: int, excess: int
) -> None:
    key = private_key.generate()
    r, s = der.decode(key.sign(b"message"))
    assert not module.verify(key.public_key, der.encode(order + excess, s), b"message")
    assert not module.verify(key.public_key, der.encode(r, order + excess), b"message")
    assert not module.verify(key.public_key, der.encode(r, s + order), b"message")


@every_curve
def test_what_is_no_signature_is_refused(module: ModuleType, private_key: type[PrivateKey], order: int) -> None:
    with pytest.raises(InvalidSignatureEncoding):
        module.verify(private_key.generate().public_key, bytes(64), b"message")


@every_curve
def test_point_forms(module: ModuleType, private_key: type[PrivateKey], order: int) -> None:
    compressed = private_key.generate().public_key
    uncompressed = module.uncompress(compressed)
    assert (len(compressed), len(uncompressed)) == (33, 65)
    assert module.compress(uncompressed) == module.compress(compressed) == compressed
    assert module.uncompress(uncompressed) == uncompressed


@every_curve
def test_points_that_are_none(module: ModuleType, private_key: type[PrivateKey], order: int) -> None:
    compressed = private_key.generate().public_key
    uncompressed = module.uncompress(compressed)
    hybrid = bytes((6 + (uncompressed[-1] & 1),)) + uncompressed[1:]
    off_curve = uncompressed[:-1] + bytes((uncompressed[-1] ^ 1,))
    wrong_form = [
        b"", b"\x00", compressed[:-1], compressed + b"\x00", b"\x04" + compressed[1:], uncompressed[:-1],
        b"\x02" + uncompressed[1:], hybrid, compressed[1:],
    ]  # fmt: skip
    for point in wrong_form:
        with pytest.raises(InvalidPublicKey, match="expected 33 bytes"):
            module.parse_public_key(point)
    for point in (off_curve, b"\x02" + b"\xff" * 32, b"\x04" + bytes(64)):
        with pytest.raises(InvalidPublicKey, match="not a point of the curve"):
            module.parse_public_key(point)


@every_curve
def test_private_scalars(module: ModuleType, private_key: type[PrivateKey], order: int) -> None:
    for scalar in (1, order - 1):
        assert private_key.from_secret(scalar.to_bytes(32)).secret == scalar.to_bytes(32)
    for scalar in (0, order, 2**256 - 1):
        with pytest.raises(InvalidPrivateKey, match="between 1 and the order"):
            private_key.from_secret(scalar.to_bytes(32))
    for size in (0, 31, 33):
        with pytest.raises(InvalidPrivateKey, match=f"{size} bytes long"):
            private_key.from_secret(b"\x01" * size)


def test_expanded_keys_are_cached_within_a_bound() -> None:
    public_key = P256PrivateKey.generate().public_key
    assert p256.parse_public_key(public_key) is p256.parse_public_key(public_key)
    assert p256.parse_public_key.cache_info().maxsize == 8192
    assert secp256k1.parse_public_key.cache_info().maxsize == 8192
