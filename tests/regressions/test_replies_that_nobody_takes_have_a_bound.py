"""Thirty clients that asked for a large page and did not read it took 256 MB of the server's memory, and there was no
bound but that of connections. Now there is one over all of them, and those that have not read for longest go.
"""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from composed import user_params
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from served import RunningServer

READERS = 30
GROWTH_MAX = 96 * 1024 * 1024
"""What is held, what is being made, and what an allocator keeps of it; without a bound it was twice as much."""
HELD_MAX = 8 * 1024 * 1024
PAGE_BYTES = 8 * 1024 * 1024
LIST = "/public/v1/query/list_activities"


def test_thirty_readers_who_do_not_read_take_no_more_than_the_bound(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--log-level=warning", f"--held-reply-bytes-max={HELD_MAX}")
    _fill(server)
    body = json.dumps({"organizationId": server.organization_id, "paginationOptions": {"limit": "100"}}).encode()
    stamp = sign_stamp(server.key, body)
    assert len(json.dumps(server.post(LIST, body, stamp)[1])) > PAGE_BYTES
    before = _resident_bytes(server)
    request = f"POST {LIST} HTTP/1.1\r\nhost: x\r\nx-stamp: {stamp}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    address = urlsplit(server.url)
    with ExitStack() as sockets:
        for _ in range(READERS):
            reader = socket.socket()
            sockets.enter_context(reader)
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.settimeout(30)
            reader.connect((address.hostname, address.port))
            reader.sendall(request + body)
        for _ in range(3):  # what was sent before is answered before
            assert server.query("whoami")[0] == 200
        assert _resident_bytes(server) - before < GROWTH_MAX
    assert server.stop() == 0


def _fill(server: RunningServer) -> None:
    """Activities of some 60 kB, as many as make a page."""
    keys = [generate_key_pair(Curve.P256) for _ in range(100)]
    users = [user_params(f"{number} {'x' * 230}", key) for number, key in enumerate(keys)]
    for number in range(PAGE_BYTES // 60_000):
        parameters = {"subOrganizationName": str(number), "rootUsers": users, "rootQuorumThreshold": 1}
        status, reply = server.submit("create_sub_organization", "CREATE_SUB_ORGANIZATION_V8", parameters)
        assert status == 200, reply


def _resident_bytes(server: RunningServer) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())
    assert found
    return int(found[1]) * 1024
