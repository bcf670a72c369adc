"""Which header says who signed."""

from __future__ import annotations

from collections.abc import Iterable

from counterseal.contract.errors import Unauthenticated

_NOT_HERE_YET = {
    b"x-stamp-webauthn": "could not extract webauthn stamp: X-Stamp-WebAuthn is not supported yet",
    b"x-stamp-attested": "malformed activity stamp: X-Stamp-Attested is not supported yet",
}


def stamp_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The value of ``X-Stamp``; None without a stamp. Raises Unauthenticated for more than one stamp."""
    found = [(name, value) for name, value in headers if name == b"x-stamp" or name in _NOT_HERE_YET]
    if not found:
        return None
    if len(found) > 1:
        raise Unauthenticated(f"malformed activity stamp: found {len(found)} stamp headers, expected one")
    name, value = found[0]
    if name in _NOT_HERE_YET:
        raise Unauthenticated(_NOT_HERE_YET[name])
    return value.decode("latin-1")
