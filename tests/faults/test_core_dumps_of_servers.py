"""A server that crashes leaves no core, in which there would be the secrets that it has open: neither of its processes.

What would be looked for in a core cannot be, because there is none; that one would be written otherwise is shown first.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from served import RunningServer
from wallet_samples import ETHEREUM

PATIENCE_SECONDS = 30
CRASHING = "import os; os.abort()"


@pytest.fixture(autouse=True)
def cores_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As much as this process may let its children write, in a directory of their own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    monkeypatch.chdir(tmp_path)
    yield
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def ended(pid: int) -> int:
    """How a child has ended: ``os.CLD_DUMPED`` with a core, ``os.CLD_KILLED`` without. It is still to be waited for."""
    told = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert told is not None
    assert told.si_status == signal.SIGABRT
    return told.si_code


def require_cores() -> None:
    """Skip where the kernel writes none of any process: nothing would be shown."""
    Path("elsewhere").mkdir()
    with subprocess.Popen([sys.executable, "-c", CRASHING], stderr=subprocess.DEVNULL, cwd="elsewhere") as child:
        if ended(child.pid) != os.CLD_DUMPED:
            pytest.skip("this machine writes no core of any process")


def test_a_server_that_crashes_while_keys_are_opened_leaves_none(running_server: RunningServer) -> None:
    require_cores()
    parameters = {"walletName": "w", "accounts": [ETHEREUM]}
    status, reply = running_server.submit("create_wallet", "CREATE_WALLET", parameters)
    assert status == 200, reply
    address = reply["activity"]["result"]["createWalletResult"]["addresses"][0]
    digest = {"encoding": "PAYLOAD_ENCODING_HEXADECIMAL", "hashFunction": "HASH_FUNCTION_NO_OP"}
    signed = {"signWith": address, "payload": "11" * 32} | digest
    assert running_server.submit("sign_raw_payload", "SIGN_RAW_PAYLOAD_V2", signed)[0] == 200
    os.kill(running_server.pid, signal.SIGABRT)
    assert ended(running_server.pid) == os.CLD_KILLED
    running_server.wait()
    assert not [*Path().glob("core*")]


def test_a_worker_and_the_writer_leave_none(running_server: RunningServer) -> None:
    require_cores()
    running_server.stop()
    running_server.start("--workers=2")
    writer = running_server.pid
    children = Path(f"/proc/{writer}/task/{writer}/children").read_text("utf-8").split()
    assert len(children) >= 2
    for worker in children:
        status = Path(f"/proc/{worker}/limits").read_text("utf-8")
        assert "Max core file size        0                    0 " in status
    os.kill(writer, signal.SIGABRT)
    assert ended(writer) == os.CLD_KILLED
    running_server.wait()
    assert not [*Path().glob("core*")]
