"""Every version of a kind on its path: bodies as released clients send them, stamped by the official stamper."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from turnkey_sdk_types import GetActivityBody, GetActivityResponse

from conformance.members import Member, new_organization, root_of
from counterseal.crypto import Curve, generate_key_pair
from counterseal.crypto.p256 import P256PrivateKey
from software_authenticator import SoftwareAuthenticator


def _old_key() -> dict[str, Any]:
    """Before curves had names: an API key is on P-256."""
    return {"apiKeyName": "old", "publicKey": generate_key_pair(Curve.P256).public_key.hex()}


def _key() -> dict[str, Any]:
    return _old_key() | {"curveType": "API_KEY_CURVE_P256"}


def _user(key: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"userName": "ada", "userEmail": "ada@example.com", "apiKeys": [key], "authenticators": []} | more


def _household(user: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"subOrganizationName": "Old", "rootUsers": [user], "rootQuorumThreshold": 1} | more


_OAUTH = {"oauthProviders": []}
_SUB_ORGANIZATION_RESULT = {"subOrganizationId", "rootUserIds"}
_DISABLED = {"disableEmailRecovery": True, "disableEmailAuth": True}
_ALL_DISABLED = _DISABLED | {"disableSmsAuth": True, "disableOtpEmailAuth": True}

# type, parameters, intent key, result key, members of the result
VERSIONS = [
    (
        "CREATE_SUB_ORGANIZATION",
        {"name": "Old", "rootAuthenticator": SoftwareAuthenticator().registration()},
        "",
        "",
        _SUB_ORGANIZATION_RESULT,
    ),
    ("CREATE_SUB_ORGANIZATION_V2", _household(_user(_old_key())), "V2", "", _SUB_ORGANIZATION_RESULT),
    (
        "CREATE_SUB_ORGANIZATION_V3",
        _household(_user(_old_key()), privateKeys=[]),
        "V3",
        "V3",
        _SUB_ORGANIZATION_RESULT | {"privateKeys"},
    ),
    ("CREATE_SUB_ORGANIZATION_V4", _household(_user(_old_key()), **_DISABLED), "V4", "V4", _SUB_ORGANIZATION_RESULT),
    ("CREATE_SUB_ORGANIZATION_V5", _household(_user(_old_key(), **_OAUTH)), "V5", "V5", _SUB_ORGANIZATION_RESULT),
    ("CREATE_SUB_ORGANIZATION_V6", _household(_user(_key(), **_OAUTH)), "V6", "V6", _SUB_ORGANIZATION_RESULT),
    (
        "CREATE_SUB_ORGANIZATION_V7",
        _household(_user(_key(), userPhoneNumber="+13214567890", **_OAUTH), **_ALL_DISABLED),
        "V7",
        "V7",
        _SUB_ORGANIZATION_RESULT,
    ),
    ("CREATE_SUB_ORGANIZATION_V8", _household(_user(_key(), **_OAUTH)), "V8", "V8", _SUB_ORGANIZATION_RESULT),
    (
        "CREATE_API_ONLY_USERS",
        {"apiOnlyUsers": [{"userName": "machine", "apiKeys": [_old_key()], "userTags": []}]},
        "",
        "",
        {"userIds"},
    ),
    ("CREATE_USERS", {"users": [_user(_old_key(), accessType="ACCESS_TYPE_API", userTags=[])]}, "", "", {"userIds"}),
    ("CREATE_USERS_V2", {"users": [_user(_old_key(), userTags=[])]}, "V2", "", {"userIds"}),
    ("CREATE_USERS_V3", {"users": [_user(_key(), userTags=[], **_OAUTH)]}, "V3", "", {"userIds"}),
    ("CREATE_USERS_V4", {"users": [_user(_key(), userTags=[], **_OAUTH)]}, "V4", "", {"userIds"}),
    ("CREATE_API_KEYS", {"apiKeys": [_old_key()]}, "", "", {"apiKeyIds"}),
    ("CREATE_API_KEYS_V2", {"apiKeys": [_key()]}, "V2", "", {"apiKeyIds"}),
    (
        "CREATE_READ_WRITE_SESSION",
        {"email": "ada@example.com"},
        "",
        "",
        {"organizationId", "organizationName", "userId", "username", "apiKeyId", "credentialBundle"},
    ),
    (
        "CREATE_READ_WRITE_SESSION_V2",
        {"invalidateExisting": True},
        "V2",
        "V2",
        {"organizationId", "organizationName", "userId", "username", "apiKeyId", "credentialBundle"},
    ),
]


@pytest.fixture
def owner(python_server) -> Member:
    return new_organization(python_server)[0]


@pytest.mark.parametrize(
    ("activity_type", "parameters", "intent_version", "result_version", "members"),
    VERSIONS,
    ids=[version[0] for version in VERSIONS],
)
def test_version(owner, activity_type, parameters, intent_version, result_version, members):
    kind = activity_type.partition("_V")[0]
    if kind == "CREATE_SUB_ORGANIZATION":
        owner = root_of(owner.server)
    if kind == "CREATE_API_KEYS":
        parameters = {"userId": owner.user_id} | parameters
    if kind == "CREATE_READ_WRITE_SESSION":
        _post(owner, "CREATE_USERS_V2", {"users": [_user(_old_key(), userTags=[])]})
        parameters = {"targetPublicKey": P256PrivateKey.generate().public_point.hex()} | parameters
    status, reply = _post(owner, activity_type, parameters)
    assert status == 200, reply
    activity = reply["activity"]
    assert activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert activity["type"] == f"ACTIVITY_TYPE_{activity_type}"
    name = _camel(kind)
    assert activity["intent"] == {f"{name}Intent{intent_version}": parameters}
    assert list(activity["result"]) == [f"{name}Result{result_version}"]
    assert set(activity["result"][f"{name}Result{result_version}"]) == members
    assert GetActivityResponse(**reply).activity.id == activity["id"]
    polled = owner.client.get_activity(GetActivityBody(activityId=activity["id"])).activity
    assert polled.fingerprint == activity["fingerprint"]


def test_access_types_are_required_by_the_first_version_of_users(owner):
    status, reply = _post(owner, "CREATE_USERS", {"users": [_user(_old_key(), userTags=[])]})
    assert (status, reply["code"]) == (400, 3)
    assert "missing field `accessType`" in reply["message"]


def _post(member: Member, activity_type: str, parameters: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    body = json.dumps(
        {
            "parameters": parameters,
            "organizationId": member.organization_id,
            "timestampMs": str(time.time_ns() // 1_000_000),
            "type": f"ACTIVITY_TYPE_{activity_type}",
        }
    )
    path = f"/public/v1/submit/{activity_type.partition('_V')[0].lower()}"
    stamp = member.stamper.stamp(body)
    return member.server.post(path, body.encode(), stamp.stamp_header_value)


def _camel(kind: str) -> str:
    first, *rest = kind.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)
