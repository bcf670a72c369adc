"""Against pyhpke, an independent implementation, in both directions; the published vectors are in tests/vectors."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from counterseal.crypto import hpke
from counterseal.crypto.errors import DecryptionFailed, InvalidPublicKey
from counterseal.crypto.hpke import Sealed
from counterseal.crypto.p256 import P256PrivateKey

SUITE = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
contents = st.binary(max_size=200)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


@settings(max_examples=120, deadline=None)
@given(plaintext=contents, info=contents, aad=contents)
def test_pyhpke_opens_what_is_sealed(plaintext: bytes, info: bytes, aad: bytes) -> None:
    receiver = P256PrivateKey.generate()
    sealed = hpke.seal(receiver.public_key, plaintext, info=info, aad=aad)
    context = SUITE.create_recipient_context(
        sealed.encapsulated_key, KEMKey.from_pyca_cryptography_key(receiver._key), info=info
    )
    assert context.open(sealed.ciphertext, aad=aad) == plaintext
    assert hpke.open(sealed, receiver, info=info, aad=aad) == plaintext


@settings(max_examples=120, deadline=None)
@given(plaintext=contents, info=contents, aad=contents)
def test_what_pyhpke_seals_is_opened(plaintext: bytes, info: bytes, aad: bytes) -> None:
    receiver = P256PrivateKey.generate()
    public_key = KEMKey.from_pyca_cryptography_key(receiver._key.public_key())
    encapsulated_key, context = SUITE.create_sender_context(public_key, info=info)
    sealed = Sealed(encapsulated_key, context.seal(plaintext, aad=aad))
    assert hpke.open(sealed, receiver, info=info, aad=aad) == plaintext


@given(contents)
def test_the_turnkey_profile_binds_both_public_keys(plaintext: bytes) -> None:
    receiver = P256PrivateKey.generate()
    for target in (receiver.public_key, receiver.public_point):
        sealed = hpke.seal_to_target(target, plaintext)
        assert (len(sealed.encapsulated_key), len(sealed.ciphertext)) == (65, len(plaintext) + 16)
        aad = sealed.encapsulated_key + receiver.public_point
        assert hpke.open(sealed, receiver, info=b"turnkey_hpke", aad=aad) == plaintext
        assert hpke.open_from_sender(sealed, receiver) == plaintext


def test_two_seals_of_one_plaintext_share_nothing() -> None:
    target = P256PrivateKey.generate().public_key
    first, second = hpke.seal_to_target(target, b"secret"), hpke.seal_to_target(target, b"secret")
    assert first.encapsulated_key != second.encapsulated_key
    assert first.ciphertext != second.ciphertext


def test_whatever_is_altered_does_not_open() -> None:
    receiver = P256PrivateKey.generate()
    sealed = hpke.seal_to_target(receiver.public_key, b"secret")
    for place in range(len(sealed.ciphertext)):
        with pytest.raises(DecryptionFailed):
            hpke.open_from_sender(Sealed(sealed.encapsulated_key, flipped(sealed.ciphertext, place)), receiver)
    for length in range(len(sealed.ciphertext)):
        with pytest.raises(DecryptionFailed):
            hpke.open_from_sender(Sealed(sealed.encapsulated_key, sealed.ciphertext[:length]), receiver)
    with pytest.raises(DecryptionFailed):
        hpke.open_from_sender(sealed, P256PrivateKey.generate())
    other = hpke.seal_to_target(receiver.public_key, b"secret")
    with pytest.raises(DecryptionFailed):
        hpke.open_from_sender(Sealed(other.encapsulated_key, sealed.ciphertext), receiver)


@pytest.mark.parametrize("target", [b"", bytes(33), bytes(65), b"\x04" + bytes(64), b"\x02" + b"\xff" * 32])
def test_targets_that_are_no_point_are_refused(target: bytes) -> None:
    with pytest.raises(InvalidPublicKey):
        hpke.seal_to_target(target, b"secret")
    with pytest.raises(InvalidPublicKey):
        hpke.open_from_sender(Sealed(target, bytes(17)), P256PrivateKey.generate())
