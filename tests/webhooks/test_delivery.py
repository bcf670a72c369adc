"""Events arrive at receivers on real sockets: in order, at least once, whatever becomes of servers and receivers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from postgres_server import PostgresServer
from receiver import Receiver
from served import RunningServer

PRIVATE = "--private-webhooks"
UPDATES = {"eventType": "ACTIVITY_UPDATES"}


def subscribe(server: RunningServer, url: str, name: str = "hook") -> str:
    status, reply = server.submit(
        "create_webhook_endpoint",
        "CREATE_WEBHOOK_ENDPOINT",
        {"url": url, "name": name, "subscriptions": [UPDATES]},
    )
    assert status == 200, reply
    endpoint_id: str = reply["activity"]["result"]["createWebhookEndpointResult"]["endpointId"]
    return endpoint_id


def tag(server: RunningServer, name: str) -> str:
    """Something that happens: the id of its activity."""
    status, reply = server.submit("create_user_tag", "CREATE_USER_TAG", {"userTagName": name, "userIds": []})
    assert status == 200, reply
    activity_id: str = reply["activity"]["id"]
    return activity_id


def ids_of(received: list[Any]) -> list[str]:
    return [each.activity["id"] for each in received]


def without_repeats(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found


def test_what_happens_is_told_in_order(start_on_each_store: Callable[..., RunningServer], receiver: Receiver) -> None:
    server = start_on_each_store(PRIVATE)
    subscribe(server, receiver.url + "/hook?a=b")
    expected = [tag(server, f"tag {number}") for number in range(20)]
    received = receiver.wait(20, "/hook?a=b")
    assert ids_of(received) == expected
    first = received[0]
    assert first.headers["host"] == receiver.url.removeprefix("http://")
    assert first.headers["x-turnkey-organization-id"] == server.organization_id
    assert first.headers["x-turnkey-event-type"] == "ACTIVITY_UPDATES"
    assert first.headers["user-agent"].startswith("counterseal-webhook/")
    assert first.activity["organizationId"] == server.organization_id
    assert len({each.event_id for each in received}) == 20


def test_one_that_hangs_holds_up_nobody(start_on_each_store: Callable[..., RunningServer], receiver: Receiver) -> None:
    """Neither another receiver nor a submission waits for one that does not answer."""
    server = start_on_each_store(PRIVATE)
    free = threading.Event()
    receiver.answer = lambda got: 204 if got.path == "/fast" or free.wait(30) else 500
    subscribe(server, receiver.url + "/slow", "slow")
    subscribe(server, receiver.url + "/fast", "fast")
    began = time.monotonic()
    expected = [tag(server, f"tag {number}") for number in range(10)]
    received = receiver.wait(10, "/fast")
    assert time.monotonic() - began < 8  # less than one try of the other takes
    assert ids_of(received) == expected
    assert receiver.at("/slow") == []
    free.set()


def test_nothing_is_lost_when_the_server_is_killed(
    start_on_each_store: Callable[..., RunningServer], receiver: Receiver
) -> None:
    """All its processes, in the middle of deliveries, again and again: what was acknowledged arrives, in order."""
    server = start_on_each_store(PRIVATE, processes=2)
    subscribe(server, receiver.url + "/")
    receiver.answer = lambda _: time.sleep(0.05) or 204
    expected: list[str] = []
    for round_ in range(2):
        expected += [tag(server, f"tag {round_} {number}") for number in range(12)]
        server.kill()
        server.start(PRIVATE)
    deadline = time.monotonic() + 60
    while without_repeats(ids_of(receiver.at("/"))) != expected:
        assert time.monotonic() < deadline, (expected, ids_of(receiver.at("/")))
        time.sleep(0.1)


def test_equal_processes_send_each_event_once_and_follow_one_another(
    postgres: PostgresServer, tmp_path: Path, receiver: Receiver
) -> None:
    """Whichever takes a submission: one of them follows. When it is killed, another goes on."""
    first = RunningServer(tmp_path / "data", tmp_path / "log-0", database=postgres.new_database())
    second = first.another(tmp_path / "log-1")
    try:
        for server in (first, second):
            server.start(PRIVATE)
        subscribe(second, receiver.url + "/")
        expected = [tag((first, second)[number % 2], f"tag {number}") for number in range(30)]
        assert ids_of(receiver.wait(30)) == expected
        time.sleep(1)
        assert ids_of(receiver.at("/")) == expected
        first.kill()  # it was there first, and follows
        expected += [tag(second, "later")]
        assert without_repeats(ids_of(receiver.wait(31, seconds=40))) == expected
    finally:
        for server in (first, second):
            server.stop()
