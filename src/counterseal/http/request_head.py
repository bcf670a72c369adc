"""What a request's head may not say, beyond what the parser refuses by itself: what could be read in two ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httptools

Headers = Sequence[tuple[bytes, bytes]]

TARGET_BYTES_MAX = 2048
"""Bytes of a request's target. The longest path of the API has about ninety."""

HEADERS_MAX = 128
"""Lines of a head. Each takes a hundred bytes more than it has; a browser behind two proxies sends some forty."""

ASKED_FOR = "counterseal.asked_for"
"""In the scope of a request: what ``asked_for`` says of its target."""

_VERSIONS = ("1.1", "1.0")


def fault_of(*, method: bytes, target: bytes, version: str, headers: Headers) -> str | None:
    """What is wrong with it, as the 400 that refuses it says; None if nothing is. ``target`` is an address if it is not
    a path: proxies are asked so, and every server has to understand it (RFC 9112, section 3.2.2)."""
    if method == b"CONNECT":
        return "tunnels are not supported"
    if version not in _VERSIONS:
        return f"unsupported HTTP version: found HTTP/{version}, expected HTTP/1.1"
    hosts = 0
    codings = []
    for name, value in headers:
        if name == b"host":
            hosts += 1
        elif name == b"transfer-encoding":
            codings.append(value)
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        return f"malformed HTTP request: found {hosts} Host headers, expected one"
    if codings and (version == "1.0" or len(codings) > 1 or codings[0].strip().lower() != b"chunked"):
        return "unsupported transfer encoding: expected chunked, once, in HTTP/1.1"
    if b"#" in target:
        return "malformed request target: found a fragment, expected a path"
    if not target.startswith(b"/"):
        return _fault_of_address(target)
    return None


def _fault_of_address(target: bytes) -> str | None:
    if target == b"*":
        return None
    try:
        address: Any = httptools.parse_url(target)  # any part may be None, whatever the stubs say
    except httptools.HttpParserError:
        return "malformed request target: expected a path"
    if (address.schema or b"").lower() not in {b"http", b"https"} or address.userinfo is not None or not address.path:
        return "malformed request target: expected a path, or a whole http address without a user"
    return None


def asked_for(target: bytes) -> str:
    """What stands for the path, byte for byte: nothing is decoded, joined or cut off, so that one path has one spelling
    here and in whatever stands in front of this server. ``target`` is without fault."""
    if not target.startswith((b"/", b"*")):
        authority_and_path = target.partition(b"://")[2]
        target = authority_and_path[authority_and_path.index(b"/") :]
    return target.decode("latin-1")


def without_upgrade(*, method: bytes, target: bytes, version: str, headers: Headers) -> bytes:
    """The head as its client would have sent it without the offer to go on in another protocol."""
    lines = [b"%s %s HTTP/%s" % (method, target, version.encode())]
    lines += [name + b": " + value for name, value in headers if name != b"upgrade"]
    return b"\r\n".join((*lines, b"", b""))
