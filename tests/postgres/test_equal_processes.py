"""Several processes on one PostgreSQL answer as one server."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

from counterseal.crypto import Curve, PrivateKey, generate_key_pair, sign_stamp
from served import RunningServer, activity_body

KEYS = ("create_api_keys", "CREATE_API_KEYS_V2")
REVOKE = ("delete_api_keys", "DELETE_API_KEYS")


def new_key(server: RunningServer) -> tuple[PrivateKey, dict[str, object]]:
    key = generate_key_pair(Curve.P256)
    passing = described(key) | {"expirationSeconds": "3600"}  # of those that never expire a user has ten
    return key, {"userId": server.user_id, "apiKeys": [passing]}


def described(key: PrivateKey) -> dict[str, str]:
    return {"apiKeyName": "key", "publicKey": key.public_key.hex(), "curveType": "API_KEY_CURVE_P256"}


def added(server: RunningServer) -> tuple[PrivateKey, str]:
    key, parameters = new_key(server)
    status, reply = server.submit(*KEYS, parameters)
    assert status == 200, reply
    (key_id,) = reply["activity"]["result"]["createApiKeysResult"]["apiKeyIds"]
    return key, key_id


def test_what_one_commits_the_other_knows_at_the_next_request(servers: list[RunningServer]) -> None:
    one, other = servers
    for _ in range(5):
        key, key_id = added(one)
        assert other.query("whoami", key=key)[0] == 200
        assert other.submit(*REVOKE, {"userId": one.user_id, "apiKeyIds": [key_id]})[0] == 200
        status, reply = one.query("whoami", key=key)
        assert (status, reply["turnkeyErrorCode"]) == (401, "PUBLIC_KEY_NOT_FOUND")
        status, reply = one.submit(*KEYS, new_key(one)[1], key=key)
        assert (status, reply["turnkeyErrorCode"]) == (401, "PUBLIC_KEY_NOT_FOUND")


def test_the_same_bytes_at_once_everywhere_are_one_activity(servers: list[RunningServer]) -> None:
    body = activity_body(servers[0].organization_id, KEYS[1], new_key(servers[0])[1])
    stamp = sign_stamp(servers[0].key, body)

    def send(number: int) -> tuple[int, dict[str, dict[str, str]]]:
        return servers[number % 2].post(f"/public/v1/submit/{KEYS[0]}", body, stamp)

    with ThreadPoolExecutor(16) as threads:
        replies = list(threads.map(send, range(32)))
    assert {status for status, _ in replies} == {200}
    assert len({reply["activity"]["id"] for _, reply in replies}) == 1
    assert len({json.dumps(reply["activity"]["result"]) for _, reply in replies}) == 1


def test_writes_to_one_organization_from_all_sides_are_all_done_once(servers: list[RunningServer]) -> None:
    def add(number: int) -> str:
        parameters = {"userTagName": f"tag {number}", "userIds": [servers[0].user_id]}
        status, reply = servers[number % 2].submit("create_user_tag", "CREATE_USER_TAG", parameters)
        assert status == 200, reply
        tag_id: str = reply["activity"]["result"]["createUserTagResult"]["userTagId"]
        return tag_id

    with ThreadPoolExecutor(16) as threads:
        ids = list(threads.map(add, range(60)))
    for server in servers:
        assert sorted(server.query("get_user", userId=server.user_id)[1]["user"]["userTags"]) == sorted(set(ids))
        shown = [activity["id"] for activity in server.query("list_activities")[1]["activities"]]
        assert len(shown) == len(set(shown))


def test_a_server_that_starts_again_finds_everything(servers: list[RunningServer]) -> None:
    key, _ = added(servers[0])
    servers[0].kill()
    assert servers[1].query("whoami", key=key)[0] == 200
    servers[0].start()
    assert servers[0].query("whoami", key=key)[0] == 200


def test_of_votes_at_once_on_all_sides_each_counts_and_the_activity_is_carried_out_once(
    servers: list[RunningServer],
) -> None:
    one, other = servers
    voters = [(generate_key_pair(Curve.P256), name) for name in ("ann", "bob")]
    new = [
        {"userName": name, "apiKeys": [described(key)], "authenticators": [], "oauthProviders": [], "userTags": []}
        for key, name in voters
    ]
    made = one.submit("create_users", "CREATE_USERS_V4", {"users": new})[1]
    ids = made["activity"]["result"]["createUsersResult"]["userIds"]
    quorum = {"threshold": 2, "userIds": [one.user_id, *ids]}
    assert other.submit("update_root_quorum", "UPDATE_ROOT_QUORUM", quorum)[0] == 200
    with ThreadPoolExecutor(4) as threads:
        for number in range(10):
            parameters = {"userTagName": f"tag {number}", "userIds": []}
            _, reply = servers[number % 2].submit("create_user_tag", "CREATE_USER_TAG", parameters)
            assert reply["activity"]["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
            target = {"fingerprint": reply["activity"]["fingerprint"]}

            def vote(
                by: tuple[RunningServer, PrivateKey], target: dict[str, str] = target
            ) -> tuple[int, dict[str, dict[str, object]]]:
                return by[0].submit("approve_activity", "APPROVE_ACTIVITY", target, key=by[1])

            votes = list(threads.map(vote, [(one, voters[0][0]), (other, voters[1][0])]))
            assert [status for status, _ in votes] == [200, 200]
            assert {str(reply["activity"]["status"]) for _, reply in votes} == {"ACTIVITY_STATUS_COMPLETED"}
            assert len({json.dumps(reply["activity"]["result"]) for _, reply in votes}) == 1
    tags = one.query("list_user_tags")[1]["userTags"]
    assert sorted(each["tagName"] for each in tags) == [f"tag {number}" for number in range(10)]
