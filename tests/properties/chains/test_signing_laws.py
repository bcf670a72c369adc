"""Signatures of random keys, verified and recovered by other libraries: ecdsa, coincurve, cryptography, embit."""

from hashlib import sha256

import coincurve
import ecdsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from ecdsa.ellipticcurve import PointJacobi
from embit.ec import PublicKey, SchnorrSig
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import taproot
from counterseal.crypto.curves import Curve
from counterseal.crypto.public_keys import public_key_of
from counterseal.crypto.signing import Scheme, Signature, sign

secrets = st.binary(min_size=31, max_size=31).map(lambda rest: b"\x01" + rest) | st.integers(1, 1000).map(
    lambda small: small.to_bytes(32)
)
digests = st.binary(min_size=32, max_size=32)
ECDSA = {
    Scheme.ECDSA_SECP256K1: (ecdsa.SECP256k1, Curve.SECP256K1),
    Scheme.ECDSA_P256: (ecdsa.NIST256p, Curve.P256),
}


def recovered(curve: ecdsa.curves.Curve, digest: bytes, signature: Signature) -> bytes:
    """SEC 1, 4.1.6: the point of R by its x-coordinate and parity, and from it the public key."""
    p, n, x = curve.curve.p(), curve.order, int.from_bytes(signature.r)
    y = ecdsa.numbertheory.square_root_mod_prime((x**3 + curve.curve.a() * x + curve.curve.b()) % p, p)
    y = y if y % 2 == signature.v else p - y
    point = PointJacobi(curve.curve, x, y, 1, n)
    inverse = pow(x, -1, n)
    key = point * (int.from_bytes(signature.s) * inverse % n) + curve.generator * (
        -int.from_bytes(digest) * inverse % n
    )
    return ecdsa.VerifyingKey.from_public_point(key, curve=curve).to_string("compressed")


@given(st.sampled_from(list(ECDSA)), secrets, digests)
def test_ecdsa_is_rfc_6979_with_low_s_and_says_which_key_it_is_of(scheme: Scheme, secret: bytes, digest: bytes) -> None:
    theirs, curve = ECDSA[scheme]
    signature = sign(scheme, secret, digest, aux_randomness=bytes(32))
    assert int.from_bytes(signature.s) <= theirs.order // 2
    assert recovered(theirs, digest, signature) == public_key_of(curve, secret)
    key = ecdsa.SigningKey.from_string(secret, curve=theirs, hashfunc=sha256)
    expected = key.sign_digest_deterministic(digest, hashfunc=sha256, sigencode=ecdsa.util.sigencode_string_canonize)
    assert signature.r + signature.s == expected
    assert signature == sign(scheme, bytearray(secret), digest, aux_randomness=b"\xff" * 32)


@given(secrets, digests)
def test_libsecp256k1_recovers_the_key(secret: bytes, digest: bytes) -> None:
    signature = sign(Scheme.ECDSA_SECP256K1, secret, digest, aux_randomness=bytes(32))
    compact = signature.r + signature.s + bytes((signature.v,))
    found = coincurve.PublicKey.from_signature_and_message(compact, digest, hasher=None)
    assert found.format() == public_key_of(Curve.SECP256K1, secret)


@given(secrets, st.binary(max_size=300))
def test_ed25519_is_that_of_cryptography(seed: bytes, message: bytes) -> None:
    signature = sign(Scheme.ED25519, seed, message, aux_randomness=bytes(32))
    key = Ed25519PrivateKey.from_private_bytes(seed)
    assert signature.r + signature.s == key.sign(message)
    assert signature.v == 0
    assert public_key_of(Curve.ED25519, seed) == key.public_key().public_bytes_raw()


@given(secrets, digests, digests)
def test_schnorr_verifies_under_the_key_or_the_output_key(secret: bytes, digest: bytes, randomness: bytes) -> None:
    public_key = public_key_of(Curve.SECP256K1, secret)
    keys = {Scheme.SCHNORR: public_key[1:], Scheme.SCHNORR_TAPROOT: taproot.output_key(public_key)}
    for scheme, x in keys.items():
        signature = sign(scheme, secret, digest, aux_randomness=randomness)
        both = signature.r + signature.s
        assert coincurve.PublicKeyXOnly(x).verify(both, digest)
        assert PublicKey.from_xonly(x).schnorr_verify(SchnorrSig(both), digest)
        assert signature.v == 0
        other = keys[Scheme.SCHNORR if scheme is Scheme.SCHNORR_TAPROOT else Scheme.SCHNORR_TAPROOT]
        assert not coincurve.PublicKeyXOnly(other).verify(both, digest)
