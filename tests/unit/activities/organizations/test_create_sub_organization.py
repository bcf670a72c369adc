"""CREATE_SUB_ORGANIZATION, as a pure function."""

from __future__ import annotations

from typing import Any

import pytest

import sample
from counterseal.activities import Outcome, unit_of
from counterseal.contract.errors import AlreadyExists, InvalidRequest, LimitExceeded, NotImplementedHere, Refused
from counterseal.contract.shapes import (
    ApiKeyCurve,
    ApiKeyParamsV2,
    CreateSubOrganizationIntentV8,
    RootUserParamsV5,
)
from counterseal.organizations import Quorum, Snapshot, View, apply_changes
from sample import NOW_MS, ORGANIZATION_ID, uuid

KEYS = [sample.public_key() for _ in range(3)]
LOGINS = {
    "disable_email_recovery": "FEATURE_NAME_EMAIL_RECOVERY",
    "disable_email_auth": "FEATURE_NAME_EMAIL_AUTH",
    "disable_sms_auth": "FEATURE_NAME_SMS_AUTH",
    "disable_otp_email_auth": "FEATURE_NAME_OTP_EMAIL_AUTH",
}


def key(public_key: str, **members: Any) -> ApiKeyParamsV2:
    return ApiKeyParamsV2(api_key_name="key", public_key=public_key, curve_type=ApiKeyCurve.P256, **members)


def root(name: str = "ann", public_key: str = KEYS[0], **members: Any) -> RootUserParamsV5:
    return RootUserParamsV5(user_name=name, api_keys=[key(public_key)], **members)


def intent(*users: RootUserParamsV5, threshold: int = 1, **members: Any) -> CreateSubOrganizationIntentV8:
    made = {"sub_organization_name": "Sub", "root_users": list(users), "root_quorum_threshold": threshold}
    return CreateSubOrganizationIntentV8(**made | members)


def create(asked: CreateSubOrganizationIntentV8, parent: Snapshot | None = None) -> Outcome:
    unit = unit_of("CREATE_SUB_ORGANIZATION")
    assert unit is not None
    view, world = View(parent or sample.organization(sample.user()), initiator_id=uuid(1)), sample.world()
    checked = unit.check(asked, view, world)
    assert checked.work is None
    assert unit.second is not None
    return unit.second(checked.found, view, world, None)


def created(outcome: Outcome) -> Snapshot:
    assert outcome.new_organization is not None
    return apply_changes(None, outcome.new_organization.id, outcome.new_organization.changes)


def refusal(asked: CreateSubOrganizationIntentV8, parent: Snapshot | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        create(asked, parent)
    return refused.value


def test_root_users_form_the_quorum_in_the_order_of_the_request() -> None:
    outcome = create(intent(root("ann"), root("bob", KEYS[1]), threshold=2))
    made = created(outcome)
    assert (made.name, made.parent_id, made.version, made.created_ms) == ("Sub", ORGANIZATION_ID, 1, NOW_MS)
    assert [user.name for user in made.users.values()] == ["ann", "bob"]
    assert list(made.users) == outcome.result.root_user_ids
    assert made.quorum == Quorum(threshold=2, user_ids=tuple(made.users))
    assert outcome.result.sub_organization_id == made.id
    assert outcome.changes == ()


@pytest.mark.parametrize("disabled", [[], ["disable_email_auth"], list(LOGINS)])
def test_logins_are_enabled_unless_disabled(disabled: list[str]) -> None:
    made = created(create(intent(root(), **dict.fromkeys(disabled, True))))
    assert set(made.features) == {feature for switch, feature in LOGINS.items() if switch not in disabled}


def test_a_name_may_be_empty_but_not_odd() -> None:
    assert created(create(intent(root(), sub_organization_name=""))).name == ""
    assert "subOrganizationName" in refusal(intent(root(), sub_organization_name="a\nb")).message


def test_a_sub_organization_creates_none() -> None:
    sub = sample.organization(sample.user(), parent_id=sample.PARENT_ID)
    refused = refusal(intent(root()), sub)
    assert (refused.http, refused.code) == (400, "INVALID_ACTIVITY_CALLER")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (intent(), "parameters.rootUsers"),
        (intent(root(), threshold=0), "quorum threshold must be non-zero integer"),
        (intent(root(), threshold=2), "quorum threshold cannot be met"),
        (intent(root(user_email="nobody")), "invalid email address"),
        (intent(root(""), root("bob", KEYS[1])), "rootUsers[0].userName"),
        (intent(RootUserParamsV5(user_name="ann")), "user missing valid credential"),
        (
            intent(RootUserParamsV5(user_name="ann", api_keys=[key(KEYS[0], expiration_seconds="60")])),
            "user missing valid credential",
        ),
        (
            intent(
                RootUserParamsV5(user_name="ann", user_email="a@example.com"),
                disable_email_auth=True,
                disable_otp_email_auth=True,
            ),
            "user missing valid credential",
        ),
    ],
)
def test_what_is_wrong_is_named(asked: CreateSubOrganizationIntentV8, words: str) -> None:
    refused = refusal(asked)
    assert isinstance(refused, InvalidRequest)
    assert words in refused.message


@pytest.mark.parametrize(
    "contact", [{"user_email": "ann@example.com"}, {"user_phone_number": "+13214567890"}], ids=["mail", "sms"]
)
def test_a_root_user_may_come_in_by_a_login_alone(contact: dict[str, str]) -> None:
    (user,) = created(create(intent(RootUserParamsV5(user_name="ann", **contact)))).users.values()
    assert user.api_keys == ()


def test_a_public_key_comes_once_in_a_request() -> None:
    assert isinstance(refusal(intent(root("ann"), root("bob"))), AlreadyExists)


def test_a_public_key_of_the_parent_may_be_used_again() -> None:
    parent = sample.organization(sample.user(uuid(1), sample.api_key(public_key=KEYS[0])))
    assert created(create(intent(root()), parent)).api_keys[KEYS[0]].public_key == KEYS[0]


def test_there_are_at_most_a_hundred_root_users() -> None:
    assert isinstance(refusal(intent(*[root()] * 101)), LimitExceeded)


def test_what_is_not_here_yet_names_itself() -> None:
    refused = refusal(intent(root(), verification_token="token"))
    assert isinstance(refused, NotImplementedHere)
    assert "verificationToken" in refused.message
