"""The official Python client, unmodified: every operation, and what the client parses out of the reply.

It parses strictly (pydantic, lists and enums as the model has them), sends older versions of some activities, and puts
white space and ``\\u`` escapes into its bodies.
"""

from __future__ import annotations

import hashlib

import pytest
from turnkey_sdk_types import (
    ApproveActivityBody,
    CreateApiKeysBody,
    CreateReadWriteSessionBody,
    CreateSubOrganizationBody,
    CreateUsersBody,
    DeleteApiKeysBody,
    GetActivitiesBody,
    GetActivityBody,
    GetApiKeyBody,
    GetApiKeysBody,
    GetSubOrgIdsBody,
    GetUserBody,
    GetUsersBody,
    GetWhoamiBody,
    RejectActivityBody,
    UpdateRootQuorumBody,
    v1Pagination,
)

from conformance.members import Member, key_parameters, new_organization, new_user, root_of, user_parameters
from counterseal.crypto import Curve, generate_key_pair, load_private_key, open_credential_bundle


@pytest.fixture(scope="module")
def owner(python_server) -> Member:
    """The only root user of an organization that this module shares."""
    return new_organization(python_server)[0]


def a_key(**more):
    return key_parameters(generate_key_pair(Curve.P256), **more)


def test_whoami(owner):
    who = owner.client.get_whoami()
    assert (who.organizationId, who.userId) == (owner.organization_id, owner.user_id)
    assert (who.organizationName, who.username) == ("Family", "root-0")


def test_a_sub_organization_by_the_seventh_version(python_server):
    keys = [generate_key_pair(Curve.P256), generate_key_pair(Curve.SECP256K1), generate_key_pair(Curve.ED25519)]
    reply = root_of(python_server).client.create_sub_organization(
        CreateSubOrganizationBody(
            subOrganizationName="Sieben",
            rootQuorumThreshold=1,
            rootUsers=[user_parameters("seven", *keys, userEmail="seven@example.com", userPhoneNumber="+4912345678")],
        )
    )
    assert reply.activity.type == "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V7"
    assert reply.activity.organizationId == python_server.organization_id
    assert reply.activity.result.createSubOrganizationResultV7.subOrganizationId == reply.subOrganizationId
    [user_id] = reply.rootUserIds
    root = Member(python_server, reply.subOrganizationId, user_id, keys[0])
    user = root.client.get_user(GetUserBody(userId=user_id)).user
    assert (user.userName, user.userEmail, user.userPhoneNumber) == ("seven", "seven@example.com", "+4912345678")
    assert [key.credential.publicKey for key in user.apiKeys] == [key.public_key.hex() for key in keys]


def test_users_by_the_third_version(owner):
    reply = owner.client.create_users(
        CreateUsersBody(users=[user_parameters("ada", generate_key_pair(Curve.P256), userTags=[])])
    )
    assert reply.activity.type == "ACTIVITY_TYPE_CREATE_USERS_V3"
    assert reply.activity.intent.createUsersIntentV3.users[0].userName == "ada"
    user = owner.client.get_user(GetUserBody(userId=reply.userIds[0])).user
    assert (user.authenticators, user.oauthProviders, user.userTags, user.mfaPolicies) == ([], [], [], [])
    users = owner.client.get_users(GetUsersBody()).users
    assert reply.userIds[0] in [each.userId for each in users]
    assert owner.client.get_users().users == users


def test_api_keys_are_made_read_and_deleted(owner):
    user = new_user(owner)
    made = user.client.create_api_keys(
        CreateApiKeysBody(userId=user.user_id, apiKeys=[a_key(expirationSeconds="600"), a_key()])
    )
    assert made.activity.type == "ACTIVITY_TYPE_CREATE_API_KEYS_V2"
    brief = user.client.get_api_key(GetApiKeyBody(apiKeyId=made.apiKeyIds[0])).apiKey
    lasting = user.client.get_api_key(GetApiKeyBody(apiKeyId=made.apiKeyIds[1])).apiKey
    assert (brief.expirationSeconds, lasting.expirationSeconds) == ("600", None)
    assert brief.credential.type == "CREDENTIAL_TYPE_API_KEY_P256"
    keys = user.client.get_api_keys(GetApiKeysBody(userId=user.user_id)).apiKeys
    assert [key.apiKeyId for key in keys[1:]] == made.apiKeyIds
    assert len(user.client.get_api_keys().apiKeys) > len(keys)
    gone = user.client.delete_api_keys(DeleteApiKeysBody(userId=user.user_id, apiKeyIds=made.apiKeyIds))
    assert gone.apiKeyIds == made.apiKeyIds
    assert user.client.get_api_keys(GetApiKeysBody(userId=user.user_id)).apiKeys == keys[:1]


def test_a_session_is_opened_and_its_key_acts(owner):
    target = generate_key_pair(Curve.P256)
    session = owner.client.create_read_write_session(
        CreateReadWriteSessionBody(targetPublicKey=target.public_key.hex(), expirationSeconds="60")
    )
    assert session.activity.type == "ACTIVITY_TYPE_CREATE_READ_WRITE_SESSION_V2"
    assert (session.userId, session.username) == (owner.user_id, "root-0")
    assert (session.organizationId, session.organizationName) == (owner.organization_id, "Family")
    secret = open_credential_bundle(session.credentialBundle, target.secret)
    acting = owner.with_key(load_private_key(secret.hex()))
    assert acting.client.get_whoami().userId == owner.user_id
    acting.client.create_api_keys(CreateApiKeysBody(userId=owner.user_id, apiKeys=[a_key(expirationSeconds="60")]))
    key = owner.client.get_api_key(GetApiKeyBody(apiKeyId=session.apiKeyId)).apiKey
    assert key.credential.type == "CREDENTIAL_TYPE_READ_WRITE_SESSION_KEY_P256"


def test_a_session_under_the_parents_id(owner):
    target = generate_key_pair(Curve.P256)
    client = owner.client_for(owner.server.organization_id)
    session = client.create_read_write_session(CreateReadWriteSessionBody(targetPublicKey=target.public_key.hex()))
    assert (session.organizationId, session.userId) == (owner.organization_id, owner.user_id)
    assert client.get_whoami().organizationId == owner.organization_id


def test_activities_are_listed_and_read(python_server):
    [reader] = new_organization(python_server)
    user = new_user(reader)
    made = user.client.create_api_keys(CreateApiKeysBody(userId=user.user_id, apiKeys=[a_key()]))
    activities = reader.client.get_activities().activities
    assert {each.type.value for each in activities} == {
        "ACTIVITY_TYPE_CREATE_API_KEYS_V2",
        "ACTIVITY_TYPE_CREATE_USERS_V3",
    }
    assert [each.id for each in activities] == sorted((each.id for each in activities), reverse=True)
    filtered = reader.client.get_activities(
        GetActivitiesBody(
            filterByStatus=["ACTIVITY_STATUS_COMPLETED"],
            filterByType=["ACTIVITY_TYPE_CREATE_API_KEYS_V2"],
            paginationOptions=v1Pagination(limit="1"),
        )
    )
    assert [each.id for each in filtered.activities] == [made.activity.id]
    older = reader.client.get_activities(GetActivitiesBody(paginationOptions=v1Pagination(after=activities[0].id)))
    assert [each.id for each in older.activities] == [activities[1].id]
    one = reader.client.get_activity(GetActivityBody(activityId=made.activity.id)).activity
    assert one.fingerprint == made.activity.fingerprint
    assert one.votes[0].user.userId == user.user_id


def test_the_parents_client_polls_activities_of_its_sub_organizations(owner):
    made = owner.client.create_api_keys(
        CreateApiKeysBody(userId=owner.user_id, apiKeys=[a_key(expirationSeconds="60")])
    )
    polled = root_of(owner.server).client.get_activity(GetActivityBody(activityId=made.activity.id))
    assert polled.activity.organizationId == owner.organization_id


def test_sub_organizations_are_listed(owner):
    root = root_of(owner.server)
    by_key = GetSubOrgIdsBody(filterType="PUBLIC_KEY", filterValue=owner.key.public_key.hex())
    assert root.client.get_sub_org_ids(by_key).organizationIds == [owner.organization_id]
    page = root.client.get_sub_org_ids(GetSubOrgIdsBody(paginationOptions=v1Pagination(limit="1")))
    assert len(page.organizationIds) == 1
    assert owner.client.get_sub_org_ids().organizationIds == []


def test_the_root_quorum_changes(python_server):
    [first] = new_organization(python_server)
    second = new_user(first)
    reply = first.client.update_root_quorum(UpdateRootQuorumBody(threshold=1, userIds=[second.user_id]))
    assert reply.activity.status == "ACTIVITY_STATUS_COMPLETED"
    assert new_user(second).client.get_whoami().username == "plain"


def test_bodies_are_kept_as_they_were_stamped(owner):
    name = "Müller 🔑 / <script>"
    stamped = owner.client.stamp_create_users(
        CreateUsersBody(users=[user_parameters(name, generate_key_pair(Curve.P256), userTags=[])])
    )
    assert "\\u00fc" in stamped.body
    activity = owner.client.send_signed_request(stamped)["activity"]
    assert activity["votes"][0]["message"] == stamped.body
    assert activity["fingerprint"] == f"sha256:{hashlib.sha256(stamped.body.encode()).hexdigest()}"
    assert activity["intent"]["createUsersIntentV3"]["users"][0]["userName"] == name
    again = owner.client.send_signed_request(stamped)["activity"]
    assert again["id"] == activity["id"]


def test_a_stamped_query_is_sent_by_another_client(owner):
    other = root_of(owner.server).client
    reply = other.send_signed_request(owner.client.stamp_get_whoami(GetWhoamiBody()))
    assert reply["userId"] == owner.user_id


def test_votes_answer_with_their_target(python_server):
    one, two = new_organization(python_server, root_users=2, threshold=2)
    for vote, status in (
        (lambda it: two.client.approve_activity(ApproveActivityBody(fingerprint=it)), "ACTIVITY_STATUS_COMPLETED"),
        (lambda it: two.client.reject_activity(RejectActivityBody(fingerprint=it)), "ACTIVITY_STATUS_REJECTED"),
    ):
        user = user_parameters(status, generate_key_pair(Curve.P256), userTags=[])
        stamped = one.client.stamp_create_users(CreateUsersBody(users=[user]))
        activity = one.client.send_signed_request(stamped)["activity"]
        assert activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        voted = vote(activity["fingerprint"]).activity
        assert (voted.id, voted.type, voted.status.value) == (
            activity["id"],
            "ACTIVITY_TYPE_CREATE_USERS_V3",
            status,
        )
    names = [user.userName for user in one.client.get_users().users]
    assert names == ["root-0", "root-1", "ACTIVITY_STATUS_COMPLETED"]
