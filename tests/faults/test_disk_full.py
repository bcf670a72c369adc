"""A disk that is full: writes are answered 503 and forgotten, reads go on, and when there is room again so do writes.

The limit of the process on the size of files stands for the disk: beyond it every write fails, as on a full disk.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from composed import user_params
from counterseal.crypto import Curve, generate_key_pair
from served import RunningServer


@pytest.fixture
def server(start_server: Callable[..., RunningServer]) -> Iterator[RunningServer]:
    made = start_server()
    yield made
    made.stop()


def create_user(server: RunningServer, name: str) -> tuple[int, dict[str, Any]]:
    parameters = {"users": [user_params(name, generate_key_pair(Curve.P256))]}
    return server.submit("create_users", "CREATE_USERS_V4", parameters)


def limit_files(server: RunningServer, size: int) -> None:
    _, hard = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, hard))


def names(server: RunningServer) -> list[str]:
    status, reply = server.query("list_users")
    assert status == 200, reply
    return [user["userName"] for user in reply["users"]]


@pytest.mark.parametrize("room_for", ["logs", "nothing"])
def test_writes_fail_and_come_back(server: RunningServer, room_for: str) -> None:
    assert create_user(server, "before")[0] == 200
    log_size = server.log.stat().st_size
    limit_files(server, log_size if room_for == "nothing" else (server.data / "counterseal.db-wal").stat().st_size)
    for number in range(3):
        status, reply = create_user(server, f"never {number}")
        assert (status, reply["code"]) == (503, 14)
    assert names(server) == ["root", "before"]
    limit_files(server, resource.RLIM_INFINITY)
    assert create_user(server, "after")[0] == 200
    assert names(server) == ["root", "before", "after"]
    server.restart()
    assert names(server) == ["root", "before", "after"]
