import json

import pytest

from counterseal.crypto import hpke, p256
from counterseal.crypto.errors import InvalidPublicKey
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore.bundles import export_bundle

SIGNER, CLIENT = P256PrivateKey.generate(), P256PrivateKey.generate()


def exported(plaintext: bytes | bytearray, *, target: bytes = CLIENT.public_point) -> tuple[dict[str, str], bytes]:
    """The bundle, and what the client gets."""
    bundle = json.loads(export_bundle(plaintext, target_public_key=target, organization_id="o", signer=SIGNER))
    message = json.loads(bytes.fromhex(bundle["data"]))
    assert message["organizationId"] == "o"
    sealed = hpke.Sealed(bytes.fromhex(message["encappedPublic"]), bytes.fromhex(message["ciphertext"]))
    return bundle, hpke.open_from_sender(sealed, CLIENT)


@pytest.mark.parametrize("plaintext", [b"\x01" * 32, bytearray(b"two words"), b"x" * 65536])
def test_the_target_alone_opens_it_and_the_signer_signed_it(plaintext: bytes | bytearray) -> None:
    bundle, opened = exported(plaintext)
    assert opened == plaintext
    assert list(bundle) == ["version", "data", "dataSignature", "enclaveQuorumPublic"]
    assert bundle["enclaveQuorumPublic"] == SIGNER.public_point.hex()
    data = bytes.fromhex(bundle["data"])
    assert p256.verify(SIGNER.public_point, bytes.fromhex(bundle["dataSignature"]), data)
    assert bytes(plaintext) not in data


def test_a_compressed_target_will_do() -> None:
    assert exported(b"\x01" * 32, target=CLIENT.public_key)[1] == b"\x01" * 32


def test_no_two_are_alike() -> None:
    assert exported(b"same")[0]["data"] != exported(b"same")[0]["data"]


@pytest.mark.parametrize("target", [b"", b"\x04" + bytes(64), b"\x06" + CLIENT.public_point[1:], bytes(33)])
def test_what_is_no_target(target: bytes) -> None:
    with pytest.raises(InvalidPublicKey):
        exported(b"\x01" * 32, target=target)
