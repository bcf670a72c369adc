"""TLS to the database: what the URL demands of the server's certificate is what is checked."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from counterseal.store import StoreError
from counterseal.store.postgres import DatabaseUrl, PostgresStore
from postgres_server import PostgresServer, running_postgres, speaks_tls


def write_certificate(folder: Path) -> Path:
    """One that 127.0.0.1 has given itself; its key is beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "database")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.crt").write_bytes(certificate.public_bytes(pem))
    (folder / "server.key").write_bytes(private)
    (folder / "server.key").chmod(0o600)
    return folder / "server.crt"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """That speaks TLS, too."""
    if not speaks_tls():
        pytest.skip("this build of PostgreSQL has no TLS")
    with running_postgres(prepare=write_certificate, ssl="on") as made:
        yield made


@pytest.fixture
def url(server: PostgresServer) -> str:
    """Of an empty database, over TCP."""
    _, _, options = server.new_database().rpartition("&")
    return f"{server.url()}?{options}"


async def is_encrypted(url: str) -> bool:
    store = await PostgresStore.create(DatabaseUrl(url))
    async with store._pool.session() as session:
        found = await session._connection.fetchval("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    await store.close()
    return bool(found)


async def test_a_certificate_that_is_trusted_is_taken(server: PostgresServer, url: str) -> None:
    root = server.data / "server.crt"
    assert await is_encrypted(f"{url}&sslmode=verify-full&sslrootcert={root}")


@pytest.mark.parametrize(("mode", "expected"), [("require", True), ("disable", False)])
async def test_what_the_url_demands_is_done(url: str, mode: str, expected: bool) -> None:
    assert await is_encrypted(f"{url}&sslmode={mode}") is expected


async def test_a_certificate_that_nobody_vouches_for_is_refused(url: str, tmp_path: Path) -> None:
    another = write_certificate(tmp_path)
    with pytest.raises(StoreError, match="certificate verify failed"):
        await is_encrypted(f"{url}&sslmode=verify-full&sslrootcert={another}")


async def test_so_is_one_of_another_host(server: PostgresServer, url: str) -> None:
    elsewhere = url.replace("127.0.0.1", "localhost")
    with pytest.raises(StoreError, match="certificate verify failed"):
        await is_encrypted(f"{elsewhere}&sslmode=verify-full&sslrootcert={server.data / 'server.crt'}")
