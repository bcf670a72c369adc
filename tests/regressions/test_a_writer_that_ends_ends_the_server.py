"""When the writing task had ended by a fault, the process went on: it refused every write, and with workers ``/readyz``
stayed green. Now whoever waits is answered, the log says why, and the server ends with exit code 1, so that a service
manager starts it again.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from served import RunningServer
from workers.connections import is_running, worker_pids

BROKEN = """
import os, sys
if "serve" in sys.orig_argv:
    from counterseal.engine.writer import Writer
    decide = Writer._decide_waiting

    async def broken(self):
        if os.path.exists(os.environ["BREAK_THE_WRITER"]):
            raise RuntimeError("nobody has foreseen this")
        await decide(self)

    Writer._decide_waiting = broken
"""


@pytest.fixture
def trigger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Once this file is there the writer of a server that is started from now on ends by a fault."""
    (tmp_path / "sitecustomize.py").write_text(BROKEN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("BREAK_THE_WRITER", str(tmp_path / "trigger"))
    return tmp_path / "trigger"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_writer_that_ends_ends_the_server(
    start_server: Callable[..., RunningServer], trigger: Path, workers: int
) -> None:
    server = start_server(f"--workers={workers}")
    assert _write(server, 0) == 200
    started = worker_pids(server)
    trigger.touch()
    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(lambda number: _write(server, number), range(1, 65)))
    assert 503 in answers
    assert set(answers) <= {503, None}, "nobody waits, and nobody is told that a write was done"
    assert server.wait() == 1
    assert not any(map(is_running, started))
    (ended,) = server.events("writer ended")
    assert "nobody has foreseen this" in ended["exception"]
    assert "the writer has ended by a fault" in server.log.read_text()
    trigger.unlink()
    server.start(f"--workers={workers}")
    assert _write(server, 100) == 200
    assert server.stop() == 0


def _write(server: RunningServer, number: int) -> int | None:
    """The status of a write; None if the server has hung up, or is gone."""
    try:
        return server.submit("create_user_tag", "CREATE_USER_TAG", {"userTagName": str(number), "userIds": []})[0]
    except (OSError, HTTPException):
        return None


def test_a_task_of_the_supervisor_that_ends_ends_the_server(tmp_path: Path) -> None:
    """Without its dispatcher, say, a server of workers would listen for ever and take nobody."""
    data = tmp_path / "data"
    command = [sys.executable, "-m", "counterseal"]
    init = [*command, "init", f"--data={data}", "--organization=A", "--user-name=root", "--json"]
    json.loads(subprocess.run(init, capture_output=True, check=True).stdout)
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nif 'serve' in sys.orig_argv:\n    from counterseal.cli.dispatch import Dispatcher\n"
        "    Dispatcher._pass_on = None\n"
    )
    serve = [*command, "serve", f"--data={data}", "--port=0", "--workers=2"]
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    with subprocess.Popen(serve, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        host, port = server.stdout.readline().split("//")[1].strip().split(":")
        with socket.create_connection((host, int(port)), timeout=30):
            assert server.wait(60) == 1
        said = server.stderr.read()
    assert '"event":"supervisor failed"' in said
    assert "the supervisor has ended by a fault" in said
