"""Bytes that are not HTTP, or HTTP that contradicts itself; each on a connection of its own, half-closed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

_METHODS = ("GET", "PUT", "DELETE", "PATCH", "HEAD", "TRACE", "PROPFIND", "post", "POST\t", "", "P" * 300, "M-SEARCH")
_VERSIONS = ("HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.12", "http/1.1", "HTTP/", "", "HTTP/1.1 extra")
_LENGTHS = (
    "-1",
    "+5",
    "0x5",
    "5, 5",
    "5,6",
    " ",
    "99999999999999999999999",
    "18446744073709551615",
    "1e3",
    "5 5",
    "٥",
)
_TARGETS = (
    "*",
    "//",
    "http://[",
    "http://example.org:99999/",
    "/%",
    "/%zz",
    "/%00",
    "/%ff%fe",
    "/%ed%a0%80",
    "/\x80\xff",
    "/a b",
    "/?" + "q" * 1000,
    "/#fragment",
    "?",
    "",
    "example.org:443",
    "/" + "../" * 500,
    "/" + "a" * 5000,
)


def broken_http(path: str, body: bytes, random: Random) -> bytes:
    """What one client sends on one connection. No whole request in it is in order for ``path``."""
    return random.choice(_BREAKERS)(path, body, random)


def _head(path: str, *headers: str, method: str = "POST", version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join((f"{method} {path} {version}", "host: localhost", *headers, "", "")).encode("latin-1", "replace")


def _noise(_path: str, _body: bytes, random: Random) -> bytes:
    return random.randbytes(random.choice((1, 20, 500, 40_000)))


def _other_protocol(_path: str, _body: bytes, random: Random) -> bytes:
    return random.choice(
        (
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
            b"SSH-2.0-OpenSSH_9.0\r\n",
            b"EHLO example.org\r\n",
            b"*1\r\n$4\r\nPING\r\n",
            b"\r\n" * 2000,
            b"\x00" * 1000,
        )
    )


def _first_line(path: str, body: bytes, random: Random) -> bytes:
    method, target, version = random.choice(_METHODS), random.choice((path, *_TARGETS)), random.choice(_VERSIONS)
    return _head(target, f"content-length: {len(body)}", method=method, version=version) + body


def _wrong_length(path: str, body: bytes, random: Random) -> bytes:
    length = random.choice((*_LENGTHS, str(len(body) + 1), str(len(body) * 100), str(10**9)))
    return _head(path, f"content-length: {length}") + body


def _two_lengths(path: str, body: bytes, random: Random) -> bytes:
    second = random.choice(("content-length: 0", "transfer-encoding: chunked", "transfer-encoding: identity"))
    headers = [f"content-length: {len(body)}", second]
    random.shuffle(headers)
    return _head(path, *headers) + body


def _transfer_encoding(path: str, body: bytes, random: Random) -> bytes:
    coding = random.choice(("gzip", "chunked, gzip", "xchunked", "chunked, chunked", "", "\x0bchunked", "chunked;q=1"))
    return _head(path, f"transfer-encoding: {coding}") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def _chunks(path: str, body: bytes, random: Random) -> bytes:
    size = random.choice((b"zz", b"-1", b"", b"0x5", b"ffffffffffffffffff", b"%x;" % len(body) + b"e" * 50_000))
    ending = random.choice((b"\r\n0\r\n\r\n", b"0\r\n\r\n", b"\n0\n\n", b"\r\n0\r\nx: y", b""))
    return _head(path, "transfer-encoding: chunked") + size + b"\r\n" + body + ending


def _headers(path: str, body: bytes, random: Random) -> bytes:
    line = random.choice(
        (
            "no colon",
            ": no name",
            "na me: x",
            "name : x",
            " folded: x",
            "x: \x00",
            "x: a\rb",
            "x: a\nb: c",
            "x: " + "v" * 20_000,
            "n" * 20_000 + ": x",
            "\r\n".join(f"x{at}: y" for at in range(2000)),
            "connection: upgrade\r\nupgrade: websocket",
            "expect: 100-continue",
            "expect: nonsense",
            "content-encoding: gzip",
            "host: other\r\nhost: third",
            "x-stamp: a\r\nx-stamp: b",
            "x-stamp: a\r\nx-stamp-webauthn: b",
        )
    )
    return _head(path, line, f"content-length: {len(body)}") + body


def _cut_off(path: str, body: bytes, random: Random) -> bytes:
    whole = _head(path, f"content-length: {len(body)}") + body
    return whole[: random.randrange(1, len(whole))]


def _pipelined(path: str, body: bytes, random: Random) -> bytes:
    whole = _head(path, f"content-length: {len(body)}") + body
    many = random.choice((2, 10, 200))
    return whole * many + random.choice((b"", whole[:20], b"nonsense\r\n\r\n", b"\x00"))


def _too_large(path: str, _body: bytes, random: Random) -> bytes:
    return _head(path, f"content-length: {2 * 1024 * 1024}") + b"[" * random.choice((1, 100_000))


_BREAKERS: tuple[Callable[[str, bytes, Random], bytes], ...] = (
    _noise,
    _other_protocol,
    _first_line,
    _wrong_length,
    _two_lengths,
    _transfer_encoding,
    _chunks,
    _headers,
    _cut_off,
    _pipelined,
    _too_large,
)
