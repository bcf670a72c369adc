"""Whose pages may read replies, as their browsers see it."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import sign_stamp
from counterseal.http import Cors
from served import RunningServer

WHOAMI = "/public/v1/query/whoami"
OURS = "https://app.example.com"
ALSO_OURS = "http://localhost:3000"
STRANGERS = [
    "https://evil.example",
    "https://app.example.com.evil.example",
    "https://app.example.com:8443",
    "http://app.example.com",
    "https://APP.example.com",
    "null",
    "*",
    "",
]


class Reply(NamedTuple):
    """Status and headers."""

    status: int
    headers: http.client.HTTPMessage


def headers_for(cors: Cors, origin: str | None) -> dict[bytes, bytes]:
    sent = [(b"host", b"x")] + ([] if origin is None else [(b"origin", origin.encode())])
    return dict(cors.reply_headers(sent))


@pytest.mark.parametrize("origin", [OURS, "null", None])
def test_anybody_unless_told_otherwise(origin: str | None) -> None:
    headers = headers_for(Cors(), origin)
    assert headers[b"access-control-allow-origin"] == b"*"
    assert b"vary" not in headers


def test_named_origins_are_named_and_others_are_not() -> None:
    cors = Cors([OURS, ALSO_OURS])
    for origin in OURS, ALSO_OURS:
        assert headers_for(cors, origin)[b"access-control-allow-origin"] == origin.encode()
    for other in (None, *STRANGERS):
        assert b"access-control-allow-origin" not in headers_for(cors, other)
    for anybody in (OURS, None, *STRANGERS):
        assert headers_for(cors, anybody)[b"vary"] == b"Origin"


def test_without_any_origin_no_page_may_read() -> None:
    assert headers_for(Cors([]), OURS) == {b"vary": b"Origin"}


def allowed_for(cors: Cors, asked: bytes | None, origin: str = OURS) -> list[str]:
    """The headers that a page may send, in lower case."""
    sent = [(b"origin", origin.encode())] + ([] if asked is None else [(b"access-control-request-headers", asked)])
    headers = dict(cors.preflight_headers(sent))
    assert headers[b"access-control-allow-methods"] == b"POST, GET, OPTIONS"
    return headers[b"access-control-allow-headers"].decode().lower().split(", ")


KNOWN = allowed_for(Cors(), None)


@pytest.mark.parametrize(
    ("asked", "further"),
    [
        (b"baggage, sentry-trace, x-stamp", ["baggage", "sentry-trace"]),
        (b"baggage,sentry-trace,traceparent", ["baggage", "sentry-trace", "traceparent"]),
        (b"Content-Type,\tX-Datadog-Trace-Id , ,", ["x-datadog-trace-id"]),
        (b"a,A,a", ["a"]),
        (b"*", ["*"]),
        (b"", []),
        (b"x" * 128, ["x" * 128]),
        (b",".join(b"h%d" % number for number in range(64)), [f"h{number}" for number in range(64)]),
    ],
)
def test_a_page_may_send_what_it_asks_for(asked: bytes, further: list[str]) -> None:
    assert KNOWN[:2] == ["content-type", "x-stamp"]
    for cors in Cors(), Cors([OURS]):
        assert allowed_for(cors, asked) == KNOWN + further


@pytest.mark.parametrize(
    "asked",
    [
        b"a b",
        b"baggage, a:b",
        b"a;b",
        b'"a"',
        b"caf\xe9",
        b"a\x00",
        b"a\r\nset-cookie: b",
        b"x" * 129,
        b",".join(b"h%d" % number for number in range(65)),
        b"," * 2049,
    ],
)
def test_what_is_no_list_of_headers_or_too_long_is_not_repeated(asked: bytes) -> None:
    assert allowed_for(Cors(), asked) == KNOWN


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_page_that_may_not_read_may_send_no_more_than_is_known(origin: str) -> None:
    assert allowed_for(Cors([OURS]), b"baggage", origin) == KNOWN


@given(st.binary(max_size=3000))
def test_whatever_is_asked_for_the_answer_is_a_short_list_of_headers(asked: bytes) -> None:
    allowed = allowed_for(Cors(), asked)
    assert allowed[: len(KNOWN)] == KNOWN
    assert all(re.fullmatch(r"[!#$%&'*+.^_`|~0-9a-z-]+", name) for name in allowed)
    assert len(", ".join(allowed)) <= 4096


@pytest.fixture(scope="module")
def named(start_server: Callable[..., RunningServer]) -> Iterator[RunningServer]:
    """A server for the pages of two origins."""
    server = start_server(f"--cors-origins={OURS}, {ALSO_OURS}")
    yield server
    server.stop()


def exchange(server: RunningServer, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        reply = connection.getresponse()
        reply.read()
        return Reply(reply.status, reply.headers)


def preflight(server: RunningServer, origin: str) -> Reply:
    """What a browser sends before a request with a stamp."""
    return exchange(
        server,
        "OPTIONS",
        WHOAMI,
        Origin=origin,
        Access_Control_Request_Method="POST",
        Access_Control_Request_Headers="baggage, sentry-trace, x-stamp",
    )


def test_a_page_of_a_named_origin_may_ask_and_read(named: RunningServer) -> None:
    body = json.dumps({"organizationId": named.organization_id}).encode()
    asked = preflight(named, OURS)
    assert asked.status == 204
    assert {"X-Stamp", "baggage", "sentry-trace"} <= set(asked.headers["access-control-allow-headers"].split(", "))
    read = exchange(named, "POST", WHOAMI, body, Origin=OURS, X_Stamp=sign_stamp(named.key, body))
    refused = exchange(named, "POST", WHOAMI, body, Origin=ALSO_OURS)
    missing = exchange(named, "POST", "/nothing", body, Origin=OURS)
    page = exchange(named, "GET", "/.well-known/counterseal", Origin=OURS)
    assert [each.status for each in (read, refused, missing, page)] == [200, 401, 404, 200]
    for reply, origin in (asked, OURS), (read, OURS), (refused, ALSO_OURS), (missing, OURS), (page, OURS):
        assert reply.headers.get_all("access-control-allow-origin") == [origin]
        assert reply.headers.get_all("vary") == ["Origin"]
        assert "x-request-id" in reply.headers["access-control-expose-headers"]
        assert "access-control-allow-credentials" not in reply.headers


def test_a_page_of_another_origin_may_not(named: RunningServer) -> None:
    body = json.dumps({"organizationId": named.organization_id}).encode()
    stamp = sign_stamp(named.key, body)
    for origin in STRANGERS:
        asked = preflight(named, origin)
        sent = exchange(named, "POST", WHOAMI, body, Origin=origin, X_Stamp=stamp)
        assert (asked.status, sent.status) == (204, 200)
        for reply in asked, sent:
            assert "access-control-allow-origin" not in reply.headers
            assert reply.headers["vary"] == "Origin"
    assert exchange(named, "POST", WHOAMI, body, X_Stamp=stamp).status == 200  # no browser, no origin


def test_without_the_setting_every_page_may(running_server: RunningServer) -> None:
    for reply in preflight(running_server, OURS), exchange(running_server, "POST", WHOAMI, b"{}", Origin="null"):
        assert reply.headers.get_all("access-control-allow-origin") == ["*"]
        assert "vary" not in reply.headers
