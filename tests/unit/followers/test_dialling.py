"""One POST over a real socket: where it goes, what it says, and what comes of every kind of answer."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from counterseal.followers import dialling
from counterseal.followers.dialling import RESPONSE_BYTES_MAX, Address, Dialler, NotReached, Resolve, Target

NAME = "hooks.example.com"
OK = b"HTTP/1.1 204 No Content\r\n\r\n"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def resolving(*answers: list[str]) -> tuple[Resolve, list[str]]:
    """A name that stands for another list of addresses each time, and who has asked for what."""
    asked: list[str] = []
    left = list(answers)

    async def resolve(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [ip_address(each) for each in (left.pop(0) if len(left) > 1 else left[0])]

    return resolve, asked


@asynccontextmanager
async def listening(answer: bytes | Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that reads a request and answers; its port, and the requests that came."""
    came: list[bytes] = []
    at_work: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_work.add(asyncio.current_task())
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        came.append(head + await reader.readexactly(length))
        with suppress(ConnectionError):
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], came
    await asyncio.gather(*filter(None, at_work), return_exceptions=True)


async def post(port: int, url: str = "http://{name}:{port}/a?b=c") -> int:
    resolve, _ = resolving(["127.0.0.1"])
    dialler = Dialler(is_private_allowed=True, resolve=resolve)
    return await dialler.post(url.format(name=NAME, port=port), {"X-One": "1"}, b"body")


async def test_the_request_is_plain_and_names_the_host_that_was_given() -> None:
    async with listening(OK) as (port, came):
        assert await post(port) == 204
    assert came == [
        f"POST /a?b=c HTTP/1.1\r\nHost: {NAME}:{port}\r\nConnection: close\r\nContent-Length: 4\r\nX-One: 1\r\n\r\n"
        "body".encode()
    ]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 201),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 1000000000\r\n\r\n", 500),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + bytes(1_000_000), 200),
    ],
)
async def test_of_an_answer_the_status_counts(answer: bytes, status: int) -> None:
    async with listening(answer) as (port, came):
        assert await post(port) == status
    assert len(came) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "the connection ended before a response"),
        (b"HTTP/1.1 200", "the connection ended before a response"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "no response of HTTP/1.1"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n", "no response"),
        (b"HTTP/1.1 200 OK\r\nA: " + b"a" * RESPONSE_BYTES_MAX, "the head of the response has no end"),
    ],
)
async def test_what_is_no_answer(answer: bytes, reason: str) -> None:
    async with listening(answer) as (port, _):
        with pytest.raises(NotReached, match=reason):
            await post(port)


async def test_one_that_does_not_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialling, "WHOLE_SECONDS", 0.1)

    async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(never) as (port, _):
        with pytest.raises(NotReached, match="no response within"):
            await post(port)


async def test_nobody_listens() -> None:
    async with listening(OK) as (port, _):
        pass
    with pytest.raises(NotReached, match="Connection refused"):
        await post(port)


async def test_a_name_that_has_another_address_by_now_is_not_called() -> None:
    """What a name stood for when the endpoint was made says nothing: the address that is dialled was looked at."""
    async with listening(OK) as (port, came):
        resolve, asked = resolving(["127.0.0.1"])
        with pytest.raises(NotReached, match=r"127\.0\.0\.1 is no public address"):
            await Dialler(resolve=resolve).post(f"https://{NAME}:{port}/", {}, b"")
        assert (came, asked) == ([], [NAME])


async def test_the_address_that_was_looked_at_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is resolved once a try: there is no second look-up that might say something else."""
    dialled: list[object] = []

    async def open_connection(host: str, port: int, **options: object) -> None:
        dialled.append((host, port, options["server_hostname"]))
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio, "open_connection", open_connection)
    resolve, asked = resolving(["8.8.8.8", "2606:4700::1111"], ["127.0.0.1"])
    with pytest.raises(NotReached):
        await Dialler(resolve=resolve).post(f"https://{NAME}/", {}, b"")
    assert asked == [NAME]
    assert dialled == [("8.8.8.8", 443, NAME), ("2606:4700::1111", 443, NAME)]


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
        *("::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::1"),
    ],
)
async def test_one_address_that_is_not_public_is_enough(address: str) -> None:
    resolve, _ = resolving(["8.8.8.8", address])
    with pytest.raises(NotReached, match="is no public address"):
        await Dialler(resolve=resolve).post(f"https://{NAME}/", {}, b"")


@pytest.mark.parametrize(("url", "reason"), [("http://{}/", "expected https"), ("https://{}:25/", "expected port 443")])
async def test_what_was_allowed_in_development_is_not_called_later(url: str, reason: str) -> None:
    resolve, _ = resolving(["8.8.8.8"])
    with pytest.raises(NotReached, match=reason):
        await Dialler(resolve=resolve).post(url.format(NAME), {}, b"")


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with listening(OK) as (port, came):
        assert await post(port) == 204
    assert len(came) == 1


async def test_the_certificate_is_the_names(tmp_path: Path) -> None:
    theirs, ours = contexts(tmp_path, NAME)
    async with listening(OK, theirs) as (port, came):
        resolve, _ = resolving(["127.0.0.1"])
        dialler = Dialler(is_private_allowed=True, resolve=resolve, tls=ours)
        assert await dialler.post(f"https://{NAME}:{port}/", {}, b"") == 204
        with pytest.raises(NotReached, match="the certificate is not valid"):
            await dialler.post(f"https://other.example.com:{port}/", {}, b"")
        with pytest.raises(NotReached, match="the certificate is not valid"):
            await Dialler(is_private_allowed=True, resolve=resolve).post(f"https://{NAME}:{port}/", {}, b"")
    assert len(came) == 1


async def test_names_are_resolved_by_the_system() -> None:
    dialler = Dialler(is_private_allowed=True)
    async with listening(OK) as (port, _):
        assert await dialler.post(f"http://127.0.0.1:{port}", {}, b"") == 204
    with pytest.raises(NotReached, match="the name has no address"):
        await dialler.post("http://nobody.invalid/", {}, b"")
    dialler.close()


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.example", Target(True, "a.example", 443, "a.example", "/")),
        ("https://a.example:8443?b", Target(True, "a.example", 8443, "a.example:8443", "/?b")),
        ("http://[::1]:81/c%20d?e=/f", Target(False, "::1", 81, "[::1]:81", "/c%20d?e=/f")),
    ],
)
def test_where_a_url_leads(url: str, target: Target) -> None:
    assert Target.of(url) == target


def contexts(directory: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of a server with a certificate for this name, and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = directory / "certificate.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(file)
    ours = ssl.create_default_context(cadata=certificate.public_bytes(Encoding.PEM).decode())
    return theirs, ours
