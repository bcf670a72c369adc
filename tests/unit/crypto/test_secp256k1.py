from Crypto.Hash import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.crypto import der, secp256k1
from counterseal.crypto.secp256k1 import Secp256k1PrivateKey


def test_ethereum_personal_digest_of_the_documented_example() -> None:
    """``Hello World``, as ethers.js documents ``hashMessage``."""
    assert secp256k1.ethereum_personal_digest(b"Hello World").hex() == (
        "a1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2"
    )


@given(st.binary(max_size=1200))
def test_ethereum_personal_digest_counts_bytes_in_decimal(message: bytes) -> None:
    preimage = b"\x19Ethereum Signed Message:\n" + str(len(message)).encode() + message
    assert secp256k1.ethereum_personal_digest(message) == keccak.new(digest_bits=256).update(preimage).digest()


@settings(max_examples=40)
@given(st.binary(max_size=300))
def test_a_wallets_signature_is_not_one_over_sha256(message: bytes) -> None:
    key = Secp256k1PrivateKey.generate()
    signature = key.sign_ethereum_personal(message)
    r, s = der.decode(signature)
    assert secp256k1.verify_ethereum_personal(key.public_key, signature, message)
    assert secp256k1.verify_ethereum_personal(key.public_key, der.encode(r, secp256k1.ORDER - s), message)
    assert not secp256k1.verify_ethereum_personal(key.public_key, signature, message + b"\x00")
    assert not secp256k1.verify(key.public_key, signature, message)
    assert not secp256k1.verify_ethereum_personal(key.public_key, key.sign(message), message)
