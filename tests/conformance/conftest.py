"""The servers that the official clients talk to, one for each language, and the record of what is said.

The scenarios in JavaScript and the tests of the Python client run on both stores: one that answers otherwise than the
other would show in the record as well, which has no column for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from conformance import scenarios
from conformance.chains.ethereum import ethereum_node
from conformance.chains.solana import solana_bank
from conformance.completeness import Completeness
from conformance.report import Report
from conformance.tap import Tap
from postgres_server import PostgresServer
from served import RunningServer

_HERE = Path(__file__).parent
_COMPLETENESS = Completeness(_HERE)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The report comes last: it is about all the others."""
    items.sort(key=lambda item: item.path == _HERE / "test_report.py")  # all others stay in their order
    _COMPLETENESS.collected(items, config.args)


def pytest_deselected(items: list[pytest.Item]) -> None:
    _COMPLETENESS.deselected(items)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _COMPLETENESS.ran(report)


@pytest.fixture(scope="session")
def completeness() -> Completeness:
    """Of this run."""
    return _COMPLETENESS


@pytest.fixture(scope="session")
def report() -> Report:
    """What has been seen so far."""
    return Report()


@pytest.fixture(scope="session")
def tap(report: Report) -> Iterator[Tap]:
    """The line on which all conformance tests talk to their servers."""
    tap = Tap(report.add)
    yield tap
    tap.close()


@pytest.fixture(scope="session")
def start_tapped(start_server: Callable[..., RunningServer], tap: Tap) -> Callable[..., RunningServer]:
    """Starts a server that is reached through the tap."""

    def start(*, database: str | None = None) -> RunningServer:
        server = start_server(database=database)
        server.url = tap.on(server.url)
        return server

    return start


@pytest.fixture
def running_server(running_server: RunningServer, tap: Tap) -> RunningServer:
    """A fresh server for this test alone, reached through the tap."""
    running_server.url = tap.on(running_server.url)
    return running_server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def start_on_each_store(
    request: pytest.FixtureRequest, start_tapped: Callable[..., RunningServer]
) -> Callable[[], RunningServer]:
    """The same, once on each store."""
    if request.param == "sqlite":
        return start_tapped
    postgres: PostgresServer = request.getfixturevalue("postgres")
    return lambda: start_tapped(database=postgres.new_database())


@pytest.fixture(scope="session")
def javascript_server(start_on_each_store: Callable[[], RunningServer]) -> RunningServer:
    """Serves every scenario file; its log is the record of what the JavaScript clients called."""
    return start_on_each_store()


@pytest.fixture(scope="session")
def python_server(start_on_each_store: Callable[[], RunningServer]) -> RunningServer:
    """Serves every test of the Python client, and of others that need no more than a server."""
    return start_on_each_store()


@pytest.fixture(scope="session")
def rust_server(start_tapped: Callable[..., RunningServer]) -> RunningServer:
    """Serves every scenario of the Rust client; its log is the record of what it called."""
    return start_tapped()


@pytest.fixture(scope="session")
def chains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The URLs of the chains on this machine, by their names; all tests share them, with new keys of their own."""
    with ethereum_node(tmp_path_factory.mktemp("ethereum")) as ethereum, solana_bank() as solana:
        yield {"ethereum": ethereum, "solana": solana}


@pytest.fixture(scope="session")
def verdicts(javascript_server: RunningServer, chains: dict[str, str]) -> Callable[[Path], dict[str, str | None]]:
    """Runs a scenario file, once, and gives each scenario's error by its title."""

    @cache
    def run(file: Path) -> dict[str, str | None]:
        return scenarios.run_javascript(file, javascript_server, chains)

    return run
