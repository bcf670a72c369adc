"""The official Python client, unmodified: users, user tags, features and names of organizations, and how they end."""

from __future__ import annotations

import pytest
from turnkey_sdk_types import (
    CreateSubOrganizationBody,
    CreateUserTagBody,
    DeleteSubOrganizationBody,
    DeleteUsersBody,
    DeleteUserTagsBody,
    GetActivitiesBody,
    GetOrganizationConfigsBody,
    GetSubOrgIdsBody,
    GetUserBody,
    GetVerifiedSubOrgIdsBody,
    RemoveOrganizationFeatureBody,
    SetOrganizationFeatureBody,
    TurnkeyNetworkError,
    UpdateOrganizationNameBody,
    UpdateUserBody,
    UpdateUserEmailBody,
    UpdateUserNameBody,
    UpdateUserPhoneNumberBody,
    UpdateUserTagBody,
    v1Pagination,
)

from conformance.members import Member, new_organization, new_user, root_of, user_parameters
from counterseal.crypto import Curve, generate_key_pair

NOBODY = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77"


@pytest.fixture
def owner(python_server) -> Member:
    """The only root user of a fresh organization."""
    return new_organization(python_server)[0]


def read(owner: Member, user: Member):
    return owner.client.get_user(GetUserBody(userId=user.user_id)).user


def refused(call, body, status: int, text: str) -> None:
    with pytest.raises(TurnkeyNetworkError) as caught:
        call(body)
    assert caught.value.status_code == status
    assert text in str(caught.value)


def test_a_user_is_updated(owner):
    user = new_user(owner)
    tag = owner.client.create_user_tag(CreateUserTagBody(userTagName="team", userIds=[]))
    updated = owner.client.update_user(
        UpdateUserBody(userId=user.user_id, userEmail="ada@example.com", userTagIds=[tag.userTagId])
    )
    assert updated.activity.result.updateUserResult.userId == updated.userId == user.user_id
    named = owner.client.update_user_name(UpdateUserNameBody(userId=user.user_id, userName="ada"))
    assert named.userId == user.user_id
    found = read(owner, user)
    assert (found.userName, found.userEmail, found.userTags) == ("ada", "ada@example.com", [tag.userTagId])
    owner.client.update_user_email(UpdateUserEmailBody(userId=user.user_id, userEmail=""))
    owner.client.update_user_phone_number(UpdateUserPhoneNumberBody(userId=user.user_id, userPhoneNumber="+4912345678"))
    owner.client.update_user(UpdateUserBody(userId=user.user_id, userTagIds=[]))
    found = read(owner, user)
    assert (found.userEmail, found.userPhoneNumber, found.userTags) == (None, "+4912345678", [tag.userTagId])
    owner.client.update_user_phone_number(UpdateUserPhoneNumberBody(userId=user.user_id, userPhoneNumber=""))
    assert read(owner, user).userPhoneNumber is None


def test_users_are_deleted(owner):
    ada, grace = new_user(owner, "ada"), new_user(owner, "grace")
    gone = owner.client.delete_users(DeleteUsersBody(userIds=[grace.user_id, ada.user_id]))
    assert gone.userIds == gone.activity.result.deleteUsersResult.userIds == [grace.user_id, ada.user_id]
    assert [user.userName for user in owner.client.get_users().users] == ["root-0"]
    root_user = DeleteUsersBody(userIds=[owner.user_id])
    refused(owner.client.delete_users, root_user, 400, f"quorum users missing: {owner.user_id}")


def test_tags(owner):
    user = new_user(owner)
    made = owner.client.create_user_tag(CreateUserTagBody(userTagName="team", userIds=[user.user_id]))
    assert made.userIds == [user.user_id]
    changes = UpdateUserTagBody(
        userTagId=made.userTagId, newUserTagName="crew", addUserIds=[owner.user_id], removeUserIds=[user.user_id]
    )
    assert owner.client.update_user_tag(changes).userTagId == made.userTagId
    [tag] = owner.client.list_user_tags().userTags
    assert (tag.tagId, tag.tagName, tag.tagType) == (made.userTagId, "crew", "TAG_TYPE_USER")
    assert (read(owner, user).userTags, read(owner, owner).userTags) == ([], [made.userTagId])
    gone = owner.client.delete_user_tags(DeleteUserTagsBody(userTagIds=[made.userTagId]))
    assert (gone.userTagIds, gone.userIds) == ([made.userTagId], [owner.user_id])
    assert owner.client.list_user_tags().userTags == []


def test_features_and_the_quorum_are_the_configs(owner):
    client = owner.client
    set_to = client.set_organization_feature(
        SetOrganizationFeatureBody(name="FEATURE_NAME_WEBAUTHN_ORIGINS", value="https://example.com")
    )
    assert set_to.features[-1].value == "https://example.com"
    left = client.remove_organization_feature(RemoveOrganizationFeatureBody(name="FEATURE_NAME_SMS_AUTH"))
    configs = client.get_organization_configs(GetOrganizationConfigsBody()).configs
    assert configs.features == left.features
    assert [(feature.name.value, feature.value) for feature in configs.features] == [
        ("FEATURE_NAME_EMAIL_RECOVERY", None),
        ("FEATURE_NAME_EMAIL_AUTH", None),
        ("FEATURE_NAME_OTP_EMAIL_AUTH", None),
        ("FEATURE_NAME_WEBAUTHN_ORIGINS", "https://example.com"),
    ]
    assert (configs.quorum.threshold, configs.quorum.userIds) == (1, [owner.user_id])


def test_an_organization_is_renamed(owner):
    renamed = owner.client.update_organization_name(UpdateOrganizationNameBody(organizationName="Renamed"))
    assert (renamed.organizationId, renamed.organizationName) == (owner.organization_id, "Renamed")
    assert owner.client.get_whoami().organizationName == "Renamed"


def test_sub_organizations_are_found_by_whoever_is_in_them(python_server):
    root = root_of(python_server)
    key = generate_key_pair(Curve.P256)
    user = user_parameters("Grace of Python", key, userEmail="Grace@python.example", userPhoneNumber="+4930901820")
    body = CreateSubOrganizationBody(subOrganizationName="Found", rootQuorumThreshold=1, rootUsers=[user])
    made = root.client.create_sub_organization(body)
    for by, value in (
        ("NAME", "Found"),
        ("USERNAME", "Grace of Python"),
        ("EMAIL", "grace@PYTHON.example"),
        ("PHONE_NUMBER", "+4930901820"),
        ("PUBLIC_KEY", key.public_key.hex()),
    ):
        page = v1Pagination(limit="1")
        found = root.client.get_sub_org_ids(GetSubOrgIdsBody(filterType=by, filterValue=value, paginationOptions=page))
        assert found.organizationIds == [made.subOrganizationId], by
        verified = GetVerifiedSubOrgIdsBody(filterType="EMAIL", filterValue="grace@python.example")
        assert root.client.get_verified_sub_org_ids(verified).organizationIds == []


def test_a_sub_organization_ends_itself(owner):
    gone = owner.client.delete_sub_organization(DeleteSubOrganizationBody())
    assert gone.subOrganizationUuid == owner.organization_id
    assert gone.activity.status == "ACTIVITY_STATUS_COMPLETED"
    assert gone.activity.votes[0].user.userName == "root-0"
    refused(lambda _: owner.client.get_whoami(), None, 401, "could not find public key")
    root = root_of(owner.server)
    [last] = root.client.get_activities(GetActivitiesBody(organizationId=owner.organization_id)).activities
    assert last.id == gone.activity.id


@pytest.mark.parametrize(
    ("name", "body", "status", "text"),
    [
        ("update_user", UpdateUserBody(userId=NOBODY), 404, f"unable to find user {NOBODY}"),
        ("update_user_name", UpdateUserNameBody(userId=NOBODY, userName=""), 404, f"unable to find user {NOBODY}"),
        ("update_user_email", UpdateUserEmailBody(userId="root", userEmail=""), 400, "userId"),
        ("update_user_phone_number", UpdateUserPhoneNumberBody(userId="root", userPhoneNumber=""), 400, "userId"),
        ("delete_users", DeleteUsersBody(userIds=[]), 400, "userIds"),
        ("create_user_tag", CreateUserTagBody(userTagName="", userIds=[]), 400, "userTagName"),
        ("update_user_tag", UpdateUserTagBody(userTagId=NOBODY, addUserIds=[], removeUserIds=[]), 404, NOBODY),
        ("delete_user_tags", DeleteUserTagsBody(userTagIds=[NOBODY]), 404, NOBODY),
        ("update_organization_name", UpdateOrganizationNameBody(organizationName=""), 400, "organizationName"),
        (
            "set_organization_feature",
            SetOrganizationFeatureBody(name="FEATURE_NAME_SWAP_CONFIG", value=""),
            501,
            "`FEATURE_NAME_SWAP_CONFIG`",
        ),
    ],
)
def test_what_is_no_good_is_refused(owner, name, body, status, text):
    refused(getattr(owner.client, name), body, status, text)
