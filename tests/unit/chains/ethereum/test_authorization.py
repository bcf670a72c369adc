import json

import pytest

from counterseal.chains.ethereum import authorization_digest, read_authorization
from counterseal.contract.errors import InvalidRequest

ADDRESS = "0x1234567890123456789012345678901234567890"


def payload(**members):
    return json.dumps({"address": ADDRESS, "chainId": 1, "nonce": 0} | members)


@pytest.mark.parametrize("nonce", [16, "16", "0x10", "0x010", "016"])
def test_however_it_is_spelt_it_is_the_same(nonce):
    found = read_authorization(payload(nonce=nonce, address=ADDRESS.upper().replace("X", "x"), more={"ignored": None}))
    assert found == read_authorization(payload(nonce=16))
    assert authorization_digest(found) == authorization_digest(read_authorization(payload(nonce=16)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected JSON"),
        ("[]", "expected an object"),
        ("{}", "chainId is missing"),
        (payload(chainId=None), "chainId: found null"),
        (payload(chainId=True), "chainId: found true"),
        (payload(chainId=-1), "chainId: found -1"),
        (payload(chainId=2**256), f"chainId: found {2**256}, expected an integer from 0 to {2**256 - 1}"),
        (payload(chainId=1.5), "the number `1.5` has a fraction"),
        (payload(chainId="1e3"), "chainId: found `1e3`"),
        (payload(chainId=" 1"), "chainId: found ` 1`"),
        (payload(chainId=[]), "chainId: found an array"),
        (payload(nonce=2**64), "nonce: found 18446744073709551616, expected an integer from 0 to 18446744073709551615"),
        (payload(address=ADDRESS[2:]), "address: found `1234567890"),
        (payload(address=ADDRESS + "00"), "address: found 21 bytes, expected 20"),
        (payload(address=ADDRESS[:-1] + "g"), "address: found"),
        (payload(address=5), "address: found the number 5"),
        ('{"address":"0x","address":"0x"}', "duplicate key `address`"),
        (payload(more="x" * 5000), "characters, expected at most 4096"),
        (payload(more=[0] * 100), "expected at most 64 values"),
        (payload(more=[[[[[[[[[]]]]]]]]]), "nested more than 8 levels deep"),
    ],
)
def test_anything_else_is_refused(text, message):
    with pytest.raises(InvalidRequest) as refusal:
        read_authorization(text)
    assert refusal.value.message.startswith("invalid EIP-7702 authorization: ")
    assert message in refusal.value.message
