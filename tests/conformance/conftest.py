"""The servers that the official clients talk to: one for each language."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from conformance import scenarios
from served import RunningServer


@pytest.fixture(scope="session")
def javascript_server(start_server: Callable[[], RunningServer]) -> RunningServer:
    """Serves every scenario file; its log is the record of what the JavaScript clients called."""
    return start_server()


@pytest.fixture(scope="session")
def python_server(start_server: Callable[[], RunningServer]) -> RunningServer:
    """Serves every test of the Python client."""
    return start_server()


@pytest.fixture(scope="session")
def rust_server(start_server: Callable[[], RunningServer]) -> RunningServer:
    """Serves every scenario of the Rust client; its log is the record of what it called."""
    return start_server()


@pytest.fixture(scope="session")
def verdicts(javascript_server: RunningServer) -> Callable[[Path], dict[str, str | None]]:
    """Runs a scenario file, once, and gives each scenario's error by its title."""

    @cache
    def run(file: Path) -> dict[str, str | None]:
        return scenarios.run_javascript(file, javascript_server)

    return run
