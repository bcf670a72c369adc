"""What was acknowledged is in the ledger whatever happens to the server; and an older back-up is seen to be one."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from counterseal.data_directory import CHECKPOINT_FILE, STORE_FILE
from served import RunningServer

WITHIN_SECONDS = 2.0


def tags(server: RunningServer, *numbers: int) -> list[str]:
    """Activities that were acknowledged."""
    made = [
        server.submit("create_user_tag", "CREATE_USER_TAG", {"userTagName": f"tag {number}", "userIds": []})
        for number in numbers
    ]
    return [reply["activity"]["id"] for _, reply in made]


def in_ledger(server: RunningServer) -> tuple[list[str], int]:
    """The activities of its entries in their order, and how many entries have been signed."""
    with closing(sqlite3.connect(server.data / STORE_FILE)) as store:
        ids = store.execute("SELECT lower(hex(activity_id)) FROM ledger_entries WHERE kind = 'ACTIVITY' ORDER BY seq")
        found = [id_ for (id_,) in ids]
        ((checkpoint,),) = store.execute("SELECT checkpoint FROM ledger_logs ORDER BY log DESC LIMIT 1").fetchall()
    return found, int(checkpoint.split(b"\n")[1]) if checkpoint else 0


def plain(ids: list[str]) -> list[str]:
    return [id_.replace("-", "") for id_ in ids]


def test_what_is_acknowledged_is_signed_within_two_seconds(running_server: RunningServer) -> None:
    ids = tags(running_server, *range(3))
    acknowledged = time.monotonic()
    while in_ledger(running_server) != (plain(ids), 4):
        assert time.monotonic() < acknowledged + WITHIN_SECONDS
        time.sleep(0.05)


def test_nothing_acknowledged_is_missing_after_a_kill(running_server: RunningServer) -> None:
    ids: list[str] = []
    for attempt in range(3):
        ids += tags(running_server, *range(attempt * 10, attempt * 10 + 6))
        time.sleep(0.17 * attempt)
        running_server.kill()
        running_server.start()
    running_server.stop()  # which puts in what there is
    found, _ = in_ledger(running_server)
    assert found == plain(ids)


def test_an_older_back_up_is_not_served(running_server: RunningServer, tmp_path: Path) -> None:
    tags(running_server, 1)
    running_server.stop()
    older = shutil.copy(running_server.data / STORE_FILE, tmp_path / "older.db")
    running_server.start()
    tags(running_server, 2)
    time.sleep(WITHIN_SECONDS)
    running_server.stop()
    shutil.copy(older, running_server.data / STORE_FILE)
    command = [sys.executable, "-m", "counterseal"]
    place = ["--data", str(running_server.data)]
    refused = subprocess.run([*command, "serve", "--port=0", *place], capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "this is an older state of the store" in refused.stderr
    assert "`counterseal ledger continue-after-restore`" in refused.stderr
    again = subprocess.run([*command, "ledger", "continue-after-restore", *place], capture_output=True, check=True)
    assert b"/2. Start the server." in again.stdout
    running_server.start()
    (id_,) = tags(running_server, 3)
    running_server.stop()
    found, _ = in_ledger(running_server)
    assert found[-1:] == plain([id_])
    assert (running_server.data / CHECKPOINT_FILE).read_text().split("\n")[0].endswith("/2")
