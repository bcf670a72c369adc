"""CORS is open: requests are authenticated by stamps, never by cookies, so any origin may send them.

Error replies carry the headers too, or browsers would hide the envelope.
Source: Turnkey docs, proxying signed requests.
"""

from __future__ import annotations

CORS_HEADERS = (
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"ratelimit-limit, ratelimit-remaining, x-rate-limit-request-forwarded-for,"
        b" x-rate-limit-request-remote-addr, x-request-id",
    ),
)

PREFLIGHT_HEADERS = (
    (b"access-control-allow-methods", b"POST, GET, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"Content-Type, X-Stamp, X-Stamp-WebAuthn, X-Stamp-Attested, X-Session, X-Client-Version,"
        b" X-Auth-Proxy-Config-ID, X-Captcha-Token",
    ),
    (b"access-control-max-age", b"86400"),
)
