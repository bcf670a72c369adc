"""counterseal serve: how it starts, what it says, and how it stops."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from counterseal.cli import main
from counterseal.crypto import sign_stamp
from served import RunningServer

WHOAMI = "/public/v1/query/whoami"


def serve(data: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to fail."""
    command = [sys.executable, "-m", "counterseal", "serve", "--data", str(data), *options]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=30, env=os.environ | environment, check=False
    )


@pytest.fixture
def connection(running_server: RunningServer) -> Iterator[socket.socket]:
    address = urlsplit(running_server.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=30) as made:
        yield made


def raw_request(server: RunningServer, *headers: str) -> tuple[bytes, bytes]:
    """Head and body of a stamped whoami."""
    body = json.dumps({"organizationId": server.organization_id}).encode()
    stamp = f"X-Stamp: {sign_stamp(server.key, body)}"
    lines = [f"POST {WHOAMI} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", stamp, *headers, "", ""]
    return "\r\n".join(lines).encode(), body


def read_reply(connection: socket.socket) -> tuple[int, bytes]:
    reply = http.client.HTTPResponse(connection)
    reply.begin()
    return reply.status, reply.read()


def test_one_line_says_that_it_is_ready_and_logs_are_json(running_server: RunningServer) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", running_server.url)
    running_server.query("whoami")
    running_server.post(WHOAMI, b"{}", None)
    deadline = time.monotonic() + 10
    while len(requests := running_server.events("request")) < 2:  # a line is written after its reply has left
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert [request["status"] for request in requests] == [200, 401]
    for request in requests:
        assert set(request) >= {"request_id", "method", "path", "status", "ms", "level", "timestamp"}
    assert len({request["request_id"] for request in requests}) == 2
    assert running_server.stop() == 0


def test_nothing_else_is_printed_on_standard_output(running_server: RunningServer) -> None:
    running_server.query("whoami")
    process = running_server._process
    assert process is not None
    assert process.stdout is not None
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert process.stdout.read() == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_in_flight_is_answered_before_it_stops(
    running_server: RunningServer, connection: socket.socket, number: signal.Signals
) -> None:
    head, body = raw_request(running_server, "Expect: 100-continue")
    connection.sendall(head)
    assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    process, address = running_server._process, urlsplit(running_server.url)
    assert process is not None
    process.send_signal(number)
    _wait_until(lambda: _refuses(address.hostname or "", address.port or 0))
    assert process.poll() is None
    connection.sendall(body)
    status, reply = read_reply(connection)
    assert status == 200
    assert json.loads(reply)["userId"] == running_server.user_id
    assert process.wait(30) == 0


def test_idle_connections_do_not_delay_the_stop(running_server: RunningServer, connection: socket.socket) -> None:
    head, body = raw_request(running_server)
    connection.sendall(head + body)
    assert read_reply(connection)[0] == 200
    started = time.monotonic()
    assert running_server.stop() == 0
    assert time.monotonic() - started < 5


def test_a_second_server_on_the_same_directory_is_refused(running_server: RunningServer) -> None:
    second = serve(running_server.data, "--port", "0")
    assert second.returncode == 1
    assert second.stdout == ""
    assert "is in use by another counterseal server" in second.stderr
    assert running_server.query("whoami")[0] == 200
    running_server.kill()
    running_server.start()
    assert running_server.query("whoami")[0] == 200


def test_keys_may_be_asked_for_while_it_runs(running_server: RunningServer) -> None:
    result = CliRunner().invoke(main, ["keys", "--data", str(running_server.data), "--json"])
    address = urlsplit(running_server.url)
    client = http.client.HTTPConnection(address.hostname or "", address.port)
    client.request("GET", "/.well-known/counterseal")
    assert json.loads(client.getresponse().read()) == json.loads(result.stdout)
    client.close()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: data.rename(data.with_name("elsewhere")), "counterseal init"),
        (lambda data: (data / "counterseal.db").unlink(), "counterseal init"),
        (lambda data: (data / "root.key").unlink(), "holds no root key"),
        (lambda data: (data / "root.key").chmod(0o644), "chmod 600"),
        (lambda data: (data / "counterseal.db").write_bytes(b"x" * 5000), "not a database"),
    ],
)
def test_what_is_wrong_with_the_directory_is_explained(tmp_path: Path, spoil: object, words: str) -> None:
    data = tmp_path / "data"
    arguments = ["init", "--data", str(data), "--organization", "Home", "--user-name", "ann"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    spoil(data)  # type: ignore[operator]
    result = serve(data, "--port", "0")
    assert result.returncode == 1
    assert words in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_explained(running_server: RunningServer, tmp_path: Path, workers: str) -> None:
    data = tmp_path / "data"
    arguments = ["init", "--data", str(data), "--organization", "Home", "--user-name", "ann"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    port = urlsplit(running_server.url).port
    result = serve(data, "--workers", workers, COUNTERSEAL_PORT=str(port))
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == (
        f"Error: cannot listen on 127.0.0.1:{port}: address already in use;"
        " stop what listens there, or choose another port with --port or COUNTERSEAL_PORT\n"
    )
    assert running_server.query("whoami")[0] == 200


@pytest.mark.parametrize(
    ("host", "shown"),
    [("192.0.2.1", "192.0.2.1:8080"), ("2001:db8::1", "[2001:db8::1]:8080"), ("no.such.host.invalid", "no.such.host")],
)
def test_an_address_that_is_not_ours_is_explained(running_server: RunningServer, host: str, shown: str) -> None:
    running_server.stop()
    result = serve(running_server.data, "--host", host)
    assert (result.returncode, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"Error: cannot listen on {shown}")
    assert line.endswith("; choose an address of this machine with --host or COUNTERSEAL_HOST")


@pytest.mark.parametrize(
    "origins",
    [
        "https://app.example.com/",
        "app.example.com",
        "https://App.example.com",
        "https://a.example:443",
        "http://a.example:80",
        "https://a.example, *",
        "https://*.example.com",
        "https://a.example:65536",
        "https://a..b",
        "https://256.1.1.1",
        "https://[::0]",
        "null",
        ",",
    ],
)
def test_what_is_no_origin_is_refused(tmp_path: Path, origins: str) -> None:
    result = CliRunner().invoke(main, ["serve", "--data", str(tmp_path), "--cors-origins", origins])
    assert result.exit_code == 2
    assert "--cors-origins" in result.stderr


def test_a_passphrase_of_the_environment_opens_the_root_key(tmp_path: Path) -> None:
    data, passphrase = tmp_path / "data", {"COUNTERSEAL_PASSPHRASE": "correct horse battery staple"}
    arguments = ["init", "--data", str(data), "--organization", "Home", "--user-name", "ann"]
    assert CliRunner().invoke(main, arguments, env=passphrase).exit_code == 0
    assert "none was given" in serve(data, "--port", "0").stderr
    command = [sys.executable, "-m", "counterseal", "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | passphrase) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("counterseal is ready on http://127.0.0.1:")
        process.terminate()
        assert process.wait(30) == 0


def _wait_until(condition: object, *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _refuses(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False
