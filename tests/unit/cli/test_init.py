"""counterseal init."""

from __future__ import annotations

import json
import os
import resource
import stat
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import sample
from counterseal.cli import main
from counterseal.crypto import Curve, load_private_key
from counterseal.store import StoreError
from postgres_server import PASSWORD, USER, PostgresServer

PASSPHRASE = "correct horse battery staple"


def init(data: Path, *more: str, env: dict[str, str] | None = None) -> Result:
    names = ["--organization", "Home", "--user-name", "Ann O'Root"]
    return CliRunner().invoke(main, ["init", "--data", str(data), *names, *more], env=env)


def made(data: Path, *more: str, env: dict[str, str] | None = None) -> dict[str, str]:
    result = init(data, "--json", *more, env=env)
    assert result.exit_code == 0, result.output
    report: dict[str, str] = json.loads(result.stdout)
    return report


def modes(directory: Path) -> dict[str, int]:
    return {str(path.relative_to(directory)): stat.S_IMODE(path.stat().st_mode) for path in directory.rglob("*")}


def test_it_says_what_it_made_in_one_json_object(tmp_path: Path) -> None:
    report = made(tmp_path / "data")
    assert set(report) == {"organizationId", "userId", "apiPublicKey", "apiPrivateKeyFile"}
    key = load_private_key(Path(report["apiPrivateKeyFile"]).read_text("utf-8"))
    assert key.public_key.hex() == report["apiPublicKey"]
    assert Path(report["apiPrivateKeyFile"]).is_absolute()
    assert Path(report["apiPrivateKeyFile"]).with_suffix(".public").read_text("utf-8") == report["apiPublicKey"]


def test_it_says_the_same_to_people(tmp_path: Path) -> None:
    result = init(tmp_path / "data")
    assert result.exit_code == 0
    assert f"counterseal serve --data {tmp_path / 'data'}" in result.stdout
    key = (tmp_path / "data" / "keys" / "Ann-O-Root.private").read_text("utf-8")
    assert key.split(":")[0] not in result.output


def test_nobody_else_may_read_anything(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made(tmp_path / "data")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert modes(tmp_path / "data") == {
        "counterseal.db": 0o600,
        "root.key": 0o600,
        "keys": 0o700,
        "keys/Ann-O-Root.private": 0o600,
        "keys/Ann-O-Root.public": 0o600,
    }


@pytest.mark.parametrize("curve", ["p256", "secp256k1", "ed25519"])
def test_a_key_of_the_curve_that_was_asked_for(tmp_path: Path, curve: str) -> None:
    report = made(tmp_path / "data", "--curve", curve)
    text = Path(report["apiPrivateKeyFile"]).read_text("utf-8")
    assert text.partition(":")[2] == ("" if curve == "p256" else curve)
    assert load_private_key(text).public_key.hex() == report["apiPublicKey"]


def test_a_public_key_that_is_given_is_registered_and_no_private_key_is_made(tmp_path: Path) -> None:
    public_key = sample.public_key(Curve.SECP256K1)
    report = made(tmp_path / "data", "--public-key", public_key.upper(), "--curve", "secp256k1")
    assert (report["apiPublicKey"], report["apiPrivateKeyFile"]) == (public_key, None)
    assert not (tmp_path / "data" / "keys").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--public-key", "zz"], "hexadecimal"),
        (["--public-key", sample.public_key(Curve.ED25519)], "public key"),
        (["--user-email", "nobody"], "invalid email address"),
        (["--user-name", ""], "user name"),
        (["--organization", "x" * 256], "organization name"),
        (["--curve", "p384"], "p384"),
    ],
)
def test_what_is_wrong_is_explained_and_leaves_nothing_behind(tmp_path: Path, more: list[str], words: str) -> None:
    result = init(tmp_path / "data", *more)
    assert result.exit_code != 0
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = made(data)
    content = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    again = init(data)
    assert again.exit_code == 1
    assert "nothing was overwritten" in again.stderr
    assert {path: path.read_bytes() for path in data.rglob("*") if path.is_file()} == content
    assert first["organizationId"]


def test_a_file_or_another_s_directory_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "directory").mkdir()
    (tmp_path / "directory" / "notes").write_text("mine")
    for name in "file", "directory":
        assert init(tmp_path / name).exit_code != 0
    assert (tmp_path / "file").read_text() == "mine"
    assert [path.name for path in (tmp_path / "directory").iterdir()] == ["notes"]


def test_an_empty_directory_and_missing_parents_will_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert made(tmp_path / "empty")
    assert made(tmp_path / "a" / "b" / "data")


def test_the_present_directory_will_do_if_it_is_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    report = made(Path())
    assert Path(report["apiPrivateKeyFile"]).is_file()


def test_an_empty_directory_stays_the_one_it_was(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    before = (tmp_path / "volume").stat().st_ino
    made(tmp_path / "volume")
    assert (tmp_path / "volume").stat().st_ino == before
    assert sorted(path.name for path in (tmp_path / "volume").iterdir()) == ["counterseal.db", "keys", "root.key"]


def test_an_empty_directory_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir(mode=0o755)
    made(tmp_path / "volume")
    assert stat.S_IMODE((tmp_path / "volume").stat().st_mode) == 0o700


@pytest.mark.parametrize("number", range(4))
def test_a_move_that_fails_half_way_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Whatever is moved last: the root key, the API key, the store, or the note that they are there."""
    (tmp_path / "volume").mkdir()
    rename, renamed = Path.rename, 0

    def failing(path: Path, target: Path) -> Path:
        nonlocal renamed
        renamed += target.parent == tmp_path / "volume"
        if renamed == number + 1 and target.parent == tmp_path / "volume":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    def not_durable(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", failing)
    if number == 3:
        monkeypatch.setattr(sys.modules["counterseal.cli.init"], "make_entry_durable", not_durable)
    failed = init(tmp_path / "volume")
    assert failed.exit_code == 1
    assert "No space left" in failed.stderr
    assert list((tmp_path / "volume").iterdir()) == []
    monkeypatch.undo()
    assert made(tmp_path / "volume")


def test_a_new_directory_that_cannot_be_made_durable_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_durable(_: Path) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys.modules["counterseal.cli.init"], "make_entry_durable", not_durable)
    assert init(tmp_path / "data").exit_code == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [0, 10, 1000, 5000, 50_000])
def test_a_disk_that_is_full_leaves_nothing_half_made(tmp_path: Path, size: int) -> None:
    """The limit of the process on the size of files stands for the disk."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        failed = init(tmp_path / "data")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert failed.exit_code == 1
    assert "Traceback" not in failed.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_long_name_is_no_hindrance(tmp_path: Path) -> None:
    report = made(tmp_path / "data", "--user-name", "x" * 255)
    assert len(Path(report["apiPrivateKeyFile"]).name) == 200 + len(".private")


def test_an_empty_directory_is_empty_again_after_a_failure(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    assert init(tmp_path / "volume", "--user-email", "nobody").exit_code == 1
    assert list((tmp_path / "volume").iterdir()) == []


class TestPassphrase:
    """The root key sealed with a passphrase."""

    @pytest.fixture
    def passphrase_file(self, tmp_path: Path) -> Path:
        file = tmp_path / "passphrase"
        file.write_text(f"{PASSPHRASE}\nsecond line\n")
        file.chmod(0o600)
        return file

    def test_it_comes_from_a_file_or_from_the_environment(self, tmp_path: Path, passphrase_file: Path) -> None:
        made(tmp_path / "one", "--passphrase-file", str(passphrase_file))
        made(tmp_path / "two", env={"COUNTERSEAL_PASSPHRASE": PASSPHRASE})
        for name in "one", "two":
            assert (tmp_path / name / "root.sealed.json").is_file()
            assert not (tmp_path / name / "root.key").exists()
            content = b"".join(path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file())
            assert PASSPHRASE.encode() not in content

    def test_keys_need_it_again(self, tmp_path: Path, passphrase_file: Path) -> None:
        data = str(tmp_path / "data")
        made(tmp_path / "data", "--passphrase-file", str(passphrase_file))
        without = CliRunner().invoke(main, ["keys", "--data", data])
        assert without.exit_code == 1
        assert "sealed with a passphrase, and none was given" in without.stderr
        wrong = CliRunner().invoke(
            main, ["keys", "--data", data], env={"COUNTERSEAL_PASSPHRASE": "wrong " + PASSPHRASE}
        )
        assert wrong.exit_code == 1
        assert "wrong passphrase" in wrong.stderr
        right = CliRunner().invoke(main, ["keys", "--data", data, "--passphrase-file", str(passphrase_file)])
        assert right.exit_code == 0

    def test_a_short_one_is_refused(self, tmp_path: Path) -> None:
        result = init(tmp_path / "data", env={"COUNTERSEAL_PASSPHRASE": "short"})
        assert result.exit_code == 1
        assert "too short" in result.stderr
        assert not (tmp_path / "data").exists()


def test_with_a_database_the_directory_has_the_root_key_and_no_store(tmp_path: Path, postgres: PostgresServer) -> None:
    database = postgres.new_database()
    report = made(tmp_path / "data", "--database", database)
    assert sorted(modes(tmp_path / "data")) == ["keys", "keys/Ann-O-Root.private", "keys/Ann-O-Root.public", "root.key"]
    identities = CliRunner().invoke(main, ["keys", "--data", str(tmp_path / "data"), "--database", database, "--json"])
    assert identities.exit_code == 0, identities.output
    assert report["organizationId"]


def test_a_database_that_has_a_store_is_left_alone(tmp_path: Path, postgres: PostgresServer) -> None:
    database = postgres.new_database()
    made(tmp_path / "data", "--database", database)
    again = init(tmp_path / "other", "--database", database)
    assert again.exit_code == 1
    assert "the database has a store already" in again.output
    assert "drop" not in again.output
    assert not (tmp_path / "other").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("fails", ["_write_key_files", "_move", "_add"])
def test_what_it_leaves_in_a_database_when_it_fails_is_told(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def fail(*_: object) -> None:
        raise StoreError("as the test wants it")

    monkeypatch.setattr(sys.modules["counterseal.cli.init"], fails, fail)
    database = postgres.new_database()
    failed = init(tmp_path / "data", "--database", database)
    assert failed.exit_code == 1
    assert "drop the database" in failed.output
    assert (tmp_path / "data").exists() == (fails == "_add")
    assert list(tmp_path.glob(".counterseal-*")) == []


def test_a_password_is_shown_to_nobody(tmp_path: Path) -> None:
    failed = init(tmp_path / "data", "--database", f"postgresql://{USER}:{PASSWORD}@127.0.0.1:1/postgres")
    assert failed.exit_code == 1
    assert PASSWORD not in failed.output
