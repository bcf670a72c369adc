"""CREATE_SUB_ORGANIZATION in all its versions, end to end."""

from __future__ import annotations

from typing import Any

import pytest

from composed import Actor, ComposedServer, key_params
from counterseal.crypto import Curve, PrivateKey, generate_key_pair
from software_authenticator import SoftwareAuthenticator

SWITCHES = {"disableEmailRecovery": "EMAIL_RECOVERY", "disableEmailAuth": "EMAIL_AUTH"}
NEWER_SWITCHES = SWITCHES | {"disableSmsAuth": "SMS_AUTH", "disableOtpEmailAuth": "OTP_EMAIL_AUTH"}
ALL_FEATURES = ["EMAIL_RECOVERY", "EMAIL_AUTH", "SMS_AUTH", "OTP_EMAIL_AUTH"]


def root_user(version: int, key: PrivateKey, **members: Any) -> dict[str, Any]:
    params = key_params(key)
    if version < 6:
        del params["curveType"]
    user = {"userName": "root", "userEmail": "root@example.com", "apiKeys": [params], "authenticators": []}
    if version >= 5:
        user["oauthProviders"] = []
    if version >= 7:
        user["userPhoneNumber"] = "+13214567890"
    return user | members


def parameters(version: int, key: PrivateKey, **members: Any) -> dict[str, Any]:
    made = {"subOrganizationName": f"V{version}", "rootUsers": [root_user(version, key)], "rootQuorumThreshold": 1}
    if version == 3:
        made["privateKeys"] = []
    return made | members


def kind_of(version: int) -> str:
    return f"CREATE_SUB_ORGANIZATION_V{version}"


async def test_the_first_version_has_one_root_user_with_a_passkey(server: ComposedServer) -> None:
    passkey = SoftwareAuthenticator()
    sent = {"name": "V1", "rootAuthenticator": passkey.registration("my passkey")}
    reply = await server.submit("CREATE_SUB_ORGANIZATION", sent)
    assert reply.activity["intent"] == {"createSubOrganizationIntent": sent}
    assert list(reply.activity["result"]) == ["createSubOrganizationResult"]
    where = {"organizationId": reply.result["subOrganizationId"]}
    [user] = (await server.query("list_users", **where)).json["users"]
    assert [user["userId"]] == reply.result["rootUserIds"]
    assert (user["userName"], user["apiKeys"]) == ("Root user", [])
    [authenticator] = user["authenticators"]
    assert (authenticator["authenticatorName"], authenticator["credentialId"]) == ("my passkey", passkey.id)
    configs = (await server.query("get_organization_configs", **where)).json["configs"]
    assert configs["quorum"] == {"threshold": 1, "userIds": [user["userId"]]}


@pytest.mark.parametrize("version", range(2, 9))
async def test_a_passkey_is_credential_enough(server: ComposedServer, version: int) -> None:
    passkey = SoftwareAuthenticator()
    sent = parameters(version, generate_key_pair(Curve.P256))
    sent["rootUsers"][0] |= {"apiKeys": [], "authenticators": [passkey.registration()]}
    made = await server.submit(kind_of(version), sent)
    where = {"organizationId": made.result["subOrganizationId"]}
    [user] = (await server.query("list_users", **where)).json["users"]
    assert [each["credentialId"] for each in user["authenticators"]] == [passkey.id]


@pytest.mark.parametrize("version", range(2, 9))
async def test_each_version_has_its_own_result(server: ComposedServer, version: int) -> None:
    key = generate_key_pair(Curve.P256)
    sent = parameters(version, key)
    reply = await server.submit(kind_of(version), sent)
    suffix = "" if version == 2 else f"V{version}"
    assert reply.activity["type"] == f"ACTIVITY_TYPE_{kind_of(version)}"
    assert reply.activity["intent"] == {f"createSubOrganizationIntentV{version}": sent}
    assert list(reply.activity["result"]) == [f"createSubOrganizationResult{suffix}"]
    result = reply.result
    assert set(result) == {"subOrganizationId", "rootUserIds"} | ({"privateKeys"} if version == 3 else set())
    [user_id] = result["rootUserIds"]
    root = Actor(result["subOrganizationId"], user_id, key)
    assert (await server.query("whoami", by=root)).json["organizationName"] == f"V{version}"
    user = (await server.query("get_user", by=root, userId=user_id)).json["user"]
    assert user["userEmail"] == "root@example.com"
    assert ("userPhoneNumber" in user) == (version >= 7)
    configs = (await server.query("get_organization_configs", by=root)).json["configs"]
    assert configs["quorum"] == {"threshold": 1, "userIds": [user_id]}
    assert [each["name"] for each in configs["features"]] == [f"FEATURE_NAME_{name}" for name in ALL_FEATURES]


@pytest.mark.parametrize("version", [4, 7, 8])
async def test_ways_to_log_in_can_be_disabled(server: ComposedServer, version: int) -> None:
    switches = SWITCHES if version == 4 else NEWER_SWITCHES
    for name, feature in switches.items():
        sent = parameters(version, generate_key_pair(Curve.P256), **{name: True})
        made = await server.submit(kind_of(version), sent)
        where = made.result["subOrganizationId"]
        configs = (await server.query("get_organization_configs", organizationId=where)).json["configs"]
        left = [f"FEATURE_NAME_{each}" for each in ALL_FEATURES if each != feature]
        assert [each["name"] for each in configs["features"]] == left


@pytest.mark.parametrize(
    ("version", "members", "named"),
    [
        (7, {"verificationToken": "x"}, "verificationToken"),
    ],
)
async def test_what_is_not_here_is_named(
    server: ComposedServer, version: int, members: dict[str, Any], named: str
) -> None:
    reply = await server.submit(kind_of(version), parameters(version, generate_key_pair(Curve.P256), **members))
    assert reply.error == (501, 12, "")
    assert named in reply.message


async def test_an_e_mail_address_is_a_way_in_while_it_is_enabled(server: ComposedServer) -> None:
    mail_only = root_user(8, generate_key_pair(Curve.P256), apiKeys=[])
    del mail_only["userPhoneNumber"]
    sent = {"subOrganizationName": "Mail", "rootUsers": [mail_only], "rootQuorumThreshold": 1}
    assert (await server.submit(kind_of(8), sent)).status == 200
    off = sent | {"disableEmailAuth": True, "disableOtpEmailAuth": True}
    refused = await server.submit(kind_of(8), off)
    assert refused.message.startswith("user missing valid credential: rootUsers[0]")
    for member, code in (("userEmail", "INVALID_EMAIL"), ("userPhoneNumber", "REQUEST_INVALID")):
        empty = root_user(8, generate_key_pair(Curve.P256), **{member: ""})
        assert (await server.submit(kind_of(8), sent | {"rootUsers": [empty]})).error == (400, 3, code)


async def test_names_may_repeat_and_be_empty(server: ComposedServer) -> None:
    for name in "Same", "Same", "":
        sent = parameters(8, generate_key_pair(Curve.P256), subOrganizationName=name)
        assert (await server.submit(kind_of(8), sent)).status == 200
