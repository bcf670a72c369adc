import base64
import json

import pytest

from counterseal.crypto import SCHEMES_OF_CURVE, ApiKeyScheme, Curve, generate_key_pair, sign_stamp


@pytest.mark.parametrize("curve", Curve)
def test_a_stamp_has_the_documented_members_and_form(curve: Curve) -> None:
    key = generate_key_pair(curve)
    header = sign_stamp(key, b"{}")
    assert "=" not in header
    stamp = json.loads(base64.urlsafe_b64decode(header + "=="))
    assert set(stamp) == {"publicKey", "scheme", "signature"}
    assert stamp["publicKey"] == key.public_key.hex()
    assert stamp["scheme"] == SCHEMES_OF_CURVE[curve][0]
    assert bytes.fromhex(stamp["signature"])[0] == 0x30 or curve is Curve.ED25519


def test_a_scheme_of_another_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit a key of API_KEY_CURVE_P256"):
        sign_stamp(generate_key_pair(Curve.P256), b"{}", scheme=ApiKeyScheme.SECP256K1)


def test_every_scheme_belongs_to_one_curve() -> None:
    assert sorted(scheme for schemes in SCHEMES_OF_CURVE.values() for scheme in schemes) == sorted(ApiKeyScheme)
    assert set(SCHEMES_OF_CURVE) == set(Curve)
