"""Whose pages may read replies: anybody's, unless the operator names origins. Requests are authenticated by stamps,
never by cookies, so a page without a key can ask for nothing that is worth reading.

Error replies carry the headers too, or browsers would hide the envelope. A request of another origin is answered like
any other; it is the browser that keeps the reply from the page, and does not send what it had to ask for first.
Source: Turnkey docs, proxying signed requests; WHATWG Fetch, HTTP extensions (CORS protocol).
"""

from __future__ import annotations

from collections.abc import Iterable

ANY_ORIGIN = "*"

PREFLIGHT_HEADERS = (
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Content-Type, X-Stamp, X-Stamp-WebAuthn, X-Stamp-Attested, X-Session, X-Client-Version,"
        b" X-Auth-Proxy-Config-ID, X-Captcha-Token",
    ),
    (b"access-control-max-age", b"86400"),
)

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

    def reply_headers(self, request_headers: Iterable[tuple[bytes, bytes]]) -> Headers:
        """What every reply says to a browser."""
        if self._to_any is not None:
            return self._to_any
        origin = next((value for name, value in request_headers if name == b"origin"), b"")
        return self._to_named.get(origin, (_VARY,))


def _allowing(origin: str) -> Headers:
    return (b"access-control-allow-origin", origin.encode()), _EXPOSED
