import json

import msgspec
import pytest

from counterseal.contract import shapes
from counterseal.contract.encode import encode, timestamp

NOW = timestamp(1_760_000_000_999)


def test_unset_members_are_left_out_and_required_arrays_are_not():
    user = shapes.User(user_id="u", user_name="", created_at=NOW, updated_at=NOW)
    assert json.loads(encode(user)) == {
        "userId": "u",
        "userName": "",
        "authenticators": [],
        "apiKeys": [],
        "userTags": [],
        "oauthProviders": [],
        "createdAt": {"seconds": "1760000000", "nanos": "0"},
        "updatedAt": {"seconds": "1760000000", "nanos": "0"},
        "mfaPolicies": [],
    }


def test_an_optional_array_is_kept_when_given():
    assert encode(shapes.UpdateUserIntent(user_id="u", user_tag_ids=[])) == b'{"userId":"u","userTagIds":[]}'


def test_false_and_zero_are_written():
    quorum = shapes.Quorum(threshold=0, user_ids=["u"])
    assert encode(quorum) == b'{"threshold":0,"userIds":["u"]}'


def test_a_required_member_that_may_be_null_is_always_there():
    policy = shapes.Policy(
        policy_id="p",
        policy_name="n",
        effect=shapes.Effect.ALLOW,
        created_at=NOW,
        updated_at=NOW,
        notes="",
        consensus=None,
        condition="true",
    )
    written = json.loads(encode(policy))
    assert (written["consensus"], written["condition"], written["effect"]) == (None, "true", "EFFECT_ALLOW")


def test_raw_members_are_copied():
    assert encode({"createUsersIntentV4": msgspec.Raw(b'{"users": []}')}) == b'{"createUsersIntentV4":{"users": []}}'


@pytest.mark.parametrize(("ms", "seconds"), [(0, "0"), (999, "0"), (1_000, "1"), (1_760_000_000_123, "1760000000")])
def test_timestamp(ms, seconds):
    assert timestamp(ms) == shapes.Timestamp(seconds=seconds, nanos="0")
