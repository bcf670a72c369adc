"""What the official Python client raises: TurnkeyNetworkError for refusals, TurnkeyActivityError for activities."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from turnkey_http import PollingConfig
from turnkey_sdk_types import (
    ApproveActivityBody,
    CreateApiKeysBody,
    CreatePoliciesBody,
    CreatePolicyBody,
    CreateReadWriteSessionBody,
    CreateSubOrganizationBody,
    CreateUsersBody,
    CreateUsersResponse,
    DeleteApiKeysBody,
    DeletePoliciesBody,
    DeletePolicyBody,
    GetActivitiesBody,
    GetActivityBody,
    GetApiKeyBody,
    GetApiKeysBody,
    GetPoliciesBody,
    GetPolicyBody,
    GetPolicyEvaluationsBody,
    GetSubOrgIdsBody,
    GetUserBody,
    GetUsersBody,
    GetWhoamiBody,
    RejectActivityBody,
    TurnkeyActivityConsensusNeededError,
    TurnkeyActivityError,
    TurnkeyErrorCodes,
    TurnkeyNetworkError,
    UpdatePolicyBody,
    UpdateRootQuorumBody,
    v1Pagination,
)

from conformance.members import Member, key_parameters, new_organization, new_user, root_of, user_parameters
from counterseal.crypto import Curve, generate_key_pair, load_private_key, open_credential_bundle

NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77"
FINGERPRINT = f"sha256:{'0' * 64}"
POLICY = {"policyName": "x", "effect": "EFFECT_ALLOW", "notes": ""}


@pytest.fixture(scope="module")
def owner(python_server) -> Member:
    """The only root user of an organization that this module shares."""
    return new_organization(python_server)[0]


def a_key(**more):
    return key_parameters(generate_key_pair(Curve.P256), **more)


def a_user(name="ada", *keys):
    return user_parameters(name, *(keys or [generate_key_pair(Curve.P256)]), userTags=[])


@contextmanager
def refused(status, message, code):
    """Expects the refusal with this HTTP status, message (a regular expression) and turnkeyErrorCode."""
    with pytest.raises(TurnkeyNetworkError, match=message) as caught:
        yield
    error = caught.value
    assert (error.status_code, error.code) == (status, TurnkeyErrorCodes.BAD_RESPONSE)
    envelope = json.loads(error.cause)
    assert envelope["message"] == str(error)
    assert envelope["turnkeyErrorCode"] == code


CALLS = {
    "approve_activity": lambda client: client.approve_activity(ApproveActivityBody(fingerprint=FINGERPRINT)),
    "create_api_keys": lambda client: client.create_api_keys(CreateApiKeysBody(userId=NOBODY, apiKeys=[a_key()])),
    "create_policies": lambda client: client.create_policies(CreatePoliciesBody(policies=[POLICY])),
    "create_policy": lambda client: client.create_policy(CreatePolicyBody(**POLICY)),
    "create_read_write_session": lambda client: client.create_read_write_session(
        CreateReadWriteSessionBody(targetPublicKey=generate_key_pair(Curve.P256).public_key.hex())
    ),
    "create_sub_organization": lambda client: client.create_sub_organization(
        CreateSubOrganizationBody(
            subOrganizationName="x",
            rootQuorumThreshold=1,
            rootUsers=[user_parameters("x", generate_key_pair(Curve.P256))],
        )
    ),
    "create_users": lambda client: client.create_users(CreateUsersBody(users=[a_user()])),
    "delete_api_keys": lambda client: client.delete_api_keys(DeleteApiKeysBody(userId=NOBODY, apiKeyIds=[NOBODY])),
    "delete_policies": lambda client: client.delete_policies(DeletePoliciesBody(policyIds=[NOBODY])),
    "delete_policy": lambda client: client.delete_policy(DeletePolicyBody(policyId=NOBODY)),
    "reject_activity": lambda client: client.reject_activity(RejectActivityBody(fingerprint=FINGERPRINT)),
    "update_policy": lambda client: client.update_policy(UpdatePolicyBody(policyId=NOBODY)),
    "update_root_quorum": lambda client: client.update_root_quorum(UpdateRootQuorumBody(threshold=1, userIds=[NOBODY])),
    "get_activity": lambda client: client.get_activity(GetActivityBody(activityId=NOBODY)),
    "get_api_key": lambda client: client.get_api_key(GetApiKeyBody(apiKeyId=NOBODY)),
    "get_api_keys": lambda client: client.get_api_keys(GetApiKeysBody(userId=NOBODY)),
    "get_policy": lambda client: client.get_policy(GetPolicyBody(policyId=NOBODY)),
    "get_policy_evaluations": lambda client: client.get_policy_evaluations(GetPolicyEvaluationsBody(activityId=NOBODY)),
    "get_user": lambda client: client.get_user(GetUserBody(userId=NOBODY)),
    "list_activities": lambda client: client.get_activities(GetActivitiesBody()),
    "list_policies": lambda client: client.get_policies(GetPoliciesBody()),
    "list_suborgs": lambda client: client.get_sub_org_ids(GetSubOrgIdsBody()),
    "list_users": lambda client: client.get_users(GetUsersBody()),
    "whoami": lambda client: client.get_whoami(GetWhoamiBody()),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_operation_tells_an_unknown_key(owner, call):
    stranger = owner.with_key(generate_key_pair(Curve.P256))
    text = (
        "^could not find public key in organization or its parent organization"
        f" organizationId={owner.organization_id} publicKey={stranger.key.public_key.hex()}$"
    )
    with refused(401, text, "PUBLIC_KEY_NOT_FOUND"):
        call(stranger.client)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_operation_tells_an_unknown_organization(owner, call):
    with refused(404, f"^no organization found with the given ID {NOBODY}$", "ORGANIZATION_NOT_FOUND"):
        call(owner.client_for(NOBODY))


@pytest.mark.parametrize("name", ["get_activity", "get_api_key", "get_api_keys", "get_user", "create_api_keys"])
def test_what_is_not_there(owner, name):
    with refused(404, NOBODY, ""):
        CALLS[name](owner.client)


def test_an_expired_session_is_told_so(owner):
    target = generate_key_pair(Curve.P256)
    session = owner.client.create_read_write_session(
        CreateReadWriteSessionBody(targetPublicKey=target.public_key.hex(), expirationSeconds="1")
    )
    secret = open_credential_bundle(session.credentialBundle, target.secret)
    acting = owner.with_key(load_private_key(secret.hex()))
    time.sleep(1.1)
    text = (
        "^authentication failed: rpc error: code = Unauthenticated desc = expired api key"
        f" publicKey={acting.key.public_key.hex()}$"
    )
    with refused(401, text, "API_KEY_EXPIRED"):
        acting.client.get_whoami()


def test_bad_values(owner):
    with refused(400, "^invalid api key expiration", "REQUEST_INVALID"):
        owner.client.create_api_keys(CreateApiKeysBody(userId=owner.user_id, apiKeys=[a_key(expirationSeconds="0")]))
    with refused(400, "^invalid `targetPublicKey`", "REQUEST_INVALID"):
        owner.client.create_read_write_session(CreateReadWriteSessionBody(targetPublicKey="04"))
    with refused(400, "^quorum threshold must be non-zero integer", "REQUEST_INVALID"):
        owner.client.update_root_quorum(UpdateRootQuorumBody(threshold=0, userIds=[owner.user_id]))
    with refused(400, "paginationOptions.limit", "REQUEST_INVALID"):
        owner.client.get_activities(GetActivitiesBody(paginationOptions=v1Pagination(limit="0")))
    with refused(409, "already exists", ""):
        owner.client.create_users(CreateUsersBody(users=[a_user("twin", owner.key)]))


def test_the_parent_writes_nothing_in_a_sub_organization(owner):
    root = root_of(owner.server).client_for(owner.organization_id)
    text = (
        rf'^organization mismatch: request is targeting organization \("{owner.organization_id}"\),'
        rf' but voters are in organization \("{owner.server.organization_id}"\)$'
    )
    for name in ("create_users", "create_api_keys", "create_read_write_session", "update_root_quorum"):
        with refused(400, text, "ORGANIZATION_MISMATCH"):
            CALLS[name](root)


def test_a_sub_organization_makes_none(owner):
    with refused(400, "only a parent may create sub-organizations", "INVALID_ACTIVITY_CALLER"):
        CALLS["create_sub_organization"](owner.client)


def test_who_has_no_authority(owner):
    user = new_user(owner)
    with refused(403, "^You don't have sufficient permissions to take this action", ""):
        user.client.create_users(CreateUsersBody(users=[a_user()]))


def test_consensus_needed_is_an_error_at_once(python_server):
    one, _ = new_organization(python_server, root_users=2, threshold=2)
    with pytest.raises(TurnkeyActivityConsensusNeededError) as caught:
        one.client.create_users(CreateUsersBody(users=[a_user()]))
    error = caught.value
    assert error.code == TurnkeyErrorCodes.ACTIVITY_CONSENSUS_NEEDED
    assert error.activity_status == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    assert error.activity_type == "ACTIVITY_TYPE_CREATE_USERS_V3"
    assert error.failure is None
    activity = one.client.get_activity(GetActivityBody(activityId=error.activity_id)).activity
    assert activity.status == "ACTIVITY_STATUS_CONSENSUS_NEEDED"


@pytest.mark.parametrize("vote", ["approve", "reject"])
def test_consensus_polling_waits_for_the_vote(python_server, vote):
    one, two = new_organization(python_server, root_users=2, threshold=2)
    patient = one.client_for(one.organization_id, consensus_polling=PollingConfig(interval_ms=20, timeout_ms=20_000))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(patient.create_users, CreateUsersBody(users=[a_user("awaited")]))
        pending = _first_pending(two)
        if vote == "approve":
            two.client.approve_activity(ApproveActivityBody(fingerprint=pending.fingerprint))
            assert len(waiting.result().userIds) == 1
            return
        two.client.reject_activity(RejectActivityBody(fingerprint=pending.fingerprint))
        with pytest.raises(TurnkeyActivityError, match=f"^Activity {pending.id} was rejected"):
            waiting.result()


def test_a_failed_activity_carries_its_failure(python_server):
    one, two = new_organization(python_server, root_users=2, threshold=2)
    key = generate_key_pair(Curve.P256)
    stamped = [one.client.stamp_create_users(CreateUsersBody(users=[a_user(name, key)])) for name in ("late", "early")]
    late, early = (one.client.send_signed_request(each)["activity"] for each in stamped)
    two.client.approve_activity(ApproveActivityBody(fingerprint=early["fingerprint"]))
    voted = two.client.approve_activity(ApproveActivityBody(fingerprint=late["fingerprint"])).activity
    assert voted.status == "ACTIVITY_STATUS_FAILED"
    assert voted.failure.code == 6
    with pytest.raises(TurnkeyActivityError, match=f"^Activity {late['id']} failed: public key {key.public_key.hex()}"):
        one.client.send_signed_request(stamped[0], CreateUsersResponse)


def _first_pending(member: Member):
    wanted = GetActivitiesBody(filterByStatus=["ACTIVITY_STATUS_CONSENSUS_NEEDED"])
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        activities = member.client.get_activities(wanted).activities
        if activities:
            return activities[0]
    raise TimeoutError("no activity waits for consensus")
