"""counterseal migrate-store."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from counterseal.cli import main
from counterseal.data_directory import DataDirectory
from postgres_server import PASSWORD, PostgresServer


def run(source: object, target: object) -> Result:
    return CliRunner().invoke(main, ["migrate-store", "--from", str(source), "--to", str(target)])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    arguments = ["init", "--data", str(path), "--organization", "Home", "--user-name", "ann"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    return path


@pytest.fixture
def database(postgres: PostgresServer) -> str:
    """The URL of a database of its own, with the password in it."""
    name = postgres.new_whole_database().partition("?")[0].rpartition("/")[2]
    return postgres.url(name)


def files(directory: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in directory.iterdir() if file.is_file()}


@pytest.mark.parametrize("name", ["", "/counterseal.db"])
def test_it_says_what_it_moved_and_what_to_do_now(data: Path, database: str, name: str) -> None:
    before = files(data)
    done = run(f"sqlite:{data}{name}", database)
    assert done.exit_code == 0, done.output
    assert "Moved and verified" in done.stdout
    assert "activities                 0" in done.stdout
    assert f"counterseal serve --data {data} --database …" in done.stdout
    assert "Moving" in done.stderr
    assert PASSWORD not in done.output
    assert {name: content for name, content in files(data).items() if name in before} == before


def test_it_goes_both_ways(data: Path, database: str, tmp_path: Path) -> None:
    assert run(f"sqlite:{data}", database).exit_code == 0
    back = tmp_path / "back"
    back.mkdir()
    shutil.copy(data / "root.key", back)
    done = run(database, f"sqlite:{back}")
    assert done.exit_code == 0, done.output
    assert f"counterseal serve --data {back}\n" in done.stdout
    assert PASSWORD not in done.output
    assert sorted(files(back)) == ["counterseal.db", "counterseal.lock", "root.key"]
    assert stat.S_IMODE((back / "counterseal.db").stat().st_mode) == 0o600
    keys = [CliRunner().invoke(main, ["keys", "--data", str(each)]).stdout for each in (data, back)]
    assert keys[0] == keys[1]


def test_a_back_up_alone_can_be_moved(data: Path, database: str, tmp_path: Path) -> None:
    shutil.copy(data / "counterseal.db", tmp_path / "saved")
    done = run(f"sqlite:{tmp_path / 'saved'}", database)
    assert done.exit_code == 0, done.output
    assert "counterseal serve --data … --database …" in done.stdout
    assert not (tmp_path / "counterseal.lock").exists()


def test_a_target_that_is_not_empty_is_refused(data: Path, database: str) -> None:
    assert run(f"sqlite:{data}", database).exit_code == 0
    again = run(f"sqlite:{data}", database)
    assert again.exit_code == 1
    assert "is not empty" in again.stderr
    assert PASSWORD not in again.output
    onto_itself = run(database, f"sqlite:{data}")
    assert onto_itself.exit_code == 1
    assert "exists already" in onto_itself.stderr


@pytest.mark.parametrize("way", ["from", "to"])
def test_a_data_directory_in_use_is_refused(data: Path, database: str, way: str) -> None:
    server = DataDirectory(data)
    server.lock()
    try:
        done = run(*((f"sqlite:{data}", database) if way == "from" else (database, f"sqlite:{data}")))
    finally:
        server.unlock()
    assert done.exit_code == 1
    assert "is in use by another counterseal server" in done.stderr


def test_a_new_store_goes_to_where_the_root_key_is(data: Path, tmp_path: Path) -> None:
    for target in tmp_path / "new", tmp_path:
        done = run(f"sqlite:{data}", f"sqlite:{target}")
        assert done.exit_code == 1
        assert f"{target} is no data directory with a root key" in done.stderr


def test_places_that_are_none_are_refused_and_not_shown(data: Path, tmp_path: Path) -> None:
    for place in "mysql://me:s3cret@host/name", "postgresql://me:s3cret@host:port/name":
        done = run(f"sqlite:{data}", place)
        assert done.exit_code == 2
        assert "sqlite:DIRECTORY" in done.stderr
        assert "s3cret" not in done.output
    missing = run(f"sqlite:{tmp_path / 'none'}", "postgresql://me:s3cret@127.0.0.1:1/name")
    assert missing.exit_code == 1
    assert f"{tmp_path / 'none'} is not there" in missing.stderr
    unreachable = run(f"sqlite:{data}", "postgresql://me:s3cret@127.0.0.1:1/name")
    assert unreachable.exit_code == 1
    assert "s3cret" not in unreachable.output
