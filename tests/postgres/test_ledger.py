"""Of several processes on one PostgreSQL each may put decisions into the ledger, and it stays one log in one order."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

from served import RunningServer

WITHIN_SECONDS = 3.0


def tag(server: RunningServer, number: int) -> str:
    status, reply = server.submit("create_user_tag", "CREATE_USER_TAG", {"userTagName": f"tag {number}", "userIds": []})
    assert status == 200, reply
    activity_id: str = reply["activity"]["id"]
    return activity_id


def size_of(server: RunningServer) -> int:
    with urlopen(f"{server.url}/counterseal/v1/ledger/checkpoint") as page:
        return int(page.read().split(b"\n")[1])


def command(server: RunningServer, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "counterseal", "ledger", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_what_all_of_them_acknowledge_is_in_it_once(servers: list[RunningServer], tmp_path: Path) -> None:
    before = size_of(servers[0])
    with ThreadPoolExecutor(8) as threads:
        ids = list(threads.map(lambda number: tag(servers[number % 2], number), range(60)))
    servers[0].kill()
    ids.append(tag(servers[1], 60))
    acknowledged = time.monotonic()
    while size_of(servers[1]) < before + len(ids):
        assert time.monotonic() < acknowledged + WITHIN_SECONDS
        time.sleep(0.1)
    assert len(set(ids)) == 61
    assert size_of(servers[1]) == before + len(ids)
    with urlopen(f"{servers[1].url}/.well-known/counterseal") as page:
        key = page.read().decode().split('"ledger":"')[1][:64]
    export = tmp_path / "export.jsonl"
    place = (f"--data={servers[1].data}", f"--database={servers[1].database}")
    command(servers[1], "export", servers[1].organization_id, *place, f"--output={export}")
    content = export.read_text()
    assert content.count('"line":"entry"') == before + len(ids)
    said = command(servers[1], "verify", str(export), f"--key={key}")
    assert f"All {before + len(ids)} entries" in said
