"""P-384: keys that sign certificates and attestations."""

from __future__ import annotations

import pickle

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from counterseal.crypto.errors import InvalidPrivateKey
from counterseal.crypto.p384 import CURVE, P384PrivateKey

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973


def test_a_key_comes_back_and_signs_by_sha_384() -> None:
    key = P384PrivateKey.generate()
    again = P384PrivateKey.from_secret(key.secret)
    assert again.public_point == key.public_point
    assert len(key.public_point) == 97
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key.public_point)
    public.verify(again.sign(b"message"), b"message", ec.ECDSA(SHA384()))
    with pytest.raises(InvalidSignature):
        public.verify(again.sign(b"message"), b"message", ec.ECDSA(SHA256()))


@pytest.mark.parametrize("secret", [b"", bytes(47), bytes(48), ORDER.to_bytes(48), bytes(49)], ids=len)
def test_what_is_no_key(secret: bytes) -> None:
    with pytest.raises(InvalidPrivateKey):
        P384PrivateKey.from_secret(secret)


def test_it_does_not_show_itself() -> None:
    key = P384PrivateKey.generate()
    assert key.secret.hex() not in repr(key)
    with pytest.raises(TypeError):
        pickle.dumps(key)
