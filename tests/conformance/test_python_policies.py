"""The official Python client, unmodified: policies, what they decide, and what the client makes of it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from turnkey_http import PollingConfig
from turnkey_sdk_types import (
    ApproveActivityBody,
    CreatePoliciesBody,
    CreatePolicyBody,
    CreateUsersBody,
    CreateUserTagBody,
    DeletePoliciesBody,
    DeletePolicyBody,
    GetActivitiesBody,
    GetActivityBody,
    GetPolicyBody,
    GetPolicyEvaluationsBody,
    RejectActivityBody,
    TurnkeyActivityConsensusNeededError,
    TurnkeyActivityError,
    TurnkeyNetworkError,
    UpdatePolicyBody,
    UpdateRootQuorumBody,
)

from conformance.members import Member, new_organization, user_parameters
from counterseal.crypto import Curve, generate_key_pair

NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77"
NEW_TAG = "activity.kind == 'CREATE_USER_TAG'"
_numbers = count()


@dataclass(frozen=True)
class Office:
    """An organization: ``root``, an ``agent`` and a ``human`` by their tags, and a ``guest`` without one."""

    root: Member
    agents: str
    humans: str
    agent: Member
    human: Member
    guest: Member

    def policy(self, consensus: str | None = None, **members: Any) -> str:
        """A new ALLOW of new tags; its id."""
        return self.root.client.create_policy(CreatePolicyBody(**policy_parameters(consensus, **members))).policyId

    def both(self) -> str:
        """A policy by which an agent proposes and a human approves; its id."""
        return self.policy(f"{tagged(self.agents)} && {tagged(self.humans)}")

    def pending(self) -> dict[str, Any]:
        """What the agent proposed and the human may approve. The client does not poll for it."""
        stamped = self.agent.client.stamp_create_user_tag(new_tag())
        activity: dict[str, Any] = self.agent.client.send_signed_request(stamped)["activity"]
        assert activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        return activity


def label() -> str:
    return f"label {next(_numbers)}"


def tagged(tag_id: str) -> str:
    return f"approvers.any(user, user.tags.contains('{tag_id}'))"


def policy_parameters(consensus: str | None = None, **members: Any) -> dict[str, Any]:
    made = {"policyName": label(), "effect": "EFFECT_ALLOW", "condition": NEW_TAG, "consensus": consensus, "notes": ""}
    return made | members


def new_tag() -> CreateUserTagBody:
    return CreateUserTagBody(userTagName=label(), userIds=[])


def new_member(root: Member, *tags: str) -> Member:
    key = generate_key_pair(Curve.P256)
    user = user_parameters("plain", key, userTags=list(tags))
    [user_id] = root.client.create_users(CreateUsersBody(users=[user])).userIds
    return Member(root.server, root.organization_id, user_id, key)


@pytest.fixture
def owner(python_server) -> Member:
    """The only root user of a fresh organization."""
    return new_organization(python_server)[0]


@pytest.fixture
def office(owner) -> Office:
    agents, humans = (owner.client.create_user_tag(new_tag()).userTagId for _ in range(2))
    members = [new_member(owner, *tags) for tags in ([agents], [humans], [])]
    return Office(owner, agents, humans, *members)


@contextmanager
def refused(status, message, code="REQUEST_INVALID"):
    """Expects the refusal with this HTTP status, message (a regular expression) and turnkeyErrorCode."""
    with pytest.raises(TurnkeyNetworkError, match=message) as caught:
        yield caught
    assert caught.value.status_code == status
    assert json.loads(caught.value.cause)["turnkeyErrorCode"] == code


def test_a_policy_is_made_read_and_listed(owner):
    made = owner.client.create_policy(
        CreatePolicyBody(**policy_parameters("approvers.count() >= 2", policyName="first", notes="why", time="true"))
    )
    assert made.activity.type == "ACTIVITY_TYPE_CREATE_POLICY_V3"
    assert made.activity.intent.createPolicyIntentV3.policyName == "first"
    policy = owner.client.get_policy(GetPolicyBody(policyId=made.policyId)).policy
    assert (policy.policyId, policy.policyName, policy.effect) == (made.policyId, "first", "EFFECT_ALLOW")
    assert (policy.condition, policy.consensus, policy.time) == (NEW_TAG, "approvers.count() >= 2", "true")
    assert policy.notes == "why"
    assert owner.client.get_policies().policies == [policy]


def test_policies_are_made_and_removed_together(owner):
    both = CreatePoliciesBody(policies=[policy_parameters("true"), policy_parameters("false")])
    made = owner.client.create_policies(both)
    listed = owner.client.get_policies().policies
    assert [policy.policyId for policy in listed] == made.policyIds
    assert [policy.consensus for policy in listed] == ["true", "false"]
    gone = owner.client.delete_policies(DeletePoliciesBody(policyIds=made.policyIds))
    assert gone.policyIds == made.policyIds
    assert owner.client.get_policies().policies == []


def test_a_policy_is_changed_and_removed(owner):
    policy_id = owner.client.create_policy(CreatePolicyBody(**policy_parameters("true"))).policyId
    changed = owner.client.update_policy(
        UpdatePolicyBody(policyId=policy_id, policyEffect="EFFECT_DENY", policyConsensus="false", policyNotes="changed")
    )
    assert changed.policyId == policy_id
    policy = owner.client.get_policy(GetPolicyBody(policyId=policy_id)).policy
    assert (policy.effect, policy.consensus, policy.notes) == ("EFFECT_DENY", "false", "changed")
    assert policy.condition == NEW_TAG, "what is not given stays"
    assert owner.client.delete_policy(DeletePolicyBody(policyId=policy_id)).policyId == policy_id
    with refused(404, "^unable to find policy", ""):
        owner.client.get_policy(GetPolicyBody(policyId=policy_id))


def test_what_does_not_check_is_refused_with_its_place(owner):
    bad = policy_parameters(condition="eth.tx.valeu > 1")
    with refused(400, "^invalid policy condition: line 1, column 8: .*value"):
        owner.client.create_policy(CreatePolicyBody(**bad))
    with refused(400, "^invalid policy condition: line 1, column 8"):
        owner.client.create_policies(CreatePoliciesBody(policies=[policy_parameters(), bad]))
    with refused(400, "^invalid policy consensus: "):
        owner.client.create_policy(CreatePolicyBody(**policy_parameters("approvers.count()")))
    with refused(400, "^invalid policy consensus: line 1, column 1: found the end of the text"):
        owner.client.create_policy(CreatePolicyBody(**policy_parameters("")))
    policy_id = owner.client.create_policy(CreatePolicyBody(**policy_parameters())).policyId
    with refused(400, "^invalid policy time: "):
        owner.client.update_policy(UpdatePolicyBody(policyId=policy_id, time="CronSpan('x', '1h', 'UTC')"))
    with refused(400, "label must be unique"):
        owner.client.create_policies(CreatePoliciesBody(policies=[policy_parameters(policyName="twice")] * 2))
    assert len(owner.client.get_policies().policies) == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.get_policy(GetPolicyBody(policyId=NOBODY)),
        lambda client: client.update_policy(UpdatePolicyBody(policyId=NOBODY)),
        lambda client: client.delete_policy(DeletePolicyBody(policyId=NOBODY)),
        lambda client: client.delete_policies(DeletePoliciesBody(policyIds=[NOBODY])),
        lambda client: client.get_policy_evaluations(GetPolicyEvaluationsBody(activityId=NOBODY)),
    ],
    ids=["get_policy", "update_policy", "delete_policy", "delete_policies", "get_policy_evaluations"],
)
def test_what_is_not_there(owner, call):
    with refused(404, NOBODY, ""):
        call(owner.client)


def test_an_allow_allows_and_each_vote_is_on_record(office):
    policy_id = office.policy(tagged(office.agents))
    made = office.agent.client.create_user_tag(new_tag())
    assert made.userTagId
    evaluations = GetPolicyEvaluationsBody(activityId=made.activity.id)
    [vote] = office.guest.client.get_policy_evaluations(evaluations).policyEvaluations
    assert (vote.activityId, vote.organizationId) == (made.activity.id, office.root.organization_id)
    assert vote.voteId == made.activity.votes[0].id
    [said] = vote.policyEvaluations
    assert (said.policyId, said.outcome.value) == (policy_id, "OUTCOME_ALLOW")


def test_what_no_policy_allows_is_denied_implicitly_and_kept(office):
    policy_id = office.policy(tagged(office.agents))
    with refused(403, "^You don't have sufficient permissions to take this action", "") as caught:
        office.guest.client.create_user_tag(new_tag())
    [detail] = json.loads(caught.value.cause)["details"]
    assert detail["@type"] == "type.googleapis.com/errors.v1.PolicyEnginePermissionError"
    assert detail["message"] == "No policies evaluated to outcome: Allow"
    assert detail["policyEvaluations"] == [{"policyId": policy_id, "outcome": "OUTCOME_DENY_IMPLICIT"}]
    failed = GetActivitiesBody(filterByStatus=["ACTIVITY_STATUS_FAILED"])
    [activity] = office.guest.client.get_activities(failed).activities
    assert activity.failure.code == 7
    evaluations = GetPolicyEvaluationsBody(activityId=activity.id)
    [vote] = office.guest.client.get_policy_evaluations(evaluations).policyEvaluations
    assert vote.policyEvaluations[0].outcome.value == "OUTCOME_DENY_IMPLICIT"


def test_an_explicit_deny_is_an_error_of_its_own(office):
    office.policy()
    office.policy(tagged(office.agents), effect="EFFECT_DENY")
    with refused(403, "^policy engine denied request explicitly$", "") as caught:
        office.agent.client.create_user_tag(new_tag())
    assert json.loads(caught.value.cause)["details"] == []
    assert office.guest.client.create_user_tag(new_tag()).userTagId
    assert office.root.client.create_user_tag(new_tag()).userTagId, "the root quorum is above every policy"


def test_consensus_needed_by_a_policy_is_an_error_at_once(office):
    office.both()
    with pytest.raises(TurnkeyActivityConsensusNeededError) as caught:
        office.agent.client.create_user_tag(new_tag())
    assert caught.value.activity_status == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    body = GetActivityBody(activityId=caught.value.activity_id)
    assert office.human.client.get_activity(body).activity.canApprove


def test_the_approval_s_reply_has_the_result(office):
    office.both()
    waiting = office.pending()
    reply = office.human.client.approve_activity(ApproveActivityBody(fingerprint=waiting["fingerprint"]))
    assert (reply.activity.id, reply.activity.status.value) == (waiting["id"], "ACTIVITY_STATUS_COMPLETED")
    assert reply.activity.result.createUserTagResult.userTagId
    evaluations = GetPolicyEvaluationsBody(activityId=waiting["id"])
    said = [
        each.policyEvaluations[0].outcome.value
        for each in office.guest.client.get_policy_evaluations(evaluations).policyEvaluations
    ]
    assert said == ["OUTCOME_REQUIRES_CONSENSUS", "OUTCOME_ALLOW"]


def test_a_rejection_is_final_and_ends_the_poll_of_who_waits(office):
    office.both()
    waiting = office.pending()
    vote = RejectActivityBody(fingerprint=waiting["fingerprint"])
    with refused(403, "takes no part in the consensus", "REQUEST_NOT_AUTHORIZED"):
        office.guest.client.reject_activity(vote)
    assert office.human.client.reject_activity(vote).activity.status.value == "ACTIVITY_STATUS_REJECTED"
    late = office.root.client.approve_activity(ApproveActivityBody(fingerprint=waiting["fingerprint"]))
    assert late.activity.status.value == "ACTIVITY_STATUS_REJECTED"
    client = office.agent.client_for(
        office.root.organization_id, consensus_polling=PollingConfig(interval_ms=10, timeout_ms=10_000)
    )
    tag = new_tag()
    stamped = client.stamp_create_user_tag(tag)
    fingerprint = client.send_signed_request(stamped)["activity"]["fingerprint"]
    office.human.client.reject_activity(RejectActivityBody(fingerprint=fingerprint))
    tag.timestampMs = json.loads(stamped.body)["timestampMs"]
    with pytest.raises(TurnkeyActivityError, match="was rejected"):
        client.create_user_tag(tag)


def test_a_delegate_in_a_sub_organization_does_what_its_policy_says_and_no_more(python_server):
    owner, delegate = new_organization(python_server, root_users=2)
    mine = policy_parameters(f"approvers.any(user, user.id == '{delegate.user_id}')")
    delegate.client.create_policy(CreatePolicyBody(**mine))
    delegate.client.update_root_quorum(UpdateRootQuorumBody(threshold=1, userIds=[owner.user_id]))
    assert delegate.client.create_user_tag(new_tag()).userTagId
    with refused(403, "^You don't have sufficient permissions", ""):
        delegate.client.create_policy(CreatePolicyBody(**policy_parameters()))
    with refused(403, "^You don't have sufficient permissions", ""):
        delegate.client.delete_policy(DeletePolicyBody(policyId=delegate.client.get_policies().policies[0].policyId))
