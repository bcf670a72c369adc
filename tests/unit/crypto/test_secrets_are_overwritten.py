"""A process makes keys, signs, overwrites what it was given, and waits; then its memory is searched for the secrets.

P-256 is not searched for keys: they reach OpenSSL as ``int``s, which nobody can overwrite.
"""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from counterseal.crypto import hpke, mnemonics, paths
from counterseal.crypto.curves import Curve
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.p256 import P256PrivateKey

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/<pid>/mem")

PATH = "m/44'/60'/0'/0'/0'"
ENTROPY = sha256(b"planted").digest()[:16]
PROGRAM = """
import sys
from hashlib import sha256
from counterseal.crypto import hpke, mnemonics, paths
from counterseal.crypto.curves import Curve
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.public_keys import public_key_of
from counterseal.crypto.signing import Scheme, sign
from counterseal.crypto.wiping import wipe

curve, wiped = Curve[sys.argv[1]], sys.argv[2] == "wiped"
schemes = {
    Curve.SECP256K1: (Scheme.ECDSA_SECP256K1, Scheme.SCHNORR, Scheme.SCHNORR_TAPROOT),
    Curve.P256: (Scheme.ECDSA_P256,),
    Curve.ED25519: (Scheme.ED25519,),
}
entropy = bytearray(sha256(b"planted").digest()[:16])
phrase = mnemonics.phrase_of(entropy)
seed = mnemonics.seed_of(phrase)
with KeyTree(seed) as tree:
    key = tree.private_key(curve, paths.parse(sys.argv[3]))
public_key_of(curve, key)
for scheme in schemes[curve]:
    sign(scheme, key, bytes(32), aux_randomness=bytes(32))
if wiped:
    wipe(entropy, phrase, seed, key)
print("ready", flush=True)
sys.stdin.read()
"""
BUNDLES = """
import sys
from counterseal.crypto.curves import Curve
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.wiping import wipe
from counterseal.keystore.bundles import export_bundle, imported_key, open_client_message

target = P256PrivateKey.from_secret(bytes.fromhex(sys.argv[1]))
key = open_client_message(sys.argv[2], target=target, plaintext_max=32)
imported_key(key, Curve.SECP256K1)
export_bundle(key, target_public_key=target.public_point, organization_id="o", signer=target)
if sys.argv[3] == "wiped":
    wipe(key)
print("ready", flush=True)
sys.stdin.read()
"""


def secrets_of(curve: Curve) -> dict[str, bytes]:
    phrase = mnemonics.phrase_of(ENTROPY)
    seed = mnemonics.seed_of(phrase)
    tree = KeyTree(seed)
    levels = paths.parse(PATH)
    return {
        "phrase": bytes(phrase),
        "seed": bytes(seed),
        "key": bytes(tree.private_key(curve, levels)),
        "parent's key": bytes(tree.private_key(curve, levels[:-1])),
        "root's key": bytes(tree.private_key(curve, ())),
    }


def found_in_memory(pid: int, secrets: dict[str, bytes]) -> set[str]:
    found = set()
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            addresses, permissions, *_ = line.split()
            if not permissions.startswith("rw"):
                continue
            start, end = (int(address, 16) for address in addresses.split("-"))
            memory.seek(start)
            content = memory.read(end - start)
            found |= {name for name, secret in secrets.items() if secret in content}
    return found


def left_behind(curve: Curve, *, wiped: bool) -> set[str]:
    arguments = [sys.executable, "-c", PROGRAM, curve.name, "wiped" if wiped else "kept", PATH]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        found = found_in_memory(process.pid, secrets_of(curve))
        process.stdin.close()
        assert process.wait() == 0
    return found


def test_nothing_of_a_key_is_left_behind_that_came_in_and_went_out() -> None:
    """The key is not sealed by the process itself, which would have it from elsewhere."""
    target, key = P256PrivateKey.generate(), sha256(b"planted key").digest()
    sealed = hpke.seal_to_target(target.public_point, key)
    message = json.dumps({"encappedPublic": sealed.encapsulated_key.hex(), "ciphertext": sealed.ciphertext.hex()})
    for wiped, expected in (("wiped", set()), ("kept", {"key"})):
        arguments = [sys.executable, "-c", BUNDLES, target.secret.hex(), message, wiped]
        with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            assert found_in_memory(process.pid, {"key": key}) == expected
            process.stdin.close()
            assert process.wait() == 0


@pytest.mark.parametrize("curve", [Curve.SECP256K1, Curve.ED25519])
def test_nothing_is_left_behind(curve: Curve) -> None:
    assert left_behind(curve, wiped=True) == set()


def test_of_p256_neither_phrase_nor_seed_is_left_behind() -> None:
    assert not left_behind(Curve.P256, wiped=True) & {"phrase", "seed"}


def test_what_is_not_overwritten_is_found() -> None:
    """Else the search would prove nothing."""
    assert left_behind(Curve.SECP256K1, wiped=False) == {"phrase", "seed", "key"}
