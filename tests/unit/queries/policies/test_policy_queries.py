"""get_policy, list_policies, get_policy_evaluations."""

from __future__ import annotations

from office import NEW_TAG, Office

STRANGER = "3f1c5d0e-6f0b-4a0e-8a3e-0b9d1f2a3c4d"


async def test_a_policy_reads_as_it_was_made(office: Office) -> None:
    first = await office.allow(consensus="approvers.count() >= 2", notes="why")
    second = await office.deny(None)
    policy = (await office.server.query("get_policy", by=office.guest, policyId=first)).json["policy"]
    stamp = {"seconds": policy["createdAt"]["seconds"], "nanos": "0"}
    assert policy == {
        "policyId": first,
        "policyName": "policy 0",
        "effect": "EFFECT_ALLOW",
        "condition": NEW_TAG,
        "consensus": "approvers.count() >= 2",
        "notes": "why",
        "createdAt": stamp,
        "updatedAt": stamp,
    }
    listed = (await office.server.query("list_policies")).json["policies"]
    assert [each["policyId"] for each in listed] == [first, second]
    assert (listed[1]["condition"], listed[1]["consensus"]) == ("", "")


async def test_unknown_policies_and_activities(office: Office) -> None:
    for name, member in ("get_policy", "policyId"), ("get_policy_evaluations", "activityId"):
        assert (await office.server.query(name, **{member: STRANGER})).error == (404, 5, "")
        assert (await office.server.query(name, **{member: "x"})).error == (400, 3, "REQUEST_INVALID")


async def test_an_entry_a_vote_under_the_vote_s_id(office: Office) -> None:
    policy = await office.allow(consensus=f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    proposal = await office.propose(office.agent)
    votes = (await office.vote(proposal, office.ann)).activity["votes"]
    entries = (await office.server.query("get_policy_evaluations", activityId=proposal.id)).json["policyEvaluations"]
    assert entries == [
        {
            "id": vote["id"],
            "activityId": proposal.id,
            "organizationId": office.root.organization_id,
            "voteId": vote["id"],
            "policyEvaluations": [{"policyId": policy, "outcome": outcome}],
            "createdAt": vote["createdAt"],
        }
        for vote, outcome in zip(votes, ["OUTCOME_REQUIRES_CONSENSUS", "OUTCOME_ALLOW"], strict=True)
    ]


async def test_the_parent_reads_those_of_its_sub_organization(office: Office) -> None:
    (owner,) = await office.server.add_sub_organization("owner")
    tag = {"userTagName": "tag", "userIds": []}
    made = (await office.server.submit("CREATE_USER_TAG", tag, by=owner)).activity
    (entry,) = (await office.server.query("get_policy_evaluations", activityId=made["id"])).json["policyEvaluations"]
    assert (entry["organizationId"], entry["policyEvaluations"]) == (owner.organization_id, [])
    own = (await office.propose(office.root)).id
    assert (await office.server.query("get_policy_evaluations", by=owner, activityId=own)).status == 404
