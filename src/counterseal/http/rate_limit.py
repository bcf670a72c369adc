"""How many requests a second a client's address, and a sub-organization, may send. Nothing of this runs when it is off.

Token buckets: a key may send ``per_second`` requests at once and gets one back every ``1 / per_second`` seconds. Memory
is bounded: beyond ``KEYS_MAX`` keys the one that was idle longest is forgotten, which can only be in its favour. Counts
are those of one process. Source: Turnkey docs, FAQ (limits by IP and by sub-organization, and the four headers).
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from counterseal.contract.errors import LimitExceeded
from counterseal.http.addresses import TrustedProxies, client_of
from counterseal.organizations import Snapshot
from counterseal.world import Clock

KEYS_MAX = 65_536

_TRY_AGAIN = "Too many requests. Please wait and try again in a few seconds"

Headers = list[tuple[bytes, bytes]]


class TokenBuckets:
    """One bucket a key, full at first."""

    def __init__(self, per_second: int, *, keys_max: int = KEYS_MAX) -> None:
        self.per_second = per_second
        self._keys_max = keys_max
        self._buckets: OrderedDict[str, tuple[float, int]] = OrderedDict()  # tokens, when counted; least recent first

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: str, now_ms: int) -> int | None:
        """How many whole tokens are left after taking one, or None if there was none to take."""
        tokens, counted_ms = self._buckets.pop(key, (float(self.per_second), now_ms))
        elapsed_ms = max(now_ms - counted_ms, 0)  # clocks may be set back
        tokens = min(tokens + elapsed_ms * self.per_second / 1000, float(self.per_second))
        allowed = tokens >= 1
        if allowed:
            tokens -= 1
        if len(self._buckets) >= self._keys_max:
            self._buckets.popitem(last=False)
        self._buckets[key] = tokens, now_ms
        return int(tokens) if allowed else None


class ClientRate:
    """The limit by address."""

    def __init__(self, per_second: int, *, clock: Clock, trusted_proxies: TrustedProxies | None = None) -> None:
        self._buckets = TokenBuckets(per_second)
        self._clock = clock
        self._proxies = trusted_proxies or TrustedProxies()

    def admit(self, scope: dict[str, Any], reply_headers: Headers) -> None:
        """Count one request, and add what every reply says of its limit. Raises LimitExceeded."""
        peer = scope["client"][0] if scope.get("client") else ""
        forwarded_for = self._proxies.forwarded_for(peer, scope["headers"])
        left = self._buckets.take(client_of(forwarded_for or peer), self._clock.now_ms())
        reply_headers += [
            (b"ratelimit-limit", b"%d" % self._buckets.per_second),
            (b"ratelimit-remaining", b"%d" % (left or 0)),
            (b"x-rate-limit-request-forwarded-for", forwarded_for.encode()),
            (b"x-rate-limit-request-remote-addr", peer.encode()),
        ]
        if left is None:
            raise LimitExceeded(_TRY_AGAIN)


class SubOrganizationRate:
    """The limit by sub-organization, counted once a request is known to be stamped by one of its credentials."""

    def __init__(self, per_second: int) -> None:
        self._buckets = TokenBuckets(per_second)

    def admit(self, organization: Snapshot, now_ms: int) -> None:
        """Count one request about a sub-organization; others are free. Raises LimitExceeded."""
        if organization.parent_id is None or self._buckets.take(organization.id, now_ms) is not None:
            return
        raise LimitExceeded(
            f"this sub-organization ({organization.id}) of organization ({organization.parent_id}) cannot execute"
            f" activities because it has been rate limited: {_TRY_AGAIN}",
            code="RATE_LIMIT_EXCEEDED",
        )
