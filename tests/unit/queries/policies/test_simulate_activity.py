"""simulate_activity: what would happen, without its happening."""

from __future__ import annotations

import json

from composed import ComposedServer, user_params
from office import Office, status_of


def tag_body(office: Office, name: str = "simulated", **members: object) -> bytes:
    return office.server.activity_body("CREATE_USER_TAG", {"userTagName": name, "userIds": []}, **members)


async def activities(office: Office) -> int:
    return len((await office.server.query("list_activities", paginationOptions={"limit": "100"})).json["activities"])


async def test_it_says_what_a_live_submission_then_does_and_stores_nothing(office: Office) -> None:
    policy = await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    body, before = tag_body(office), await activities(office)
    said = (await office.simulate(body, by=office.agent)).json
    assert said["outcome"] == "OUTCOME_REQUIRES_CONSENSUS"
    assert said["reason"] == "a policy allows it once its consensus is reached"
    assert said["policyEvaluations"] == [{"policyId": policy, "outcome": "OUTCOME_REQUIRES_CONSENSUS"}]
    assert set(said["mayApprove"]) == {office.ann.user_id, office.bob.user_id, office.root.user_id}
    (trace,) = said["traces"]
    assert trace["policyId"] == policy
    assert trace["missing"] == [office.ann.user_id]
    assert "consensus: " in trace["blame"][0]
    assert "refusal" not in said
    assert "activityId" not in said
    assert await activities(office) == before
    live = await office.server.post("/public/v1/submit/create_user_tag", body, by=office.agent)
    assert status_of(live) == "CONSENSUS_NEEDED"


async def test_for_another_user_and_every_outcome(office: Office) -> None:
    await office.allow(consensus=office.tagged(office.agents))
    await office.deny(consensus=f"approvers.any(user, user.id == '{office.bob.user_id}')")
    expected = {
        office.agent: ("OUTCOME_ALLOW", "a policy allows it"),
        office.bob: ("OUTCOME_DENY_EXPLICIT", "a policy denies it"),
        office.guest: ("OUTCOME_DENY_IMPLICIT", "no policy allows it"),
        office.root: ("OUTCOME_ALLOW", "the root quorum is met"),
    }
    for user, decision in expected.items():
        said = (await office.simulate(tag_body(office), by=office.guest, userId=user.user_id)).json
        assert (said["outcome"], said["reason"]) == decision
        assert said["mayApprove"] == []


async def test_the_body_of_a_pending_activity_is_an_approval(office: Office) -> None:
    await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    proposal = await office.propose(office.agent)
    said = (await office.simulate(proposal.body, by=office.ann)).json
    assert (said["outcome"], said["activityId"]) == ("OUTCOME_ALLOW", proposal.id)
    refused = (await office.simulate(proposal.body, by=office.guest)).json
    assert refused["refusal"]["httpStatus"] == 403
    assert refused["refusal"]["message"].startswith("request not authorized")
    again = (await office.simulate(proposal.body, by=office.agent)).json
    assert "outcome" not in again
    assert again["reason"] == "the activity is CONSENSUS_NEEDED: to send its bytes again is to read it"
    assert len((await office.activity(proposal))["votes"]) == 1


async def test_what_is_wrong_with_the_body_is_part_of_the_answer(office: Office) -> None:
    vote = office.server.activity_body("APPROVE_ACTIVITY", {"fingerprint": "sha256:" + "0" * 64})
    elsewhere = tag_body(office, organization_id="3f1c5d0e-6f0b-4a0e-8a3e-0b9d1f2a3c4d")
    taken = office.server.activity_body("CREATE_USER_TAG", {"userTagName": "agents", "userIds": []})
    for body, status, words in (
        (b"{", 400, ""),
        (b'{"organizationId": 5}', 400, "malformed organization ID provided"),
        (elsewhere, 400, "the body is for organization 3f1c5d0e"),
        (vote, 400, "an approval is simulated by the body of its activity"),
        (taken, 400, "user tag label must be unique"),
        (tag_body(office).replace(b"CREATE_USER_TAG", b"CREATE_TVC_APP"), 501, "ACTIVITY_TYPE_CREATE_TVC_APP is"),
    ):
        reply = await office.simulate(body)
        assert reply.status == 200
        assert set(reply.json) == {"refusal"}
        assert set(reply.json["refusal"]) == {"httpStatus", "code", "message", "details", "turnkeyErrorCode"}
        assert reply.json["refusal"]["httpStatus"] == status
        assert words in reply.json["refusal"]["message"]


async def test_an_old_example_may_be_tried(office: Office) -> None:
    body = tag_body(office)
    office.server.clock.advance(seconds=7 * 24 * 3600)
    assert (await office.simulate(body)).json["outcome"] == "OUTCOME_ALLOW"


async def test_with_one_of_the_user_s_credentials(office: Office) -> None:
    consensus = f"{office.tagged(office.agents)} && credentials.all(key, key.public_key == '{office.agent.public_key}')"
    await office.allow(consensus=consensus)
    await office.server.add_key(office.agent)
    keys = (await office.server.query("get_api_keys", userId=office.agent.user_id)).json["apiKeys"]
    said = {
        key["credential"]["publicKey"]: (
            await office.simulate(tag_body(office), by=office.agent, credentialId=key["apiKeyId"])
        ).json["outcome"]
        for key in keys
    }
    assert said.pop(office.agent.public_key) == "OUTCOME_ALLOW"
    assert list(said.values()) == ["OUTCOME_DENY_IMPLICIT"]


async def test_the_parent_may_ask_about_its_sub_organization_and_nobody_else(office: Office) -> None:
    server: ComposedServer = office.server
    one, other = [(await server.add_sub_organization(name))[0] for name in ("one", "other")]
    body = tag_body(office, organization_id=one.organization_id)
    named = {"organizationId": one.organization_id}
    asked = await office.simulate(body, userId=one.user_id, **named)
    assert asked.json["outcome"] == "OUTCOME_ALLOW"
    unnamed = await office.simulate(body, **named)
    assert unnamed.message == "invalid request body: missing field `userId`: the caller is of another organization"
    assert (await office.simulate(body, userId=office.root.user_id, **named)).error == (404, 5, "")
    assert (await office.simulate(body, by=other, userId=one.user_id, **named)).status == 401


async def test_what_is_wrong_with_the_question_is_an_error(office: Office) -> None:
    body = tag_body(office)
    stranger = "3f1c5d0e-6f0b-4a0e-8a3e-0b9d1f2a3c4d"
    assert (await office.simulate(body, userId="guest")).error == (400, 3, "REQUEST_INVALID")
    assert (await office.simulate(body, userId=stranger)).error == (404, 5, "")
    assert (await office.simulate(body, credentialId=stranger)).error == (404, 5, "")
    question = json.dumps({"organizationId": office.root.organization_id}).encode()
    path = "/counterseal/v1/query/simulate_activity"
    missing = await office.server.post(path, question, by=office.root)
    assert missing.message == "invalid request body: missing field `body`"
    assert (await office.server.post(path, question, by=None)).status == 401
    assert (await office.server.call("GET", path)).status == 501


async def test_a_kind_that_makes_secrets_is_checked_and_not_carried_out(office: Office) -> None:
    users = {"users": [user_params("x")]}
    nobody = (await office.simulate(office.server.activity_body("CREATE_USERS_V4", users))).json
    assert nobody["refusal"]["code"] == 3
    session = {"targetPublicKey": "04", "userId": office.ann.user_id}
    bad = (await office.simulate(office.server.activity_body("CREATE_READ_WRITE_SESSION_V2", session))).json
    assert bad["refusal"]["httpStatus"] == 400
