"""python -m counterseal.scaffold: what it writes passes every check as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from counterseal.activities import implemented_kinds
from counterseal.contract import all_operations
from counterseal.engine.decider import VOTES
from counterseal.queries import implemented_queries
from counterseal.scaffold.__main__ import main
from counterseal.scaffold.units import activity_unit, query_unit

PROJECT = Path(__file__).parents[2]

KINDS = sorted(
    each.kind
    for each in all_operations()
    if each.kind and each.name not in VOTES and each.kind not in implemented_kinds()
)
QUERIES = sorted(
    each.name
    for each in all_operations()
    if each.path == f"/public/v1/query/{each.name}" and each.name not in implemented_queries()
)
SOME = [("activity", kind) for kind in {*KINDS[::9], max(KINDS, key=len)}]
SOME += [("query", name) for name in {*QUERIES[::9], max(QUERIES, key=len)}]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's code and its tests, for somebody to change."""
    for name in "src", "tests/unit/activities", "tests/unit/queries":
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [PROJECT / "pyproject.toml", *(PROJECT / "tests").glob("*.py"), PROJECT / "tests/unit/conftest.py"]:
        shutil.copy(path, tmp_path / path.relative_to(PROJECT))
    return tmp_path


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(copy / "src"), "MYPYPATH": str(copy / "src")}
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_what_it_writes_passes_the_checks_and_its_own_test(copy: Path) -> None:
    written = []
    for what, name in SOME:
        done = run(copy, "counterseal.scaffold", what, name)
        assert done.returncode == 0, done.stderr
        written += done.stdout.split()
        again = run(copy, "counterseal.scaffold", what, name)
        assert again.returncode == 1
        assert again.stderr == f"{name} has behaviour already\n"
    tests = [path for path in written if path.startswith("tests/")]
    assert len(tests) == len(SOME)
    sources = [path for path in written if path not in tests]
    checks = ("ruff", "check", *written), ("ruff", "format", "--check", *written), ("mypy", "--strict", *sources)
    for check in (*checks, ("pytest", *tests)):
        done = run(copy, *check)
        assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(".") >= len(SOME)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_begun(kind: str) -> None:
    unit = activity_unit(kind)
    assert (unit.room, unit.name) == ("activities", kind.lower())
    _assert_well_formed(unit.noun, unit.text, unit.test)


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_can_be_begun(name: str) -> None:
    unit = query_unit(name)
    assert (unit.room, unit.name) == ("queries", name)
    _assert_well_formed(unit.noun, unit.text, unit.test)


def _assert_well_formed(noun: str, *texts: str) -> None:
    assert noun.isidentifier()
    assert noun.islower()
    for text in texts:
        compile(text, noun, "exec")
        assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("get_wallet_account", "wallets"),
        ("get_oauth2_credential", "oauth2_credentials"),
        ("get_private_key", "private_keys"),
        ("list_webhook_endpoints", "webhook_endpoints"),
    ],
)
def test_it_goes_into_the_folder_of_its_noun(name: str, noun: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("counterseal.scaffold.units.implemented_queries", frozenset)
    assert query_unit(name).noun == noun


@pytest.mark.parametrize(
    ("what", "name", "said"),
    [
        ("activity", "CREATE_API_KEYS", "CREATE_API_KEYS has behaviour already\n"),
        ("activity", "APPROVE_ACTIVITY", "APPROVE_ACTIVITY has behaviour already\n"),
        ("query", "whoami", "whoami has behaviour already\n"),
        ("activity", "FLY", f"the contract has no FLY; without behaviour are:\n  {KINDS[0]}\n"),
        ("activity", "create_wallet", "the contract has no create_wallet; without behaviour are:\n"),
        ("query", "fly", f"the contract has no fly; without behaviour are:\n  {QUERIES[0]}\n"),
        ("query", "noop-codegen-anchor", "the contract has no noop-codegen-anchor; without behaviour are:\n"),
    ],
)
def test_what_cannot_be_written_is_refused(what: str, name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([what, name]) == 1
    assert capsys.readouterr().err.startswith(said)


def test_nothing_is_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("counterseal.scaffold.__main__.PROJECT", tmp_path)
    assert main(["query", QUERIES[0]]) == 0
    for path in [tmp_path / line for line in capsys.readouterr().out.split() if not line.endswith("__init__.py")]:
        path.write_text("somebody's work")
        assert main(["query", QUERIES[0]]) == 1
        assert path.read_text() == "somebody's work"
        assert "is there already: nothing was written" in capsys.readouterr().err
        path.unlink()
