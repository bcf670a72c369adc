"""counterseal keys."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterseal.cli import main


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
    lines = CliRunner().invoke(main, ["keys"], env={"COUNTERSEAL_DATA": data}).stdout.splitlines()
    assert dict(line.split() for line in lines) == identities


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
