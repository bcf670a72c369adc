"""``/%6detrics``, ``//metrics`` and ``/public%2fv1%2fquery%2fwhoami`` were routed like what they stand for, so that a
proxy which keeps ``/metrics`` from strangers let them pass. Now a path is its exact bytes.
"""

from __future__ import annotations

import http.client
import json
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from counterseal.crypto import sign_stamp
from served import RunningServer

NOT_FOUND = {"code": 5, "message": "Not Found", "details": [], "turnkeyErrorCode": ""}
OTHERS = [
    *["/%6detrics", "//metrics", "/./metrics", "/metrics/", "/metrics?", "/metrics?x", "/metrics;x", "/METRICS"],
    *["http://x//metrics", "http://x/%6detrics", "/%2emetrics/../metrics", "/livez/%2e%2e/metrics"],
    *["/public%2fv1%2fquery%2fwhoami", "/public/v1/query/whoam%69", "/public/v1//query/whoami", "*"],
]


def ask(server: RunningServer, method: str, target: str) -> tuple[int, bytes]:
    body = json.dumps({"organizationId": server.organization_id}).encode() if method == "POST" else None
    headers = {"X-Stamp": sign_stamp(server.key, body)} if body else {}
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)) as connection:
        connection.request(method, target, body, headers)
        reply = connection.getresponse()
        return reply.status, reply.read()


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_spelling_is_another_path(running_server: RunningServer, method: str) -> None:
    for target in OTHERS:
        status, body = ask(running_server, method, target)
        assert (status, json.loads(body)) == (404, NOT_FOUND), target


def test_a_whole_address_is_a_target(running_server: RunningServer) -> None:
    assert ask(running_server, "GET", "http://elsewhere.example/livez") == (200, b'{"status":"live"}')
    assert ask(running_server, "POST", "http://elsewhere.example/public/v1/query/whoami")[0] == 200


def test_a_fragment_is_no_part_of_a_target(running_server: RunningServer) -> None:
    status, body = ask(running_server, "GET", "/metrics#x")
    assert (status, json.loads(body)["message"]) == (400, "malformed request target: found a fragment, expected a path")
