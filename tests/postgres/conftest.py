"""Servers that share a PostgreSQL, all of them equal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postgres_server import PostgresServer
from served import RunningServer

Start = Callable[..., list[RunningServer]]


@pytest.fixture
def start_servers(tmp_path: Path, postgres: PostgresServer) -> Iterator[Start]:
    """Starts so many processes on a store of their own, or on one in another ``database``."""
    started: list[RunningServer] = []

    def start(count: int, *, database: str | None = None) -> list[RunningServer]:
        first = RunningServer(tmp_path / "data", tmp_path / "log-0", database=database or postgres.new_database())
        servers = [first, *(first.another(tmp_path / f"log-{number}") for number in range(1, count))]
        for server in servers:
            started.append(server)
            server.start()
        return servers

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def servers(start_servers: Start) -> list[RunningServer]:
    """Two of them."""
    return start_servers(2)
