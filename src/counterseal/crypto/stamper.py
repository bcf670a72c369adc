"""The client's side of an API-key stamp, for the command line and the tests."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

from counterseal.crypto.private_key import PrivateKey
from counterseal.crypto.schemes import SCHEMES_OF_CURVE, ApiKeyScheme
from counterseal.crypto.secp256k1 import Secp256k1PrivateKey


def sign_stamp(key: PrivateKey, body: bytes, *, scheme: ApiKeyScheme | None = None) -> str:
    """The value of ``X-Stamp`` for exactly this body: base64url, without padding, of a JSON object.

    ``scheme`` defaults to the first of the key's curve. Raises ``ValueError`` when it belongs to another curve.
    """
    schemes = SCHEMES_OF_CURVE[key.curve]
    if scheme is None:
        scheme = schemes[0]
    if scheme not in schemes:
        raise ValueError(f"{scheme} does not fit a key of {key.curve}, expected {' or '.join(schemes)}")
    if scheme is ApiKeyScheme.SECP256K1_EIP191 and isinstance(key, Secp256k1PrivateKey):
        signature = key.sign_ethereum_personal(body)
    else:
        signature = key.sign(body)
    stamp = {"publicKey": key.public_key.hex(), "scheme": scheme, "signature": signature.hex()}
    return urlsafe_b64encode(json.dumps(stamp, separators=(",", ":")).encode()).rstrip(b"=").decode()
