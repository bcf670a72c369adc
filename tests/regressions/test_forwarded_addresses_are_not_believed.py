"""uvicorn believes X-Forwarded-For from 127.0.0.1 unless told otherwise: then any local client could choose the address
that rate limits and logs go by. Only ``--trusted-proxies`` says whom to believe.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from urllib.parse import urlsplit

from counterseal.crypto import sign_stamp
from served import RunningServer


def test_a_client_cannot_choose_its_address(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--requests-per-second=2")
    body = json.dumps({"organizationId": server.organization_id}).encode()
    statuses = []
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)) as connection:
        for number in range(12):  # each request claims another address, all of them share one bucket
            headers = {"X-Stamp": sign_stamp(server.key, body), "X-Forwarded-For": f"10.0.0.{number}"}
            connection.request("POST", "/public/v1/query/whoami", body, headers)
            with connection.getresponse() as reply:
                reply.read()
                statuses.append(reply.status)
    assert 429 in statuses
    assert set(statuses) <= {200, 429}
