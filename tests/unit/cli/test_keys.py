"""counterseal keys."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from counterseal.cli import main
from served import RunningServer


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("keys") / "data"
    arguments = ["init", "--data", str(path), "--organization", "Home", "--user-name", "ann"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    return str(path)


def test_the_public_identities_as_json_and_as_lines(data: str) -> None:
    identities = json.loads(CliRunner().invoke(main, ["keys", "--data", data, "--json"]).stdout)
    assert {"signer", "notarizer", "tls_fetcher"} <= set(identities)
    for name in "signer", "notarizer", "tls_fetcher":
        assert len(identities[name]) == 130
        assert identities[name].startswith("04")
        assert identities[name] == identities[name].lower()
    assert identities["signer_quorum"] == identities["signer_encryption"] + identities["signer"]
    lines = CliRunner().invoke(main, ["keys"], env={"COUNTERSEAL_DATA": data}).stdout.splitlines()
    assert dict(line.split() for line in lines) == identities


def test_the_root_of_boot_proofs_as_a_certificate(data: str) -> None:
    identities = json.loads(CliRunner().invoke(main, ["keys", "--data", data, "--json"]).stdout)
    pem = CliRunner().invoke(main, ["keys", "--data", data, "--boot-root"]).stdout
    root = x509.load_pem_x509_certificate(pem.encode())
    assert root.public_bytes(Encoding.DER).hex() == identities["boot_root"]
    assert root.issuer.rfc4514_string().startswith("CN=counterseal root ")


def test_a_root_that_an_earlier_release_did_not_make_is_made_by_the_next_start(running_server: RunningServer) -> None:
    asked = ["keys", "--data", str(running_server.data), "--boot-root"]
    assert running_server.stop() == 0
    with closing(sqlite3.connect(running_server.data / "counterseal.db")) as rows:
        rows.execute("DELETE FROM sealed_secrets WHERE name = 'boot_root'")
        rows.commit()
    assert "start the server of this release once" in CliRunner().invoke(main, asked).stderr
    running_server.start("--workers=2")
    made = CliRunner().invoke(main, asked).stdout
    assert made.startswith("-----BEGIN CERTIFICATE-----")
    running_server.stop()
    running_server.start()
    assert CliRunner().invoke(main, asked).stdout == made


def test_a_directory_that_is_not_there_is_explained(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["keys", "--data", str(tmp_path / "none")])
    assert result.exit_code == 1
    assert "`counterseal init` makes one" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_row_that_was_altered_is_noticed(tmp_path: Path) -> None:
    arguments = ["init", "--data", str(tmp_path / "data"), "--organization", "Home", "--user-name", "ann"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    rows = sqlite3.connect(tmp_path / "data" / "counterseal.db")
    rows.execute(
        "UPDATE sealed_secrets SET public_key = '04' || substr(public_key, 3, 126) || '00' WHERE name = 'signer'"
    )
    rows.commit()
    rows.close()
    result = CliRunner().invoke(main, ["keys", "--data", str(tmp_path / "data")])
    assert result.exit_code == 1
    assert "signer" in result.stderr


def test_a_key_that_an_earlier_release_did_not_have_is_made_by_the_next_start(running_server: RunningServer) -> None:
    data = ["--data", str(running_server.data), "--json"]
    before = json.loads(CliRunner().invoke(main, ["keys", *data]).stdout)
    assert running_server.stop() == 0
    with closing(sqlite3.connect(running_server.data / "counterseal.db")) as rows:
        rows.execute("DELETE FROM sealed_secrets WHERE name = 'signer_encryption'")
        rows.commit()
    refused = CliRunner().invoke(main, ["keys", *data])
    assert refused.exit_code == 1
    assert "start the server of this release once" in refused.stderr
    running_server.start("--workers=2")
    after = json.loads(CliRunner().invoke(main, ["keys", *data]).stdout)
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"signer_encryption", "signer_quorum"}
    assert [event["names"] for event in running_server.events("keys made")] == [["signer_encryption"]]
    assert running_server.query("whoami")[0] == 200
    running_server.restart()
    assert json.loads(CliRunner().invoke(main, ["keys", *data]).stdout) == after
    assert len(running_server.events("keys made")) == 1


def files_of(directory: Path) -> dict[str, bytes]:
    """Every file that holds something, but for SQLite's shared memory: whoever only reads has one, and an empty log."""
    files = {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}
    return {name: content for name, content in files.items() if content and not name.endswith("-shm")}


@pytest.mark.parametrize(("step", "remedy"), [(-1, "start the server of this release once"), (0, ""), (1, "newer")])
def test_the_store_is_left_as_it_is_whatever_its_schema(tmp_path: Path, step: int, remedy: str) -> None:
    data = tmp_path / "data"
    arguments = ["init", "--data", str(data), "--organization", "Home", "--user-name", "ann"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    with closing(sqlite3.connect(data / "counterseal.db")) as rows:
        (version,) = rows.execute("PRAGMA user_version").fetchone()
        rows.execute(f"PRAGMA user_version = {version + step}")
    before = files_of(data)
    result = CliRunner().invoke(main, ["keys", "--data", str(data)])
    assert result.exit_code == (0 if step == 0 else 1)
    assert remedy in result.stderr
    assert files_of(data) == before


def test_what_a_server_has_not_moved_into_the_file_yet_is_left_there(running_server: RunningServer) -> None:
    assert running_server.submit("create_user_tag", "CREATE_USER_TAG", {"userTagName": "tag", "userIds": []})[0] == 200
    running_server.kill()
    before = files_of(running_server.data)
    assert before["counterseal.db-wal"]
    assert CliRunner().invoke(main, ["keys", "--data", str(running_server.data)]).exit_code == 0
    assert files_of(running_server.data) == before
    running_server.start()
