"""Final approvals that arrive together: whatever the number of processes, an activity is carried out once."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from itertools import chain
from typing import Any

import pytest

from at_once import Answer, at_once
from composed import user_params
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, sign_stamp
from served import RunningServer, activity_body

VOTERS = 16
PATH = "/public/v1/submit/create_user_tag"


class Crowd:
    """Users without rights, and a policy by which any two of them may make a user tag."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self.proposer, *self.voters = [generate_key_pair(Curve.P256) for _ in range(VOTERS + 1)]
        users = [user_params(f"voter {at}", key) for at, key in enumerate([self.proposer, *self.voters])]
        assert server.submit("create_users", "CREATE_USERS_V4", {"users": users})[0] == 200
        policy = {
            "policyName": "any two",
            "effect": "EFFECT_ALLOW",
            "condition": "activity.kind == 'CREATE_USER_TAG'",
            "consensus": "approvers.count() >= 2",
            "notes": "",
        }
        assert server.submit("create_policy", "CREATE_POLICY_V3", policy)[0] == 200

    def propose(self, name: str) -> tuple[bytes, dict[str, Any]]:
        """Body and activity of a new tag."""
        body = activity_body(self._server.organization_id, "CREATE_USER_TAG", {"userTagName": name, "userIds": []})
        activity: dict[str, Any] = self.resend(body, self.proposer)[1]["activity"]
        assert activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        return body, activity

    def approve_all_at_once(self, body: bytes, activity: dict[str, Any]) -> list[Answer]:
        """32 final approvals: each voter's by fingerprint, and by the same bytes."""
        ways = ([partial(self.approve, activity, key), partial(self.resend, body, key)] for key in self.voters)
        return at_once(*chain.from_iterable(ways))

    def approve(self, activity: dict[str, Any], key: PrivateKey) -> Answer:
        parameters = {"fingerprint": activity["fingerprint"]}
        return self._server.submit("approve_activity", "APPROVE_ACTIVITY", parameters, key=key)

    def resend(self, body: bytes, key: PrivateKey) -> Answer:
        return self._server.post(PATH, body, sign_stamp(key, body))

    def tag_names(self) -> list[str]:
        return [tag["tagName"] for tag in self._server.query("list_user_tags")[1]["userTags"]]


@pytest.mark.parametrize("processes", [1, 2])
def test_thirty_two_final_approvals_at_once_carry_it_out_once(
    start_on_each_store: Callable[..., RunningServer], processes: int
) -> None:
    server = start_on_each_store(processes=processes)
    crowd = Crowd(server)
    for name in ("first", "second"):
        answers = crowd.approve_all_at_once(*crowd.propose(name))
        assert {status for status, _ in answers} == {200}
        assert {reply["activity"]["status"] for _, reply in answers} == {"ACTIVITY_STATUS_COMPLETED"}
        assert len({json.dumps(reply["activity"]["result"]) for _, reply in answers}) == 1
        assert {len(reply["activity"]["votes"]) for _, reply in answers} == {2}
    assert sorted(crowd.tag_names()) == ["first", "second"]
    server.stop()


@pytest.mark.parametrize("processes", [1, 2])
def test_what_waits_is_there_after_a_kill_and_is_carried_out_once(
    start_on_each_store: Callable[..., RunningServer], processes: int
) -> None:
    server = start_on_each_store(processes=processes)
    crowd = Crowd(server)
    body, activity = crowd.propose("after a kill")
    server.kill()
    server.start()
    answers = crowd.approve_all_at_once(body, activity)
    assert {status for status, _ in answers} == {200}
    server.kill()
    server.start()
    again = crowd.approve_all_at_once(body, activity)
    for answer in answers, again:
        assert len({json.dumps(reply["activity"]["result"]) for _, reply in answer}) == 1
    assert crowd.tag_names() == ["after a kill"]
    evaluations = server.query("get_policy_evaluations", activityId=activity["id"])[1]["policyEvaluations"]
    outcomes = [vote["policyEvaluations"][0]["outcome"] for vote in evaluations]
    assert outcomes == ["OUTCOME_REQUIRES_CONSENSUS", "OUTCOME_ALLOW"]
    server.stop()
