"""Requests a second, by the test's own clock."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sample
from composed import ComposedServer
from counterseal.app import App
from counterseal.contract.errors import LimitExceeded
from counterseal.http.addresses import TrustedProxies
from counterseal.http.rate_limit import ClientRate, Headers, SubOrganizationRate, TokenBuckets
from counterseal.settings import Settings
from counterseal.store import SqliteStore
from counterseal.world import ManualClock

TRY_AGAIN = "Too many requests. Please wait and try again in a few seconds"


def scope(peer: str = "192.0.2.1", *forwarded_for: str) -> dict[str, Any]:
    return {"client": (peer, 1234), "headers": [(b"x-forwarded-for", each.encode()) for each in forwarded_for]}


def seen_as(rate: ClientRate, scope: dict[str, Any]) -> tuple[str, str]:
    """What the replies say of the client: forwarded for, and the peer's address."""
    headers: Headers = []
    rate.admit(scope, headers)
    named = dict(headers)
    return (
        named[b"x-rate-limit-request-forwarded-for"].decode(),
        named[b"x-rate-limit-request-remote-addr"].decode(),
    )


def test_a_bucket_gives_its_tokens_and_gets_them_back_one_by_one() -> None:
    buckets = TokenBuckets(2)
    assert [buckets.take("a", 0) for _ in range(3)] == [1, 0, None]
    assert buckets.take("b", 0) == 1
    assert buckets.take("a", 499) is None
    assert buckets.take("a", 500) == 0
    assert buckets.take("a", 500) is None
    assert buckets.take("a", 10_000) == 1


def test_a_clock_that_is_set_back_gives_nothing() -> None:
    buckets = TokenBuckets(1)
    assert buckets.take("a", 1_000_000) == 0
    assert buckets.take("a", 0) is None
    assert buckets.take("a", 1000) == 0


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 3), st.integers(0, 700)), max_size=100))
def test_no_second_sees_more_than_twice_the_rate(per_second: int, steps: list[tuple[int, int]]) -> None:
    buckets, now_ms, allowed = TokenBuckets(per_second), 0, []
    for key, pause_ms in steps:
        now_ms += pause_ms
        if buckets.take(str(key), now_ms) is not None:
            allowed.append((key, now_ms))
    for key, start_ms in allowed:
        within = [at for each, at in allowed if each == key and start_ms <= at < start_ms + 1000]
        assert len(within) <= 2 * per_second


def test_memory_is_bounded_and_the_longest_idle_is_forgotten() -> None:
    buckets = TokenBuckets(1, keys_max=2)
    for key in ("a", "b", "a", "c"):
        buckets.take(key, 0)
    assert len(buckets) == 2
    assert buckets.take("a", 0) is None
    assert buckets.take("b", 0) == 0


def test_each_address_has_its_own_limit_and_each_ipv6_network_one() -> None:
    rate = ClientRate(1, clock=ManualClock(0))
    rate.admit(scope("192.0.2.1"), [])
    rate.admit(scope("192.0.2.2"), [])
    rate.admit(scope("2001:db8::1"), [])
    for again in ("192.0.2.1", "::ffff:192.0.2.2", "2001:db8::ffff"):
        with pytest.raises(LimitExceeded, match=TRY_AGAIN) as refused:
            rate.admit(scope(again), [])
        assert (refused.value.http, refused.value.grpc, refused.value.code) == (429, 8, "")
    rate.admit(scope("2001:db8:0:1::1"), [])


def test_nobody_is_believed_about_addresses_unless_trusted() -> None:
    assert seen_as(ClientRate(9, clock=ManualClock(0)), scope("10.0.0.1", "203.0.113.7")) == ("", "10.0.0.1")


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        (["203.0.113.7"], "203.0.113.7"),
        (["198.51.100.9, 203.0.113.7"], "203.0.113.7"),
        (["198.51.100.9", "203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        (["10.0.0.3"], "10.0.0.3"),
        (["203.0.113.7, nonsense"], ""),
        (["nonsense\x00, 10.0.0.2"], "10.0.0.2"),
        ([""], ""),
        ([], ""),
        (["2001:DB8::7"], "2001:db8::7"),
    ],
)
def test_behind_a_trusted_proxy_the_nearest_stranger_is_the_client(headers: list[str], client: str) -> None:
    rate = ClientRate(9, clock=ManualClock(0), trusted_proxies=TrustedProxies(["10.0.0.0/8"]))
    assert seen_as(rate, scope("10.0.0.1", *headers)) == (client, "10.0.0.1")
    assert seen_as(rate, scope("192.0.2.1", *headers)) == ("", "192.0.2.1")


def test_only_sub_organizations_are_limited_as_such() -> None:
    rate = SubOrganizationRate(1)
    parent = sample.organization(sample.user())
    sub = sample.organization(sample.user(), parent_id=sample.PARENT_ID)
    for _ in range(3):
        rate.admit(parent, 0)
    rate.admit(sub, 0)
    with pytest.raises(LimitExceeded, match=TRY_AGAIN) as refused:
        rate.admit(sub, 0)
    assert refused.value.code == "RATE_LIMIT_EXCEEDED"
    assert sample.PARENT_ID in refused.value.message
    rate.admit(sub, 1000)


async def limit(server: ComposedServer, **settings: Any) -> None:
    """Start the server again with these settings."""
    await server.app.stop()
    server.store = SqliteStore.open(server.directory.path / "counterseal.db")
    server.app = App.compose(
        Settings(data=server.directory.path, **settings),
        directory=server.directory,
        store=server.store,
        keystore=server.keystore,
        clock=server.clock,
        random=server.random,
    )


async def test_without_a_setting_nothing_is_limited_and_nothing_is_said(server: ComposedServer) -> None:
    for _ in range(50):
        reply = await server.query("whoami")
        assert reply.status == 200
    assert "ratelimit-limit" not in reply.headers


async def test_replies_say_what_is_left_and_the_429_is_the_contract_s(server: ComposedServer) -> None:
    await limit(server, requests_per_second=2)
    first, second, third = [await server.query("whoami") for _ in range(3)]
    assert [each.headers["ratelimit-remaining"] for each in (first, second, third)] == ["1", "0", "0"]
    assert (first.status, second.status) == (200, 200)
    assert third.error == (429, 8, "")
    assert third.message == TRY_AGAIN
    for name in (
        "ratelimit-limit",
        "ratelimit-remaining",
        "x-rate-limit-request-forwarded-for",
        "x-rate-limit-request-remote-addr",
    ):
        assert name in third.headers
        assert name in third.headers["access-control-expose-headers"]
    server.clock.advance(seconds=0.5)
    assert (await server.query("whoami")).status == 200


async def test_unstamped_requests_count_and_health_does_not(server: ComposedServer) -> None:
    await limit(server, requests_per_second=1)
    assert (await server.post("/public/v1/query/whoami", b"{}", by=None)).status == 401
    assert (await server.query("whoami")).status == 429
    assert (await server.call("GET", "/livez")).status == 200
    assert (await server.call("OPTIONS", "/public/v1/query/whoami")).status == 204


async def test_a_sub_organization_s_limit_is_spent_by_those_who_may_stamp_for_it(server: ComposedServer) -> None:
    (first,) = await server.add_sub_organization("first")
    (second,) = await server.add_sub_organization("second")
    await limit(server, sub_organization_requests_per_second=1)
    stranger = await server.query("whoami", by=second, organizationId=first.organization_id)
    assert stranger.status == 401
    assert (await server.query("whoami", by=first)).status == 200
    refused = await server.query("whoami", by=first)
    assert refused.error == (429, 8, "RATE_LIMIT_EXCEEDED")
    assert refused.json["details"][0]["turnkeyErrorCode"] == "RATE_LIMIT_EXCEEDED"
    assert (await server.query("whoami", by=second)).status == 200
    assert (await server.query("whoami")).status == 200
    assert (await server.query("whoami")).status == 200
    server.clock.advance(seconds=1)
    assert (await server.query("whoami", by=first)).status == 200
