"""What followed a bare ``/``, ``#`` or ``@`` in a password of the database was taken for a name, an option or a host
and printed in errors; and the URL and PGPASSWORD stayed in the environment of the process.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.store import StoreError
from counterseal.store.postgres import DatabaseUrl, PostgresStore
from postgres_server import PASSWORD, USER, PostgresServer

COMMAND = [sys.executable, "-m", "counterseal"]
FORMS = [
    "postgresql://me:{}@db.example:5432/name",
    "postgresql://:{}@db.example/name",
    "postgresql://me@db.example/name?password={}",
    "postgresql://me@db.example/name?sslmode=require&password={}",
    "postgresql://me@/name?password={}&host=/run/postgresql",
]


@pytest.mark.parametrize("form", FORMS[:2])
@pytest.mark.parametrize(
    "bare", ["s3c/r3t", "s3c#r3t", "s3c?r3t", "s3c@r3t", "s3c@r3t/r3t", "12/r3t", "s3c@r3t:1/r3t?r3t"]
)
def test_a_bare_character_in_a_password_is_refused(form: str, bare: str) -> None:
    refuses_without_showing(form.format(bare))


@pytest.mark.parametrize("form", FORMS[2:])
@pytest.mark.parametrize("bare", ["s3c#r3t", "s3c@r3t", "s3c&r3t", "#r3t"])
def test_nor_does_one_in_an_option(form: str, bare: str) -> None:
    refuses_without_showing(form.format(bare))


@pytest.mark.parametrize("text", ["r3t://me@h/n", "r3t:me@h/n", "r3t", "h:1:n:me:r3t", "postgresql://me:r3t", "//r3t"])
def test_what_is_no_url_is_not_shown_either(text: str) -> None:
    refuses_without_showing(text)


def refuses_without_showing(text: str) -> None:
    with pytest.raises(StoreError, match="postgresql://") as refused:
        DatabaseUrl(text)
    assert "r3t" not in str(refused.value)
    assert "s3c" not in str(refused.value)


@given(form=st.sampled_from(FORMS), password=st.text("§/#?@:&=%[],a", min_size=1))
def test_what_is_written_as_it_should_be_is_taken_and_not_shown(form: str, password: str) -> None:
    shown = str(DatabaseUrl(form.format(quote(password, safe=""))))
    assert shown == str(DatabaseUrl(form.format("another")))


@given(form=st.sampled_from(FORMS), password=st.text("§/#?@:&=%[],1", max_size=8))
def test_whatever_the_password_is_it_is_refused_or_has_no_part_in_what_is_shown(form: str, password: str) -> None:
    try:
        shown = str(DatabaseUrl(form.format(f"§{password}§")))
    except StoreError as refused:
        shown = str(refused)
    assert "§" not in shown


def test_user_hosts_ports_and_name_are_shown_wherever_they_are_said() -> None:
    options = "user=me&host=/run/postgresql&port=5433&dbname=name&application_name=x"
    assert str(DatabaseUrl(f"postgresql://?{options}")) == "postgresql://me@/run/postgresql:5433/name"
    assert str(DatabaseUrl("postgres://me@a:1,[::1]:2/n%40me")) == "postgresql://me@a:1,[::1]:2/n%40me"


@pytest.fixture
def without_password(postgres: PostgresServer) -> str:
    name = urlsplit(postgres.new_whole_database()).path
    return f"postgresql://{USER}@127.0.0.1:{postgres.port}{name}"


async def test_a_password_of_the_environment_serves_for_every_connection(
    postgres: PostgresServer, without_password: str
) -> None:
    store = await PostgresStore.create(DatabaseUrl(without_password, password=PASSWORD))
    assert await store.sealed_secrets() == []
    postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'counterseal'")
    with suppress(StoreError):
        await store.sealed_secrets()
    assert await store.sealed_secrets() == [], "over another connection"
    await store.close()
    with pytest.raises(StoreError):
        await PostgresStore.open(DatabaseUrl(without_password, password="wr0ng"))
    with_password = without_password.replace("@", f":{PASSWORD}@", 1)
    await (await PostgresStore.open(DatabaseUrl(with_password, password="wr0ng"))).close()


@pytest.fixture
def data(tmp_path: Path, without_password: str) -> Path:
    made = subprocess.run(
        [*COMMAND, "init", f"--data={tmp_path / 'data'}", "--organization=A", "--user-name=root", "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ | {"COUNTERSEAL_DATABASE_URL": without_password, "PGPASSWORD": PASSWORD},
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["organizationId"]
    return tmp_path / "data"


@pytest.mark.parametrize("where", ["url", "variable"])
def test_a_server_has_no_password_in_its_environment(data: Path, without_password: str, where: str) -> None:
    url = without_password.replace("@", f":{PASSWORD}@", 1) if where == "url" else without_password
    secrets = {"COUNTERSEAL_DATABASE_URL": url, "BESIDE": "kept"} | ({"PGPASSWORD": PASSWORD} if where != "url" else {})
    command = [*COMMAND, "serve", f"--data={data}", "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | secrets) as process:
        assert process.stdout is not None
        assert "is ready" in process.stdout.readline()
        try:
            shown = Path(f"/proc/{process.pid}/environ").read_bytes()
        except PermissionError:  # the process is not dumpable, and these tests are not root's
            shown = b"BESIDE=kept"
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert b"BESIDE=kept" in shown
    assert PASSWORD.encode() not in shown
