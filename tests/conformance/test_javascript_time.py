"""The official JavaScript clients against a server whose clock they move: over a real socket, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from conformance.clock_server import FILES, run
from conformance.scenarios import titles
from conformance.tap import Tap


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory, tap: Tap) -> Callable[[Path], dict[str, str | None]]:
    """Runs a scenario file, once, on a server of its own, and gives each scenario's error by its title."""

    @cache
    def run_once(file: Path) -> dict[str, str | None]:
        return asyncio.run(run(file, tmp_path_factory.mktemp("server"), tap))

    return run_once


@pytest.mark.parametrize(
    ("file", "title"),
    [
        pytest.param(file, title, id=f"{file.name.partition('.')[0]}: {title}")
        for file in FILES
        for title in titles(file)
    ],
)
def test_scenario(file: Path, title: str, verdicts: Callable[[Path], dict[str, str | None]]) -> None:
    error = verdicts(file)[title]
    assert error is None, error


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_scenario_of_a_file_is_a_test(file: Path, verdicts: Callable[[Path], dict[str, str | None]]) -> None:
    assert sorted(verdicts(file)) == sorted(titles(file))
