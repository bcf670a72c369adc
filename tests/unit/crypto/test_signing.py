import coincurve
import pytest

from counterseal.crypto import ed25519_secrets, secp256k1_secrets
from counterseal.crypto.curves import Curve
from counterseal.crypto.errors import CryptoError, InvalidPrivateKey
from counterseal.crypto.key_tree import P256_ORDER
from counterseal.crypto.public_keys import public_key_of
from counterseal.crypto.secp256k1 import ORDER
from counterseal.crypto.signing import Scheme, sign

RANDOMNESS = bytes(32)
CURVES = {
    Scheme.ECDSA_SECP256K1: Curve.SECP256K1,
    Scheme.ECDSA_P256: Curve.P256,
    Scheme.ED25519: Curve.ED25519,
    Scheme.SCHNORR: Curve.SECP256K1,
    Scheme.SCHNORR_TAPROOT: Curve.SECP256K1,
}
OF_DIGESTS = [scheme for scheme in Scheme if scheme is not Scheme.ED25519]
ORDERS = {Curve.SECP256K1: ORDER, Curve.P256: P256_ORDER}


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_keys_of_another_size(scheme: Scheme, size: int) -> None:
    with pytest.raises(InvalidPrivateKey, match=f"is {size} bytes long, expected 32"):
        sign(scheme, b"\x01" * size, bytes(32), aux_randomness=RANDOMNESS)
    with pytest.raises(InvalidPrivateKey, match=f"is {size} bytes long, expected 32"):
        public_key_of(CURVES[scheme], b"\x01" * size)


@pytest.mark.parametrize("scheme", OF_DIGESTS)
@pytest.mark.parametrize("above", [None, 0, 1])
def test_keys_out_of_range(scheme: Scheme, above: int | None) -> None:
    number = 0 if above is None else ORDERS[CURVES[scheme]] + above
    for secret in (number.to_bytes(32), bytearray(number.to_bytes(32))):
        with pytest.raises(InvalidPrivateKey, match="not between 1 and the order"):
            sign(scheme, secret, bytes(32), aux_randomness=RANDOMNESS)
        with pytest.raises(InvalidPrivateKey, match="not between 1 and the order"):
            public_key_of(CURVES[scheme], secret)


@pytest.mark.parametrize("scheme", OF_DIGESTS)
@pytest.mark.parametrize("size", [0, 31, 33])
def test_digests_of_another_size(scheme: Scheme, size: int) -> None:
    with pytest.raises(CryptoError, match=f"digest is {size} bytes long, expected 32"):
        sign(scheme, b"\x01" * 32, bytes(size), aux_randomness=RANDOMNESS)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("last", [1, -1])
def test_the_ends_of_the_range(scheme: Scheme, last: int) -> None:
    order = ORDERS.get(CURVES[scheme], 2**256)
    secret = (last % order).to_bytes(32)
    signature = sign(scheme, secret, bytes(32), aux_randomness=RANDOMNESS)
    assert (len(signature.r), len(signature.s)) == (32, 32)
    assert signature.v in (0, 1)


def test_schnorr_uses_the_randomness() -> None:
    made = {sign(Scheme.SCHNORR, b"\x01" * 32, bytes(32), aux_randomness=bytes((each,)) * 32).r for each in range(4)}
    assert len(made) == 4


def test_the_schnorr_key_pair_is_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = []
    monkeypatch.setattr(secp256k1_secrets, "_schnorr_signature", lambda pair, *_: pairs.append(pair) or b"")
    secp256k1_secrets.sign_schnorr(b"\x01" * 32, bytes(32), aux_randomness=RANDOMNESS)
    [pair] = pairs
    assert bytes(secp256k1_secrets.ffi.buffer(pair)) == bytes(secp256k1_secrets.ffi.sizeof("secp256k1_keypair"))


def test_a_signature_that_does_not_verify_does_not_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    """As BIP-340 asks: a fault of the machine would give the key away."""
    another = coincurve.PrivateKey(b"\x02" * 32).public_key_xonly.public_key
    monkeypatch.setattr(secp256k1_secrets, "_even_public_key", lambda _pair: another)
    with pytest.raises(CryptoError, match="does not verify"):
        secp256k1_secrets.sign_schnorr(b"\x01" * 32, bytes(32), aux_randomness=RANDOMNESS)


def test_sums_of_scalars() -> None:
    for summand, expected in ((1, 6), (ORDER - 5, None), (ORDER, None), (ORDER - 4, 1)):
        key = bytearray((5).to_bytes(32))
        assert secp256k1_secrets.add(key, summand.to_bytes(32)) is (expected is not None)
        assert expected is None or int.from_bytes(key) == expected


def test_a_long_message_on_ed25519() -> None:
    message = bytes(1 << 20)
    signature = ed25519_secrets.sign(b"\x07" * 32, message)
    assert len(signature) == 64
