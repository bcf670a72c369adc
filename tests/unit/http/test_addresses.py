"""Where a request comes from, as its connection and the proxies between say."""

from __future__ import annotations

import pytest

from counterseal.http import TrustedProxies

PROXIES = TrustedProxies(["10.0.0.0/8", "::1/128"])


@pytest.mark.parametrize(
    ("peer", "named", "client"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["198.51.100.1"], "192.0.2.1"),
        ("::ffff:192.0.2.1", [], "192.0.2.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.9", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("::1", ["2001:db8::5"], "2001:db8::5"),
        ("10.0.0.1", ["10.0.0.7"], "10.0.0.7"),
        ("10.0.0.1", [], ""),
        ("10.0.0.1", [""], ""),
        ("10.0.0.1", ["198.51.100.1, unknown"], ""),
        ("10.0.0.1", ["198.51.100.1, unknown, 10.0.0.2"], ""),
        ("10.0.0.1", ["198.51.100.1:443"], ""),
        ("10.0.0.1", ["*"], ""),
        ("10.0.0.1", ["198.51.100.1" + ", 10.0.0.2" * 40], ""),
        ("", [], ""),
        ("unix", ["198.51.100.1"], ""),
    ],
)
def test_whom_it_is_from(peer: str, named: list[str], client: str) -> None:
    headers = [(b"x-forwarded-for", each.encode()) for each in named]
    assert PROXIES.client(peer, headers) == client
