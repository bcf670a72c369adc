"""CREATE_USERS, as a pure function."""

from __future__ import annotations

from typing import Any

import pytest

import sample
from counterseal.activities import Outcome, unit_of
from counterseal.contract.errors import AlreadyExists, InvalidRequest, LimitExceeded, Refused
from counterseal.contract.shapes import ApiKeyCurve, ApiKeyParamsV2, CreateUsersIntentV4, UserParamsV4
from counterseal.organizations import ApiKeyRemoved, Snapshot, View, apply_changes
from sample import NOW_MS, uuid

KEYS = [sample.public_key() for _ in range(12)]


def key(public_key: str, **members: Any) -> ApiKeyParamsV2:
    return ApiKeyParamsV2(api_key_name="key", public_key=public_key, curve_type=ApiKeyCurve.P256, **members)


def params(name: str = "ann", *keys: ApiKeyParamsV2, **members: Any) -> UserParamsV4:
    return UserParamsV4(user_name=name, api_keys=list(keys) or [key(KEYS[0])], **members)


def create(*users: UserParamsV4, organization: Snapshot | None = None) -> Outcome:
    unit = unit_of("CREATE_USERS")
    assert unit is not None
    view = View(organization or sample.organization(sample.user()), initiator_id=uuid(1))
    return unit.first(CreateUsersIntentV4(users=list(users)), view, sample.world())


def refusal(*users: UserParamsV4, organization: Snapshot | None = None) -> Refused:
    with pytest.raises(Refused) as refused:
        create(*users, organization=organization)
    return refused.value


def test_users_keep_the_order_of_the_request_and_stay_out_of_the_quorum() -> None:
    before = sample.organization(sample.user())
    outcome = create(params("ann"), params("bob", key(KEYS[1]), key(KEYS[2])), organization=before)
    after = apply_changes(before, before.id, outcome.changes)
    assert list(after.users) == [uuid(1), *outcome.result.user_ids]
    ann, bob = (after.users[id_] for id_ in outcome.result.user_ids)
    assert (ann.name, ann.created_ms, ann.updated_ms, ann.tag_ids) == ("ann", NOW_MS, NOW_MS, ())
    assert [each.public_key for each in bob.api_keys] == KEYS[1:3]
    assert after.quorum == before.quorum


def test_contact_details_are_kept_as_given() -> None:
    before = sample.organization(sample.user())
    outcome = create(params(user_email="Ann.O@Example.com", user_phone_number="+13214567890"), organization=before)
    (ann,) = (apply_changes(before, "", outcome.changes).users[id_] for id_ in outcome.result.user_ids)
    assert (ann.email, ann.phone_number) == ("Ann.O@Example.com", "+13214567890")


@pytest.mark.parametrize(
    ("user", "words", "code"),
    [
        (params(""), "users[0].userName", "REQUEST_INVALID"),
        (params("x" * 256), "users[0].userName", "REQUEST_INVALID"),
        (params(user_email="nobody"), "invalid email address", "INVALID_EMAIL"),
        (params(user_email=""), "invalid email address", "INVALID_EMAIL"),
        (params(user_phone_number="13214567890"), "users[0].userPhoneNumber", "REQUEST_INVALID"),
        (params("ann", key("02")), "apiKeys[0].publicKey", "REQUEST_INVALID"),
        (params("ann", key(KEYS[0], expiration_seconds="60")), "user missing valid credential", "REQUEST_INVALID"),
    ],
)
def test_what_is_wrong_is_named(user: UserParamsV4, words: str, code: str) -> None:
    refused = refusal(user)
    assert isinstance(refused, InvalidRequest)
    assert words in refused.message
    assert refused.code == code


def test_an_empty_list_is_refused() -> None:
    assert "parameters.users" in refusal().message


def test_a_user_without_a_key_needs_a_login_that_is_enabled() -> None:
    bare = UserParamsV4(user_name="ann", user_email="ann@example.com")
    assert "user missing valid credential" in refusal(bare).message
    organization = sample.organization(sample.user(), features={"FEATURE_NAME_EMAIL_AUTH": ""})
    assert len(create(bare, organization=organization).result.user_ids) == 1


def test_a_public_key_comes_once_in_a_request_even_for_two_users() -> None:
    assert isinstance(refusal(params("ann"), params("bob")), AlreadyExists)


def test_a_live_public_key_is_taken_and_an_expired_one_yields() -> None:
    live = sample.organization(sample.user(uuid(1), sample.api_key(public_key=KEYS[0])))
    assert isinstance(refusal(params(), organization=live), AlreadyExists)
    expired = sample.api_key(public_key=KEYS[0], created_ms=0, seconds=1)
    outcome = create(params(), organization=sample.organization(sample.user(uuid(1), expired)))
    assert ApiKeyRemoved(api_key=expired) in outcome.changes


def test_one_bad_user_refuses_them_all() -> None:
    assert "users[1].userName" in refusal(params("ann"), params("", key(KEYS[1]))).message


def test_limits_hold_for_new_users_too() -> None:
    refused = refusal(params("ann", *(key(each) for each in KEYS[:11])))
    assert isinstance(refused, LimitExceeded)
    assert "long-lived" in refused.message
    refused = refusal(params("ann", key(KEYS[0]), *(key(each, expiration_seconds="60") for each in KEYS[1:12])))
    assert isinstance(refused, LimitExceeded)
    assert "short-lived" in refused.message


def test_an_organization_has_at_most_a_hundred_users() -> None:
    nearly_full = sample.organization(*(sample.user(uuid(number)) for number in range(1, 100)))
    assert create(params(), organization=nearly_full).result.user_ids
    refused = refusal(params("ann"), params("bob", key(KEYS[1])), organization=nearly_full)
    assert (refused.http, refused.grpc) == (429, 8)
    assert "organization has exceeded maximum users" in refused.message
