"""Whatever dies under load, what was acknowledged is there, nothing is there twice, and service resumes by itself."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from postgres.load import Load
from postgres_server import PASSWORD, USER, running_postgres, running_standby
from served import RunningServer

Start = Callable[..., list[RunningServer]]

pytestmark = pytest.mark.slow


def readiness(server: RunningServer) -> int:
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=30) as reply:
            status: int = reply.status
            return status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def tag(server: RunningServer, name: str) -> tuple[int, dict[str, object]]:
    return server.submit("create_user_tag", "CREATE_USER_TAG", {"userTagName": name, "userIds": []})


def require_unavailable(servers: list[RunningServer]) -> None:
    for number, server in enumerate(servers):
        status, reply = tag(server, f"not made {number}")
        assert (status, reply["code"]) == (503, 14)
        assert readiness(server) == 503
        assert server.query("whoami")[0] == 503


def require_ready(servers: list[RunningServer]) -> None:
    for server in servers:
        for _ in range(300):
            if readiness(server) == 200:
                break
            time.sleep(0.1)
        assert tag(server, f"made {time.time_ns()}")[0] == 200
        assert server.query("whoami")[0] == 200


def test_a_primary_that_dies_loses_nothing_and_its_standby_takes_over(start_servers: Start) -> None:
    with running_postgres() as primary, running_standby(primary) as standby:
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
        database = f"postgresql://{USER}:{PASSWORD}@{hosts}/postgres?target_session_attrs=read-write"
        servers = start_servers(3, database=database)
        load = Load(servers)
        with load.running():
            load.wait_for(30)
            primary.kill()
            require_unavailable(servers)
            standby.promote()
            require_ready(servers)
            load.wait_for(30)
        load.require_each_once(servers[2])
        for server in servers:
            server.stop()


def test_a_database_that_is_killed_and_started_again(start_servers: Start) -> None:
    with running_postgres() as database:
        servers = start_servers(2, database=database.url())
        load = Load(servers)
        with load.running():
            for _ in range(2):
                load.wait_for(30)
                database.kill()
                require_unavailable(servers)
                database.start()
                require_ready(servers)
            load.wait_for(30)
        load.require_each_once(servers[0])
        for server in servers:
            server.stop()


def test_a_server_that_is_killed_in_the_middle_takes_nothing_with_it(servers: list[RunningServer]) -> None:
    load = Load(servers)
    with load.running():
        for _ in range(3):
            load.wait_for(30)
            servers[0].kill()
            load.wait_for(10)  # the others are not held up by what it had locked
            servers[0].start()
    assert load.broken > 0
    load.require_each_once(servers[1])
