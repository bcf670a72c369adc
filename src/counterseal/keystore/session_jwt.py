"""The session JWT: what a client keeps about its session. It authenticates nothing; stamps do.

``b64u(header).b64u(payload).b64u(r‖s)``, signed by the notarizer with ECDSA P-256 over SHA-256 of SHA-256 of
``header.payload``: one hash more than ES256, so no JWT library makes or checks it (``@turnkey/crypto``:
``verifySessionJwtSignature``). ``@turnkey/core`` reads the payload with ``atob``, which knows neither ``-`` nor ``_``:
the JSON is written so that base64url needs neither.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping

from counterseal.crypto import base64url, der

_HEADER = b'{"alg":"ES256","typ":"JWT"}'

# In ASCII only these can put 62 or 63 into the last six bits of a group, which base64url writes as `-` and `_`.
_NOT_FOR_ATOB = re.compile("[>?~\x7f]")


def session_jwt(claims: Mapping[str, str | int], sign: Callable[[bytes], bytes]) -> str:
    """The token of these claims. ``sign`` makes ECDSA over SHA-256 of its argument, DER."""
    text = json.dumps(claims, separators=(",", ":"), ensure_ascii=True)
    payload = _NOT_FOR_ATOB.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    signed = f"{base64url.encode(_HEADER)}.{base64url.encode(payload.encode())}"
    r, s = der.decode(sign(hashlib.sha256(signed.encode()).digest()))
    return f"{signed}.{base64url.encode(r.to_bytes(32) + s.to_bytes(32))}"
