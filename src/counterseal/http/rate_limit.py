"""How many requests a second a client's address, and a sub-organization, may send. Nothing of this runs when it is off.

Token buckets: a key may send ``per_second`` requests at once and gets one back every ``1 / per_second`` seconds. Memory
is bounded: beyond ``KEYS_MAX`` keys the one that was idle longest is forgotten, which can only be in its favour. Counts
are those of one process. Source: Turnkey docs, FAQ (limits by IP and by sub-organization, and the four headers).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from counterseal.contract.errors import LimitExceeded
from counterseal.organizations import Snapshot
from counterseal.world import Clock

KEYS_MAX = 65_536

HOPS_MAX = 32
"""How many addresses of X-Forwarded-For are looked at, beginning with the nearest."""

_TRY_AGAIN = "Too many requests. Please wait and try again in a few seconds"

Headers = list[tuple[bytes, bytes]]
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class TokenBuckets:
    """One bucket a key, full at first."""

    def __init__(self, per_second: int, *, keys_max: int = KEYS_MAX) -> None:
        self.per_second = per_second
        self._keys_max = keys_max
        self._buckets: dict[str, tuple[float, int]] = {}  # tokens and when they were counted; least recent first

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
            del self._buckets[next(iter(self._buckets))]
        self._buckets[key] = tokens, now_ms
        return int(tokens) if allowed else None


class ClientRate:
    """The limit by address. ``trusted_proxies`` are networks whose X-Forwarded-For is believed."""

    def __init__(self, per_second: int, *, clock: Clock, trusted_proxies: Iterable[str] = ()) -> None:
        self._buckets = TokenBuckets(per_second)
        self._clock = clock
        self._trusted: tuple[Network, ...] = tuple(ip_network(each) for each in trusted_proxies)

    def admit(self, scope: dict[str, Any], reply_headers: Headers) -> None:
        """Count one request, and add what every reply says of its limit. Raises LimitExceeded."""
        peer = scope["client"][0] if scope.get("client") else ""
        forwarded_for = self._forwarded_for(peer, scope["headers"])
        left = self._buckets.take(_bucket_of(forwarded_for or peer), self._clock.now_ms())
        reply_headers += [
            (b"ratelimit-limit", b"%d" % self._buckets.per_second),
            (b"ratelimit-remaining", b"%d" % (left or 0)),
            (b"x-rate-limit-request-forwarded-for", forwarded_for.encode()),
            (b"x-rate-limit-request-remote-addr", peer.encode()),
        ]
        if left is None:
            raise LimitExceeded(_TRY_AGAIN)

    def _forwarded_for(self, peer: str, headers: Iterable[tuple[bytes, bytes]]) -> str:
        """The address nearest to the trusted proxies that is not one of them; empty without a trusted proxy."""
        if not self._is_trusted(peer):
            return ""
        hops = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin-1")
        nearest = ""
        for hop in reversed(hops.rsplit(",", HOPS_MAX)):  # what is beyond is left in one piece, which is no address
            address = _address(hop.strip())
            if address is None:
                break
            nearest = str(address)
            if not self._is_trusted(nearest):
                break
        return nearest

    def _is_trusted(self, text: str) -> bool:
        address = _address(text) if self._trusted else None
        return address is not None and any(address in network for network in self._trusted)


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


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _bucket_of(text: str) -> str:
    """One bucket an address; IPv6 hosts choose among 2**64 addresses, so there one a network of that size."""
    address = _address(text)
    if isinstance(address, IPv6Address):
        return f"{int(address) >> 64:x}"
    return str(address)
