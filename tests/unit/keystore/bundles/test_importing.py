import json
from typing import Any

import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.crypto import hpke
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore.bundles import open_client_message, target_bundle
from counterseal.keystore.bundles.contents import KEY_BYTES_MAX

TARGET, SIGNER = P256PrivateKey.generate(), P256PrivateKey.generate()
SECRET = b"\x07" * 32


def message(plaintext: bytes = SECRET, *, receiver: P256PrivateKey = TARGET, **changes: Any) -> str:
    sealed = hpke.seal_to_target(receiver.public_point, plaintext)
    members = {"encappedPublic": sealed.encapsulated_key.hex(), "ciphertext": sealed.ciphertext.hex()}
    return json.dumps({**members, **changes})


def opened(text: str, plaintext_max: int = KEY_BYTES_MAX) -> bytearray:
    return open_client_message(text, target=TARGET, plaintext_max=plaintext_max)


def test_what_was_sealed_to_the_target_opens() -> None:
    assert opened(message()) == SECRET
    assert opened(message(b"")) == b""


def test_case_and_blanks_do_not_matter() -> None:
    members = json.loads(message())
    assert opened(json.dumps({name: text.upper() for name, text in members.items()}, indent=4)) == SECRET


def test_the_target_of_a_secret_names_no_user() -> None:
    bundle = json.loads(target_bundle(TARGET, organization_id="o", user_id=None, signer=SIGNER))
    expected = {"targetPublic": TARGET.public_point.hex(), "organizationId": "o"}
    assert json.loads(bytes.fromhex(bundle["data"])) == expected


@pytest.mark.parametrize(
    "text",
    [
        message(receiver=P256PrivateKey.generate()),
        message(encappedPublic=P256PrivateKey.generate().public_point.hex()),
        message(encappedPublic="04" + "11" * 64),
        message(encappedPublic="06" + TARGET.public_point.hex()[2:]),
        message(encappedPublic=""),
        message(ciphertext=""),
        message(ciphertext="00" * 16),
        message()[:-4] + '00"}',
    ],
    ids=["another target", "another sender", "no point", "hybrid", "no key", "empty", "no tag that fits", "altered"],
)
def test_what_does_not_open_is_refused_in_the_same_words(text: str) -> None:
    with pytest.raises(InvalidRequest) as fault:
        opened(text)
    assert fault.value.message == "could not decrypt import bundle"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "expected JSON"),
        ("[]", "expected a JSON object"),
        ("{}", "expected an object with the members encappedPublic and ciphertext, and no others"),
        (message(more="1"), "and no others"),
        (message(ciphertext=None), "and no others"),
        (message(ciphertext=7), "ciphertext is no string"),
        (message(ciphertext="0x00"), "ciphertext is not an even number of hexadecimal characters"),
        (message(encappedPublic="0" * 132), "encappedPublic is 132 characters long, expected at most 130"),
        (message(SECRET + b"\x07"), "ciphertext is 98 characters long, expected at most 96 hexadecimal ones"),
        (message()[:-1] + ',"ciphertext":""}', "duplicate key"),
        (message(encappedPublic="\ud800"), "lone surrogate"),
        (" " * 2_000, "it is 2000 characters long, expected at most 1120"),
    ],
)
def test_what_is_no_message_is_told_why(text: str, reason: str) -> None:
    with pytest.raises(InvalidRequest, match="could not decrypt import bundle: ") as fault:
        opened(text)
    assert reason in fault.value.message


def test_half_a_pair_of_surrogates_is_no_text() -> None:
    with pytest.raises(InvalidRequest):
        opened("\ud800")
