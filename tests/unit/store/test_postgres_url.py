"""Where the database is, and what is shown of it: never a password."""

from __future__ import annotations

import pytest

from counterseal.store import StoreError
from counterseal.store.postgres import DatabaseUrl
from counterseal.store.postgres.connection import Connector, Limits
from counterseal.store.postgres.url import Host


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("postgresql://me:pw@db.example:6432/name", [Host("db.example", 6432)]),
        ("postgres://a:5433,b,[::1]:5434/name", [Host("a", 5433), Host("b", None), Host("::1", 5434)]),
        ("postgresql://me@/name?host=/run/postgresql&port=5433", [Host("/run/postgresql", None)]),
        ("postgresql://%2Frun%2Fpostgresql/name", [Host("/run/postgresql", None)]),
        ("postgresql:///name", []),
    ],
)
def test_its_hosts_are_known(text: str, hosts: list[Host]) -> None:
    assert DatabaseUrl(text).hosts == hosts


def test_it_is_shown_without_passwords() -> None:
    url = DatabaseUrl("postgresql://me:s3cr%40t@a,b:1/name?sslmode=require&password=other&sslpassword=third")
    assert str(url) == repr(url) == "postgresql://me@a,b:1/name"
    assert f"{url!s:.20}" == "postgresql://me@a,b:"


@pytest.mark.parametrize(
    "text", ["mysql://me:s3cret@h/n", "postgresql://me:s3cret@h:port/n", "postgresql://h/n?s3cret"]
)
def test_what_is_none_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(StoreError, match="postgresql://") as refused:
        DatabaseUrl(text)
    assert "s3cret" not in str(refused.value)
    assert refused.value.__context__ is None or refused.value.__suppress_context__


@pytest.mark.parametrize(
    ("text", "host", "tls"),
    [
        ("postgresql://db.example/n", "db.example", True),
        ("postgresql://db.example/n?sslrootcert=/a.pem", "db.example", "verify-full"),
        ("postgresql://db.example/n?sslmode=require", "db.example", None),
        ("postgresql://10.0.0.7/n", "10.0.0.7", True),
        ("postgresql://127.0.0.1/n", "127.0.0.1", None),
        ("postgresql://localhost/n", "localhost", None),
    ],
)
def test_another_machine_has_to_show_a_certificate_unless_the_url_says_otherwise(
    text: str, host: str, tls: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)
    assert Connector(DatabaseUrl(text), Limits())._tls(Host(host, None)) == tls
