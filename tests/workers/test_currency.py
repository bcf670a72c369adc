"""Several workers are one server: what one of them has acknowledged, all of them know."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import pytest

from at_once import at_once
from composed import key_params, user_params
from counterseal.crypto import Curve, PrivateKey, generate_key_pair
from served import RunningServer, activity_body
from workers.connections import Connection, connections_to_all_workers, worker_of

APPROVE = "/public/v1/submit/approve_activity"


@pytest.fixture(scope="module")
def server(start_server: Callable[..., RunningServer]) -> Iterator[RunningServer]:
    made = start_server("--workers=2")
    yield made
    assert made.stop() == 0


@pytest.fixture(scope="module")
def connections(server: RunningServer) -> Iterator[list[Connection]]:
    with connections_to_all_workers(server, at_least=32) as made:
        yield made


def workers_of(server: RunningServer, connections: Sequence[Connection]) -> set[int]:
    """Who answered the last request of each."""
    return {worker_of(server, connection.request_ids[-1]) for connection in connections}


def add_key(server: RunningServer, connection: Connection) -> tuple[str, PrivateKey]:
    key = generate_key_pair(Curve.P256)
    parameters = {"userId": server.user_id, "apiKeys": [key_params(key)]}
    status, reply = connection.submit("CREATE_API_KEYS_V2", "create_api_keys", parameters)
    assert status == 200, reply
    return reply["activity"]["result"]["createApiKeysResult"]["apiKeyIds"][0], key


def test_a_key_made_by_one_worker_serves_at_all_and_once_deleted_at_none(
    server: RunningServer, connections: list[Connection]
) -> None:
    for deleting in connections[:8]:
        key_id, key = add_key(server, connections[-1])
        for connection in connections:
            assert connection.query("whoami", key=key)[0] == 200
        assert len(workers_of(server, connections)) == 2
        parameters = {"userId": server.user_id, "apiKeyIds": [key_id]}
        assert deleting.submit("DELETE_API_KEYS", "delete_api_keys", parameters)[0] == 200
        answers = [connection.query("whoami", key=key) for connection in connections]
        assert {status for status, _ in answers} == {401}
        assert len(workers_of(server, connections)) == 2


def test_every_worker_writes_and_every_worker_shows_it(server: RunningServer, connections: list[Connection]) -> None:
    made = []
    for at, connection in enumerate(connections):
        parameters = {"userTagName": f"by connection {at}", "userIds": []}
        status, reply = connection.submit("CREATE_USER_TAG", "create_user_tag", parameters)
        assert status == 200, reply
        made.append(reply["activity"])
    assert len(workers_of(server, connections)) == 2
    for activity, connection in zip(made, reversed(connections), strict=True):
        assert connection.query("get_activity", activityId=activity["id"]) == (200, {"activity": activity})
    assert len(workers_of(server, connections)) == 2


def test_refusals_of_the_writing_process_are_told_as_they_are(
    server: RunningServer, connections: list[Connection]
) -> None:
    taken = generate_key_pair(Curve.P256)
    parameters = {"userId": server.user_id, "apiKeys": [key_params(taken)]}
    assert connections[0].submit("CREATE_API_KEYS_V2", "create_api_keys", parameters)[0] == 200
    answers = [connection.submit("CREATE_API_KEYS_V2", "create_api_keys", parameters) for connection in connections]
    assert len(workers_of(server, connections)) == 2
    assert {status for status, _ in answers} == {409}
    assert len({json.dumps(reply) for _, reply in answers}) == 1


def test_thirty_two_identical_posts_are_one_activity(server: RunningServer, connections: list[Connection]) -> None:
    parameters = {"users": [user_params("only", generate_key_pair(Curve.P256))]}
    body = activity_body(server.organization_id, "CREATE_USERS_V4", parameters)
    path = "/public/v1/submit/create_users"
    answers = at_once(*[partial(each.post, path, body, server.key) for each in connections])
    assert {status for status, _ in answers} == {200}
    assert len({json.dumps(reply, sort_keys=True) for _, reply in answers}) == 1
    assert len(workers_of(server, connections)) == 2
    names = Counter(user["userName"] for user in connections[0].query("list_users")[1]["users"])
    assert names["only"] == 1


def test_of_racing_final_approvals_one_carries_it_out(server: RunningServer, connections: list[Connection]) -> None:
    voters = [generate_key_pair(Curve.P256) for _ in range(3)]
    parameters: dict[str, Any] = {
        "subOrganizationName": "two of three",
        "rootUsers": [user_params(f"voter {at}", key) for at, key in enumerate(voters)],
        "rootQuorumThreshold": 2,
    }
    _, reply = connections[0].submit("CREATE_SUB_ORGANIZATION_V8", "create_sub_organization", parameters)
    organization_id = reply["activity"]["result"]["createSubOrganizationResultV8"]["subOrganizationId"]
    by_worker: dict[int, Connection] = {}
    for connection in connections:
        by_worker.setdefault(worker_of(server, connection.request_ids[0]), connection)
    one, other = by_worker.values()
    for turn in range(10):
        tag = activity_body(organization_id, "CREATE_USER_TAG", {"userTagName": f"tag {turn}", "userIds": []})
        status, reply = one.post("/public/v1/submit/create_user_tag", tag, voters[0])
        assert (status, reply["activity"]["status"]) == (200, "ACTIVITY_STATUS_CONSENSUS_NEEDED")
        vote = activity_body(organization_id, "APPROVE_ACTIVITY", {"fingerprint": reply["activity"]["fingerprint"]})
        answers = at_once(partial(one.post, APPROVE, vote, voters[1]), partial(other.post, APPROVE, vote, voters[2]))
        completed = [reply["activity"] for status, reply in answers if status == 200]
        assert completed
        assert {each["status"] for each in completed} == {"ACTIVITY_STATUS_COMPLETED"}
        assert len({json.dumps(each["result"]) for each in completed}) == 1
        tags = one.query("list_user_tags", key=voters[0], organizationId=organization_id)[1]["userTags"]
        assert len(tags) == turn + 1
