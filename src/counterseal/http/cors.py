"""Whose pages may read replies: anybody's, unless the operator names origins. Requests are authenticated by stamps,
never by cookies, so a page without a key can ask for nothing that is worth reading.

Error replies carry the headers too, or browsers would hide the envelope. A request of another origin is answered like
any other; it is the browser that keeps the reply from the page, and does not send what it had to ask for first.
Source: Turnkey docs, proxying signed requests; WHATWG Fetch, HTTP extensions (CORS protocol).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

ANY_ORIGIN = "*"

_METHODS = (b"access-control-allow-methods", b"POST, GET, OPTIONS")
_MAX_AGE = (b"access-control-max-age", b"86400")
_ALLOWED = (
    b"Content-Type, X-Stamp, X-Stamp-WebAuthn, X-Stamp-Attested, X-Session, X-Client-Version, X-Auth-Proxy-Config-ID,"
    b" X-Captcha-Token"
)
"""What the clients send. A page may ask for more: libraries that trace requests add headers of their own to them."""

_KNOWN = frozenset(name.strip().lower() for name in _ALLOWED.split(b","))
_ASKED_MAX = 64
_ASKED_BYTES_MAX = 2048
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
"""A token (RFC 9110, section 5.6.2)."""

_EXPOSED = (
    b"access-control-expose-headers",
    b"ratelimit-limit, ratelimit-remaining, x-rate-limit-request-forwarded-for,"
    b" x-rate-limit-request-remote-addr, x-request-id",
)
_VARY = (b"vary", b"Origin")  # caches must not give one origin's reply to another

Headers = tuple[tuple[bytes, bytes], ...]


class Cors:
    """``origins`` as browsers write them (``https://app.example.com``), or ``*`` alone for all."""

    def __init__(self, origins: Iterable[str] = (ANY_ORIGIN,)) -> None:
        allowed = {origin.encode(): _allowing(origin) for origin in origins}
        self._to_any = allowed.pop(ANY_ORIGIN.encode(), None)
        self._to_named = {origin: (*headers, _VARY) for origin, headers in allowed.items()}

    def preflight_headers(self, request_headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        """What a browser is told that asks first, beside ``reply_headers``: which methods and headers a page may send.

        To pages that may read replies any headers are allowed that they ask for, within reason; to others only those
        that everybody knows, which tells nothing.
        """
        further: list[bytes] = []
        if self._to_any is not None or _first(request_headers, b"origin") in self._to_named:
            further = _asked_for(_first(request_headers, b"access-control-request-headers"))
        return _METHODS, (b"access-control-allow-headers", b", ".join((_ALLOWED, *further))), _MAX_AGE

    def reply_headers(self, request_headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        """What every reply says to a browser."""
        if self._to_any is not None:
            return self._to_any
        return self._to_named.get(_first(request_headers, b"origin"), (_VARY,))


def _allowing(origin: str) -> Headers:
    return (b"access-control-allow-origin", origin.encode()), _EXPOSED


def _first(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    return next((value for name, value in headers if name == wanted), b"")


def _asked_for(text: bytes) -> list[bytes]:
    """The headers of a list beyond those that the clients send; none if it is no list, or longer than any real one."""
    names = list(dict.fromkeys(filter(None, (name.strip(b" \t").lower() for name in text.split(b",")))))
    is_sound = len(text) <= _ASKED_BYTES_MAX and len(names) <= _ASKED_MAX and all(map(_NAME.fullmatch, names))
    return [name for name in names if name not in _KNOWN] if is_sound else []
