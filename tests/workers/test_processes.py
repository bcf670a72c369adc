"""Workers and the process that writes for them: how they start, how they are replaced, and how they end."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from counterseal.crypto import load_private_key, sign_stamp
from served import RunningServer
from workers.connections import connections_to_all_workers, is_running, wait_until, worker_pids
from workers.load import load_on

PASSPHRASE = "correct horse battery staple"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=os.environ | environment, check=False
    )


def test_a_worker_that_is_killed_is_replaced_and_nothing_acknowledged_is_lost(
    start_server: Callable[..., RunningServer],
) -> None:
    server = start_server("--workers=2")
    with load_on(server) as load:
        for _ in range(3):
            before = worker_pids(server)
            assert len(before) == 2
            killed = min(before)
            os.kill(killed, signal.SIGKILL)
            load.wait_for_more()  # by the other one, or by its successor
            wait_until(lambda before=before: len(worker_pids(server)) == 2 and not before <= worker_pids(server))
    assert all(
        failure.startswith(("RemoteDisconnected", "Connection", "BrokenPipe", "IncompleteRead"))
        for failure in load.failures
    )
    wait_until(lambda: len(worker_pids(server)) == 2)
    with connections_to_all_workers(server):
        pass
    assert load.lost() == []
    # One that is killed before it was ready has not ended: it has not started.
    wait_until(lambda: len(server.events("worker ended")) + len(server.events("worker not started")) == 3)
    assert {event["exit_code"] for event in server.events("worker ended")} == {-signal.SIGKILL}
    assert server.stop() == 0


def test_without_the_writing_process_workers_end_and_a_restart_has_everything(
    start_server: Callable[..., RunningServer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    server = start_server("--workers=2")
    with load_on(server) as load:
        workers = worker_pids(server)
        assert len(workers) == 2
        (metrics,) = temporary.iterdir()
        server.kill()
    wait_until(lambda: not any(is_running(pid) for pid in workers))
    assert not metrics.exists()
    port = urlsplit(server.url).port
    server.start("--workers=2", f"--port={port}")
    assert load.lost() == []
    assert server.stop() == 0


def test_sighup_replaces_the_workers_and_no_client_notices(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--workers=2")
    with load_on(server) as load:
        for turn in range(2):
            before = worker_pids(server)
            os.kill(server.pid, signal.SIGHUP)
            for _ in range(50):  # a new connection each
                assert server.query("whoami")[0] == 200
            wait_until(lambda turn=turn: len(server.events("workers replaced")) == turn + 1)
            wait_until(lambda before=before: len(worker_pids(server)) == 2 and not before & worker_pids(server))
        load.wait_for_more()
    assert load.failures == []
    assert load.lost() == []
    with connections_to_all_workers(server):
        pass
    assert server.stop() == 0


def test_a_connection_is_told_that_its_worker_ends(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--workers=2")
    address = urlsplit(server.url)
    body = json.dumps({"organizationId": server.organization_id}).encode()
    stamp = {"X-Stamp": sign_stamp(server.key, body)}
    with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)) as connection:
        told = []
        os.kill(server.pid, signal.SIGHUP)
        while not told or told[-1] != "close":
            connection.request("POST", "/public/v1/query/whoami", body, stamp)
            reply = connection.getresponse()
            assert (reply.status, reply.read()[:1]) == (200, b"{")
            told.append(reply.headers["connection"])
            time.sleep(0.05)
    assert server.stop() == 0


def test_sigterm_finishes_what_is_in_flight(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--workers=2")
    address = urlsplit(server.url)
    body = json.dumps({"organizationId": server.organization_id}).encode()
    head = f"POST /public/v1/query/whoami HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
    head += f"X-Stamp: {sign_stamp(server.key, body)}\r\n\r\n"
    workers = worker_pids(server)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as connection:
        connection.sendall(head.encode() + body[:10])
        time.sleep(0.5)
        for pid in (server.pid, *workers):  # as systemd does by default: to all processes, and the parent tells again
            os.kill(pid, signal.SIGTERM)
        time.sleep(1.5)
        connection.sendall(body[10:])
        reply = http.client.HTTPResponse(connection)
        reply.begin()
        assert reply.status == 200
        assert reply.headers["connection"] == "close"
        assert json.load(reply)["username"] == "root"
    assert server.stop() == 0
    assert not any(is_running(pid) for pid in workers)
    assert server.events("worker ended") == []


def test_a_second_signal_does_not_wait(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--workers=2")
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as connection:
        connection.sendall(b"POST /public/v1/query/whoami HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
        time.sleep(0.5)
        os.kill(server.pid, signal.SIGTERM)
        time.sleep(1)
        assert worker_pids(server)
        assert server.stop() == 0


def test_with_a_passphrase(tmp_path: Path, start_server: Callable[..., RunningServer]) -> None:
    data, environment = tmp_path / "data", os.environ | {"COUNTERSEAL_PASSPHRASE": PASSPHRASE}
    command = [sys.executable, "-m", "counterseal"]
    init = [*command, "init", f"--data={data}", "--organization=Sealed", "--user-name=root", "--json"]
    made = json.loads(subprocess.run(init, env=environment, capture_output=True, check=True).stdout)
    serve = [*command, "serve", f"--data={data}", "--port=0", "--workers=2"]
    wrong = run(*serve, COUNTERSEAL_PASSPHRASE=f"not {PASSPHRASE}")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "passphrase" in wrong.stderr
    assert "Traceback" not in wrong.stderr
    with subprocess.Popen(serve, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        key = load_private_key(Path(made["apiPrivateKeyFile"]).read_text())
        body = json.dumps({"organizationId": made["organizationId"]}).encode()
        address = urlsplit(url)
        with closing(http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)) as connection:
            connection.request("POST", "/public/v1/query/whoami", body, {"X-Stamp": sign_stamp(key, body)})
            assert connection.getresponse().status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_workers_that_cannot_start_end_the_server(tmp_path: Path) -> None:
    """The data directory is well for the parent, and a worker's imports are not."""
    data = tmp_path / "data"
    command = [sys.executable, "-m", "counterseal"]
    assert run(*command, "init", f"--data={data}", "--organization=A", "--user-name=root").returncode == 0
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import sys\nif 'worker' in sys.orig_argv:\n    sys.exit('this worker cannot start')\n"
    )
    serve = [*command, "serve", f"--data={data}", "--port=0", "--workers=2"]
    ended = run(*serve, PYTHONPATH=str(broken))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "this worker cannot start" in ended.stderr
    assert "Error: a worker ended before it was ready" in ended.stderr
