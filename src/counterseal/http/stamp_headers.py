"""Which header says who signed. ``X-Session`` is no stamp: it counts only where there is none."""

from __future__ import annotations

from collections.abc import Iterable

from counterseal.contract.errors import Unauthenticated
from counterseal.stamps import StampHeader, StampKind

_KINDS = {kind.lower().encode(): kind for kind in StampKind}
_ATTESTED = b"x-stamp-attested"


def stamp_of(headers: Iterable[tuple[bytes, bytes]]) -> StampHeader | None:
    """The one stamp of a request, by its header; None without a stamp. Raises Unauthenticated for more than one."""
    found = [(name, value) for name, value in headers if name in _KINDS or name == _ATTESTED]
    if not found:
        return None
    if len(found) > 1:
        raise Unauthenticated(f"malformed activity stamp: found {len(found)} stamp headers, expected one")
    name, value = found[0]
    if name == _ATTESTED:
        raise Unauthenticated("malformed activity stamp: X-Stamp-Attested is not supported yet")
    return StampHeader(_KINDS[name], value.decode("latin-1"))


def session_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The value of ``X-Session``; None without one. Raises Unauthenticated for more than one: which of them speaks?"""
    found = [value for name, value in headers if name == b"x-session"]
    if len(found) > 1:
        raise Unauthenticated(f"malformed session: found {len(found)} X-Session headers, expected one")
    return found[0].decode("latin-1") if found else None
