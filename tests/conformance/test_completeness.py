"""The page is compared only in runs in which every conformance test took part and passed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from conformance.completeness import Completeness


@pytest.fixture
def completeness(tmp_path: Path) -> Completeness:
    """Of a directory of two test files."""
    for name in ("test_one.py", "test_two.py", "scenarios.py"):
        (tmp_path / name).touch()
    return Completeness(tmp_path)


def _items(directory: Path, *names: str) -> Any:
    return [SimpleNamespace(name=name, path=directory / f"{name}.py") for name in names]


def _ended(outcome: str) -> Any:
    return SimpleNamespace(nodeid="test_one.py::test", outcome=outcome, passed=outcome == "passed")


def test_all_have_run_and_passed(completeness: Completeness, tmp_path: Path) -> None:
    completeness.collected(_items(tmp_path, "test_one", "test_two", "test_one"), ["tests"])
    completeness.deselected(_items(tmp_path.parent, "test_elsewhere"))
    completeness.ran(_ended("passed"))
    assert completeness.lacking() == ""


def test_what_was_left_out_is_named(completeness: Completeness, tmp_path: Path) -> None:
    completeness.collected(_items(tmp_path, "test_one"), ["tests"])
    assert completeness.lacking() == "test_two.py did not run"
    completeness.deselected(_items(tmp_path, "test_one"))
    assert completeness.lacking() == "test_two.py did not run and 1 more"


def test_single_tests_are_no_whole_run(completeness: Completeness, tmp_path: Path) -> None:
    completeness.collected(_items(tmp_path, "test_one", "test_two"), ["tests/test_one.py::test", "tests"])
    assert completeness.lacking() == "only tests/test_one.py::test was asked for"


@pytest.mark.parametrize("outcome", ["failed", "skipped"])
def test_a_test_that_did_not_pass(completeness: Completeness, outcome: str) -> None:
    completeness.ran(_ended(outcome))
    assert completeness.lacking() == f"test_one.py::test {outcome}"
