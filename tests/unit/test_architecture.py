"""The house keeps its rules: floors, sizes, names, and generated pages that are current."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from counterseal import coverage
from counterseal.contract.generate import generated

PROJECT = Path(__file__).parents[2]
SOURCES = sorted((PROJECT / "src" / "counterseal").rglob("*.py"))
LONGEST_FILE = 300
NAMES_THAT_SAY_NOTHING = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
PURE_ROOMS = {
    "activities",
    "chains",
    "contract",
    "engine",
    "ledger",
    "organizations",
    "policy",
    "proofs",
    "queries",
    "stamps",
    "store",
    "webhooks",
}
AMBIENT = re.compile(
    r"\btime\.time|\bdatetime\.now|\bos\.urandom|\buuid[147]\(|^import (random|secrets|uuid)\b", re.MULTILINE
)


def relative(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_rooms_import_only_rooms_below_them() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_files_are_short(path: Path) -> None:
    if path not in generated():
        assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_names_say_what_is_inside(path: Path) -> None:
    words = set(path.stem.split("_")) | {path.parent.name}
    assert not words & NAMES_THAT_SAY_NOTHING


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_only_the_sqlite_store_speaks_sqlite(path: Path) -> None:
    if "sqlite" not in path.parts:
        assert "import sqlite3" not in path.read_text("utf-8")


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_decisions_read_no_ambient_world(path: Path) -> None:
    if path.relative_to(PROJECT / "src" / "counterseal").parts[0] in PURE_ROOMS:
        assert not AMBIENT.search(path.read_text("utf-8"))


def test_the_coverage_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert coverage.main(["--check"]) == 0, capsys.readouterr().err


def test_the_coverage_page_is_written_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(coverage, "PAGE", tmp_path / "coverage.md")
    assert coverage.main(["--check"]) == 1
    assert capsys.readouterr().err == "not current: coverage.md\n"
    assert coverage.main([]) == 0
    assert coverage.main(["--check"]) == 0
    assert "| `/public/v1/submit/approve_activity` | V1 | ✓ |" in coverage.PAGE.read_text("utf-8")
    coverage.PAGE.write_text("edited by hand", "utf-8")
    assert coverage.main(["--check"]) == 1
