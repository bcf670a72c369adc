"""IP allow-lists over sockets: one process and several, behind a proxy that is trusted and one that is not."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest

from counterseal.crypto import sign_stamp
from served import RunningServer, activity_body

Answer = tuple[int, dict[str, Any]]
OFFICE, ELSEWHERE = "192.0.2.7", "198.51.100.7"


def post(server: RunningServer, path: str, body: bytes, forwarded_for: str | None) -> Answer:
    headers = {"X-Stamp": sign_stamp(server.key, body)}
    if forwarded_for is not None:
        headers["X-Forwarded-For"] = forwarded_for
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)) as connection:
        connection.request("POST", path, body, headers)
        with connection.getresponse() as reply:
            return reply.status, json.load(reply)


def submit(server: RunningServer, kind: str, parameters: Any, forwarded_for: str | None) -> Answer:
    body = activity_body(server.organization_id, kind, parameters)
    return post(server, f"/public/v1/submit/{kind.lower()}", body, forwarded_for)


def whoami(server: RunningServer, forwarded_for: str | None) -> Answer:
    body = json.dumps({"organizationId": server.organization_id}).encode()
    return post(server, "/public/v1/query/whoami", body, forwarded_for)


def only(cidr: str) -> dict[str, Any]:
    return {"rules": [{"cidr": cidr}], "enabled": True}


@pytest.mark.parametrize("processes", [1, 2])
def test_a_trusted_proxy_names_the_client(start_on_each_store: Callable[..., RunningServer], processes: int) -> None:
    server = start_on_each_store("--trusted-proxies=127.0.0.1/32", processes=processes)
    assert submit(server, "SET_IP_ALLOWLIST", only("192.0.2.0/24"), OFFICE)[0] == 200
    for _ in range(3 * processes):
        assert whoami(server, OFFICE)[0] == 200
        assert whoami(server, f"{ELSEWHERE}, {OFFICE}")[0] == 200
        for refused in ELSEWHERE, f"{OFFICE}, {ELSEWHERE}", "unknown", None:
            assert whoami(server, refused)[0] == 403, refused
            status, reply = submit(server, "CREATE_USER_TAG", {"userTagName": "one", "userIds": []}, refused)
            assert (status, reply["code"]) == (403, 7), refused
    assert submit(server, "CREATE_USER_TAG", {"userTagName": "one", "userIds": []}, OFFICE)[0] == 200
    assert server.stop() == 0


def test_nobody_else_does(start_on_each_store: Callable[..., RunningServer]) -> None:
    server = start_on_each_store()
    assert submit(server, "SET_IP_ALLOWLIST", only("127.0.0.1"), None)[0] == 200
    assert whoami(server, ELSEWHERE)[0] == 200, "it comes from here, whatever it says"
    assert submit(server, "SET_IP_ALLOWLIST", only("192.0.2.0/24"), None)[0] == 200
    assert whoami(server, OFFICE)[0] == 403


def test_who_has_shut_itself_out_comes_back_by_a_setting(start_on_each_store: Callable[..., RunningServer]) -> None:
    server = start_on_each_store(processes=2)
    assert submit(server, "SET_IP_ALLOWLIST", {"enabled": True}, None)[0] == 200
    assert submit(server, "REMOVE_IP_ALLOWLIST", {}, None)[0] == 403
    server.stop()
    server.start("--no-ip-allowlists")
    assert whoami(server, None)[0] == 200
    assert submit(server, "REMOVE_IP_ALLOWLIST", {}, None)[0] == 200
    server.restart()
    assert whoami(server, None)[0] == 200
