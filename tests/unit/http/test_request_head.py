"""Heads that could be read in two ways, and heads that only look so."""

from __future__ import annotations

import pytest

from counterseal.http.request_head import asked_for, fault_of

HOST = (b"host", b"x")
CHUNKED = (b"transfer-encoding", b"chunked")


def fault(
    *headers: tuple[bytes, bytes], method: bytes = b"POST", target: bytes = b"/livez", version: str = "1.1"
) -> str | None:
    return fault_of(method=method, target=target, version=version, headers=headers)


@pytest.mark.parametrize(
    "target",
    [b"/", b"/livez?a", b"/a;b", b"//a", b"/%23", b"*", b"http://a/livez", b"HTTPS://a:1/livez?x"],
)
def test_a_path_or_a_whole_address_is_a_target(target: bytes) -> None:
    assert fault(HOST, target=target) is None


@pytest.mark.parametrize(
    "target",
    [
        *[b"/livez#a", b"/livez?a#b", b"#", b"http://a/livez#b", b"http://a", b"http://a?b", b"http://u:p@a/livez"],
        *[b"http://u@a/livez", b"ftp://a/livez", b"a:1", b"livez", b"?", b"", b"http://[", b"http:livez"],
    ],
)
def test_anything_else_is_none(target: bytes) -> None:
    assert (fault(HOST, target=target) or "").startswith("malformed request target: ")


def test_there_is_one_host() -> None:
    assert fault(HOST) is None
    assert fault(HOST, version="1.0") is None
    assert fault(version="1.0") is None
    for hosts in [], [HOST, HOST], [HOST, (b"host", b"y")]:
        assert fault(*hosts) == f"malformed HTTP request: found {len(hosts)} Host headers, expected one"
    assert fault(HOST, HOST, version="1.0") is not None


@pytest.mark.parametrize("coding", [b"chunked", b"Chunked", b"chunked "])
def test_chunked_is_understood(coding: bytes) -> None:
    assert fault(HOST, (b"transfer-encoding", coding)) is None


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"identity", b"", b"chunked, chunked", b"chunked;q=1"])
def test_other_transfer_encodings_are_not(coding: bytes) -> None:
    assert (fault(HOST, (b"transfer-encoding", coding)) or "").startswith("unsupported transfer encoding")


def test_chunked_is_said_once_and_in_http_1_1() -> None:
    assert fault(HOST, CHUNKED, CHUNKED) is not None
    assert fault(HOST, CHUNKED, version="1.0") is not None


@pytest.mark.parametrize("version", ["0.9", "2.0", "1.2"])
def test_other_versions_are_refused(version: str) -> None:
    assert fault(HOST, version=version) == f"unsupported HTTP version: found HTTP/{version}, expected HTTP/1.1"


def test_tunnels_are_refused() -> None:
    assert fault(HOST, method=b"CONNECT", target=b"a:443") == "tunnels are not supported"


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/livez", "/livez"),
        (b"//livez", "//livez"),
        (b"/%6civez?", "/%6civez?"),
        (b"/livez?a=/b", "/livez?a=/b"),
        (b"http://a/livez", "/livez"),
        (b"HTTP://a:80//livez?a", "//livez?a"),
        (b"*", "*"),
    ],
)
def test_what_is_asked_for_is_taken_to_the_letter(target: bytes, path: str) -> None:
    assert fault(HOST, target=target) is None
    assert asked_for(target) == path
