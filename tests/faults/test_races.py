"""Many clients at once, over real connections to a real server."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from at_once import Answer, at_once
from composed import key_params, user_params
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, sign_stamp
from served import RunningServer, activity_body


@pytest.fixture(scope="module", params=[1, 2])
def server(
    request: pytest.FixtureRequest, start_on_each_store: Callable[..., RunningServer]
) -> Iterator[RunningServer]:
    """Of one process, and of two."""
    made = start_on_each_store(processes=request.param)
    yield made
    made.stop()


def add_user(server: RunningServer, name: str) -> tuple[str, PrivateKey]:
    key = generate_key_pair(Curve.P256)
    status, reply = server.submit("create_users", "CREATE_USERS_V4", {"users": [user_params(name, key)]})
    assert status == 200, reply
    return reply["activity"]["result"]["createUsersResult"]["userIds"][0], key


def user_names(server: RunningServer) -> Counter[str]:
    return Counter(user["userName"] for user in server.query("list_users")[1]["users"])


def test_thirty_two_identical_posts_are_one_activity_with_one_effect(server: RunningServer) -> None:
    body = activity_body(
        server.organization_id, "CREATE_USERS_V4", {"users": [user_params("only", generate_key_pair(Curve.P256))]}
    )
    path = "/public/v1/submit/create_users"
    answers = at_once(*[lambda: server.post(path, body, sign_stamp(server.key, body))] * 32)
    assert {status for status, _ in answers} == {200}
    assert len({json.dumps(reply, sort_keys=True) for _, reply in answers}) == 1
    assert len(answers[0][1]["activity"]["votes"]) == 1
    assert user_names(server)["only"] == 1


def test_different_bodies_at_once_are_all_carried_out_once(server: RunningServer) -> None:
    keys = [generate_key_pair(Curve.P256) for _ in range(24)]
    bodies = [
        activity_body(server.organization_id, "CREATE_USERS_V4", {"users": [user_params("many", key)]}) for key in keys
    ]
    path = "/public/v1/submit/create_users"
    answers = at_once(*[lambda body=body: server.post(path, body, sign_stamp(server.key, body)) for body in bodies])
    assert {status for status, _ in answers} == {200}
    assert user_names(server)["many"] == 24


def test_one_public_key_for_many_users_at_once_goes_to_one_of_them(server: RunningServer) -> None:
    key = generate_key_pair(Curve.P256)
    bodies = [
        activity_body(server.organization_id, "CREATE_USERS_V4", {"users": [user_params(f"rival {at}", key)]})
        for at in range(16)
    ]
    path = "/public/v1/submit/create_users"
    answers = at_once(*[lambda body=body: server.post(path, body, sign_stamp(server.key, body)) for body in bodies])
    assert Counter(status for status, _ in answers) == {200: 1, 409: 15}


class Council:
    """A sub-organization whose root quorum is two of three."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self.voters = [generate_key_pair(Curve.P256) for _ in range(3)]
        parameters = {
            "subOrganizationName": "two of three",
            "rootUsers": [user_params(f"voter {at}", key) for at, key in enumerate(self.voters)],
            "rootQuorumThreshold": 2,
        }
        _, reply = server.submit("create_sub_organization", "CREATE_SUB_ORGANIZATION_V8", parameters)
        result = reply["activity"]["result"]["createSubOrganizationResultV8"]
        self.organization_id: str = result["subOrganizationId"]

    def propose(self) -> tuple[bytes, dict[str, Any]]:
        """Body and activity of a new user that the first voter asks for."""
        parameters = {"users": [user_params("new", generate_key_pair(Curve.P256))]}
        body = activity_body(self.organization_id, "CREATE_USERS_V4", parameters)
        activity = self.resend(body, self.voters[0])[1]["activity"]
        assert activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        return body, activity

    def resend(self, body: bytes, key: PrivateKey) -> Answer:
        return self._server.post("/public/v1/submit/create_users", body, sign_stamp(key, body))

    def vote(self, how: str, activity: dict[str, Any], key: PrivateKey) -> Answer:
        parameters = {"fingerprint": activity["fingerprint"]}
        path, members = f"{how.lower()}_activity", {"organizationId": self.organization_id}
        return self._server.submit(path, f"{how}_ACTIVITY", parameters, key=key, **members)

    def new_users(self) -> int:
        """How many of the users asked for are there."""
        users = self._server.query("list_users", organizationId=self.organization_id)[1]["users"]
        return Counter(user["userName"] for user in users)["new"]


def test_racing_final_approvals_carry_it_out_once(server: RunningServer) -> None:
    council = Council(server)
    for _ in range(5):
        body, activity = council.propose()
        calls: list[Callable[[], Answer]] = []
        for key in council.voters[1:] * 4:
            calls.append(partial(council.vote, "APPROVE", activity, key))
            calls.append(partial(council.resend, body, key))
        answers = at_once(*calls)
        assert {status for status, _ in answers} == {200}
        assert {reply["activity"]["status"] for _, reply in answers} == {"ACTIVITY_STATUS_COMPLETED"}
        assert len({json.dumps(reply["activity"]["result"]) for _, reply in answers}) == 1
        assert {len(reply["activity"]["votes"]) for _, reply in answers} == {2}
    assert council.new_users() == 5


def test_approval_against_rejection_has_one_outcome(server: RunningServer) -> None:
    council, done = Council(server), 0
    for _ in range(6):
        _, proposed = council.propose()
        at_once(
            partial(council.vote, "APPROVE", proposed, council.voters[1]),
            partial(council.vote, "REJECT", proposed, council.voters[2]),
        )
        activity = server.query("get_activity", activityId=proposed["id"])[1]["activity"]
        assert activity["status"] in ("ACTIVITY_STATUS_COMPLETED", "ACTIVITY_STATUS_REJECTED")
        assert len(activity["votes"]) == 2
        done += activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert council.new_users() == done


def test_a_key_that_is_deleted_stops_at_once_for_everybody(server: RunningServer) -> None:
    user_id, old = add_user(server, "leaver")
    new = generate_key_pair(Curve.P256)
    server.submit("create_api_keys", "CREATE_API_KEYS_V2", {"userId": user_id, "apiKeys": [key_params(new)]}, key=old)
    keys = server.query("get_api_keys", userId=user_id)[1]["apiKeys"]
    old_id = next(key["apiKeyId"] for key in keys if key["credential"]["publicKey"] == old.public_key.hex())
    deleted = threading.Event()
    late_successes: list[Answer] = []

    def use() -> Answer:
        while True:
            was_deleted = deleted.is_set()
            expiring = {"userId": user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256), seconds=60)]}
            answer = server.submit("create_api_keys", "CREATE_API_KEYS_V2", expiring, key=old)
            if answer[0] != 200:
                return answer
            if was_deleted:
                late_successes.append(answer)

    def delete() -> Answer:
        gone = {"userId": user_id, "apiKeyIds": [old_id]}
        answer = server.submit("delete_api_keys", "DELETE_API_KEYS", gone, key=new)
        deleted.set()
        return answer

    (delete_status, _), *uses = at_once(delete, *[use] * 8)
    assert delete_status == 200
    assert late_successes == []
    assert {(status, reply["turnkeyErrorCode"]) for status, reply in uses} == {(401, "PUBLIC_KEY_NOT_FOUND")}


def test_nobody_ever_sees_an_eleventh_expiring_key(server: RunningServer) -> None:
    user_id, key = add_user(server, "busy")

    def create() -> Answer:
        expiring = key_params(generate_key_pair(Curve.P256), seconds=3600)
        return server.submit(
            "create_api_keys", "CREATE_API_KEYS_V2", {"userId": user_id, "apiKeys": [expiring]}, key=key
        )

    def look() -> Answer:
        return server.query("get_api_keys", userId=user_id)

    answers = at_once(*[create] * 20, *[look] * 10)
    assert {status for status, _ in answers} == {200}
    looks = [*(reply for _, reply in answers[20:]), look()[1]]
    counts = [sum("expirationSeconds" in each for each in reply["apiKeys"]) for reply in looks]
    assert max(counts) == counts[-1] == 10
    # each activity shows its voter as of that very version: no version had more than ten
    listed = server.query("list_activities", key=key, paginationOptions={"limit": "30"})[1]["activities"]
    seen = [vote["user"]["apiKeys"] for each in listed for vote in each["votes"] if vote["userId"] == user_id]
    assert len(seen) >= 20
    assert max(sum("expirationSeconds" in each for each in keys) for keys in seen) <= 10
