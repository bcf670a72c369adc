"""Behind a trusted proxy a head of 16 KiB could name four thousand trusted proxies in X-Forwarded-For. Each was parsed
and compared, for every request, before anybody's signature.
"""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from counterseal.http import addresses
from counterseal.http.addresses import HOPS_MAX, TrustedProxies
from counterseal.http.rate_limit import ClientRate
from counterseal.world import ManualClock


def scope(*hops: str) -> dict[str, Any]:
    return {"client": ("10.0.0.1", 1234), "headers": [(b"x-forwarded-for", ",".join(hops).encode())]}


def forwarded_for(*hops: str) -> tuple[str, int]:
    """The client's address, and how many addresses were looked at for it."""
    rate = ClientRate(1000, clock=ManualClock(0), trusted_proxies=TrustedProxies(["10.0.0.0/8"]))
    headers: list[tuple[bytes, bytes]] = []
    with patch.object(addresses, "_address", side_effect=addresses._address) as address:
        rate.admit(scope(*hops), headers)
    return dict(headers)[b"x-rate-limit-request-forwarded-for"].decode(), address.call_count


def test_the_nearest_addresses_are_looked_at_and_no_others() -> None:
    assert forwarded_for("192.0.2.7", *["10.0.0.2"] * (HOPS_MAX - 1))[0] == "192.0.2.7"
    nearest, looked_at = forwarded_for("192.0.2.7", *["10.0.0.2"] * 4000)
    assert nearest == "10.0.0.2"
    assert looked_at <= 2 * HOPS_MAX + 4
