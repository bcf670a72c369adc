from __future__ import annotations

import pytest
from Crypto.Cipher import AES
from Crypto.Hash import SHA256
from Crypto.Protocol.KDF import HKDF
from hypothesis import given
from hypothesis import strategies as st

from counterseal.keystore import KeystoreError
from counterseal.keystore.cipher import Cipher
from counterseal.keystore.keys import DataKey, RootKey

contexts = st.lists(st.text(max_size=8), max_size=4).map(tuple)


def test_the_layout_is_read_by_another_implementation() -> None:
    """HKDF-SHA256, then AES-256-GCM over ``version ‖ nonce ‖ ciphertext ‖ tag``, here with PyCryptodome."""
    sealed = DataKey(bytes(range(32))).cipher_for("identities").encrypt(b"plaintext", context=("a", "bc"))
    key = HKDF(bytes(range(32)), 32, b"", SHA256, context=b"counterseal v1 data key identities")
    gcm = AES.new(key, AES.MODE_GCM, nonce=sealed[1:13])
    gcm.update(b"counterseal\x01" + b"\0\0\0\x01a" + b"\0\0\0\x02bc")
    assert sealed[:1] == b"\x01"
    assert gcm.decrypt_and_verify(sealed[13:-16], sealed[-16:]) == b"plaintext"


@given(plaintext=st.binary(max_size=100), context=contexts)
def test_opens_in_its_own_context(plaintext: bytes, context: tuple[str, ...]) -> None:
    cipher = Cipher(b"k" * 32)
    assert cipher.decrypt(cipher.encrypt(plaintext, context=context), context=context) == plaintext


@given(ours=contexts, theirs=contexts)
def test_opens_in_no_other_context(ours: tuple[str, ...], theirs: tuple[str, ...]) -> None:
    cipher = Cipher(b"k" * 32)
    sealed = cipher.encrypt(b"plaintext", context=ours)
    if ours == theirs:
        return
    with pytest.raises(KeystoreError, match="does not open"):
        cipher.decrypt(sealed, context=theirs)


def test_parts_of_a_context_do_not_run_into_each_other() -> None:
    cipher = Cipher(b"k" * 32)
    sealed = cipher.encrypt(b"plaintext", context=("ab", "c"))
    for other in (("a", "bc"), ("abc",), ("ab", "c", ""), ("", "ab", "c")):
        with pytest.raises(KeystoreError):
            cipher.decrypt(sealed, context=other)


def test_nonces_do_not_repeat() -> None:
    cipher = Cipher(b"k" * 32)
    nonces = {cipher.encrypt(b"", context=())[1:13] for _ in range(1000)}
    assert len(nonces) == 1000


def test_every_purpose_and_each_of_the_two_keys_has_its_own_cipher() -> None:
    ciphers = [kind(b"k" * 32).cipher_for(purpose) for kind in (RootKey, DataKey) for purpose in ("a", "b", "")]
    for index, cipher in enumerate(ciphers):
        sealed = cipher.encrypt(b"plaintext", context=())
        for other in ciphers[:index] + ciphers[index + 1 :]:
            with pytest.raises(KeystoreError):
                other.decrypt(sealed, context=())


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
@pytest.mark.parametrize("kind", [RootKey, DataKey])
def test_keys_have_32_bytes(kind: type[RootKey] | type[DataKey], size: int) -> None:
    with pytest.raises(ValueError, match=f"a {kind.__name__} has 32 bytes"):
        kind(b"\0" * size)
