import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import base58check, open_credential_bundle, seal_credential_bundle
from counterseal.crypto.errors import DecryptionFailed, InvalidEncoding, InvalidPrivateKey, InvalidPublicKey
from counterseal.crypto.p256 import P256PrivateKey


@given(st.binary(min_size=32, max_size=32), st.booleans())
def test_round_trip(private_key: bytes, compressed: bool) -> None:
    target = P256PrivateKey.generate()
    bundle = seal_credential_bundle(private_key, target.public_key if compressed else target.public_point)
    assert open_credential_bundle(bundle, target.secret) == private_key
    payload = base58check.decode(bundle)
    assert len(payload) == 33 + 32 + 16
    assert payload[0] in (2, 3)
    assert private_key not in payload


def test_off_curve_target_is_refused() -> None:
    point = P256PrivateKey.generate().public_point
    for target in (point[:-1] + bytes((point[-1] ^ 1,)), point[1:], b"\x04" + bytes(64)):
        with pytest.raises(InvalidPublicKey):
            seal_credential_bundle(bytes(32), target)


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_only_32_bytes_are_sealed(size: int) -> None:
    with pytest.raises(InvalidPrivateKey, match=f"{size} bytes long, expected 32"):
        seal_credential_bundle(b"\x07" * size, P256PrivateKey.generate().public_key)


def test_bundles_that_do_not_open() -> None:
    target = P256PrivateKey.generate()
    payload = base58check.decode(seal_credential_bundle(b"\x07" * 32, target.public_key))
    with pytest.raises(DecryptionFailed):
        open_credential_bundle(base58check.encode(payload), P256PrivateKey.generate().secret)
    with pytest.raises(DecryptionFailed):
        open_credential_bundle(base58check.encode(payload[:-1] + bytes((payload[-1] ^ 1,))), target.secret)
    with pytest.raises(InvalidPublicKey):
        open_credential_bundle(base58check.encode(b"\x04" + payload[1:]), target.secret)
    with pytest.raises(InvalidEncoding, match="holds 80 bytes, expected 81"):
        open_credential_bundle(base58check.encode(payload[:-1]), target.secret)
    with pytest.raises(InvalidEncoding):
        open_credential_bundle("not a bundle", target.secret)
    with pytest.raises(InvalidPrivateKey):
        open_credential_bundle(base58check.encode(payload), bytes(32))
