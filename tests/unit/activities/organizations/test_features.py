"""SET_ORGANIZATION_FEATURE and REMOVE_ORGANIZATION_FEATURE."""

from __future__ import annotations

from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply, user_params
from counterseal.contract.shapes import FeatureName

LOG_IN = ["EMAIL_RECOVERY", "EMAIL_AUTH", "SMS_AUTH", "OTP_EMAIL_AUTH"]


async def put(server: ComposedServer, name: str, value: str | None = None, *, by: Actor | None = None) -> Reply:
    return await server.submit("SET_ORGANIZATION_FEATURE", {"name": f"FEATURE_NAME_{name}", "value": value}, by=by)


async def remove(server: ComposedServer, name: str, *, by: Actor | None = None) -> Reply:
    return await server.submit("REMOVE_ORGANIZATION_FEATURE", {"name": f"FEATURE_NAME_{name}"}, by=by)


async def features(server: ComposedServer, by: Actor | None = None) -> Any:
    return (await server.query("get_organization_configs", by=by)).json["configs"]["features"]


def shown(*names: str, **values: str) -> list[dict[str, str]]:
    switches = [{"name": f"FEATURE_NAME_{name}"} for name in names]
    return switches + [{"name": f"FEATURE_NAME_{name}", "value": value} for name, value in values.items()]


async def test_a_parent_starts_with_none_and_a_sub_organization_with_all_ways_to_log_in(
    server: ComposedServer,
) -> None:
    [root] = await server.add_sub_organization("root")
    assert await features(server) == []
    assert await features(server, root) == shown(*LOG_IN)


async def test_a_feature_is_set_given_another_value_and_removed(server: ComposedServer) -> None:
    reply = await put(server, "WEBAUTHN_ORIGINS", "https://www.example.com")
    expected = shown(WEBAUTHN_ORIGINS="https://www.example.com")
    assert reply.activity["result"] == {"setOrganizationFeatureResult": {"features": expected}}
    assert (await put(server, "SMS_AUTH", "")).result["features"] == [*expected, *shown("SMS_AUTH")]
    other = await put(server, "WEBAUTHN_ORIGINS", "http://localhost:3000, https://example.com")
    expected = shown(WEBAUTHN_ORIGINS="http://localhost:3000,https://example.com") + shown("SMS_AUTH")
    assert other.result["features"] == expected
    await server.restart()
    assert await features(server) == expected
    reply = await remove(server, "WEBAUTHN_ORIGINS")
    assert reply.activity["result"] == {"removeOrganizationFeatureResult": {"features": shown("SMS_AUTH")}}
    again = await remove(server, "WEBAUTHN_ORIGINS")
    assert again.result["features"] == shown("SMS_AUTH")
    assert await features(server) == shown("SMS_AUTH")


@pytest.mark.parametrize("name", ["ROOT_USER_EMAIL_RECOVERY", *LOG_IN])
async def test_a_way_to_log_in_is_a_switch_whose_value_is_kept(server: ComposedServer, name: str) -> None:
    assert (await put(server, name)).result["features"] == shown(name)
    assert (await put(server, name, "true")).result["features"] == shown(**{name: "true"})
    assert (await put(server, name, "x" * 256)).error == (400, 3, "REQUEST_INVALID")


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.com",
        "http://localhost:5173",
        "chrome-extension://abcdefghijklmnop",
        f"android:apk-key-hash:{'x' * 42}8",
    ],
)
async def test_origins_are_as_browsers_and_apps_write_them(server: ComposedServer, origin: str) -> None:
    assert (await put(server, "WEBAUTHN_ORIGINS", origin)).result["features"] == shown(WEBAUTHN_ORIGINS=origin)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "*",
        "example.com",
        "https://example.com/",
        "https://Example.com",
        "https://example.com:",
        "https://example.com,,https://www.example.com",
        "https://example.com https://www.example.com",
        "https://app.example.com:443",
        "http://app.example.com:80",
        "https://app.example.com:65536",
        "https://a..b",
        "https://1.2.3",
        "android:apk-key-hash:short",
        f"android:apk-key-hash:{'x' * 43}",
        ",".join(["https://example.com"] * 101),
        f"https://{'x' * 8192}",
    ],
)
async def test_what_no_browser_writes_as_an_origin_is_refused(server: ComposedServer, value: str | None) -> None:
    reply = await put(server, "WEBAUTHN_ORIGINS", value)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert reply.message.endswith(" at `value`")
    assert await features(server) == []


@pytest.mark.parametrize(
    "name",
    [each.name for each in FeatureName if each.name not in (*LOG_IN, "ROOT_USER_EMAIL_RECOVERY", "WEBAUTHN_ORIGINS")],
)
async def test_what_is_not_here_is_not_promised(server: ComposedServer, name: str) -> None:
    reply = await put(server, name, "https://example.com/hook")
    assert reply.error == (501, 12, "")
    assert f"`FEATURE_NAME_{name}`" in reply.message
    assert (await remove(server, name)).result["features"] == []


async def test_an_unknown_name_is_refused(server: ComposedServer) -> None:
    for reply in await put(server, "TELEPATHY"), await remove(server, "TELEPATHY"):
        assert reply.error == (400, 3, "REQUEST_INVALID")


async def test_only_the_root_quorum_may(server: ComposedServer) -> None:
    first, second = await server.add_sub_organization("first", "second", threshold=2)
    ada = await server.add_user("ada")
    assert (await put(server, "EMAIL_AUTH", by=ada)).error[:2] == (403, 7)
    assert (await remove(server, "EMAIL_AUTH", by=ada)).error[:2] == (403, 7)
    pending = await remove(server, "EMAIL_AUTH", by=first)
    assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    done = await server.submit("APPROVE_ACTIVITY", {"fingerprint": pending.activity["fingerprint"]}, by=second)
    assert done.result["features"] == shown("EMAIL_RECOVERY", "SMS_AUTH", "OTP_EMAIL_AUTH")


async def test_nobody_loses_the_last_way_in(server: ComposedServer) -> None:
    [root] = await server.add_sub_organization("root")
    users = [user_params("mail", userEmail="a@example.com"), user_params("phone", userPhoneNumber="+13214567890")]
    [mail_id, phone_id] = (await server.submit("CREATE_USERS_V4", {"users": users}, by=root)).result["userIds"]
    assert (await remove(server, "EMAIL_AUTH", by=root)).status == 200  # the one-time password is left
    for name, user_id in (("OTP_EMAIL_AUTH", mail_id), ("SMS_AUTH", phone_id)):
        reply = await remove(server, name, by=root)
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert reply.message == f"user missing valid credential: {user_id}"
    await server.submit("DELETE_USERS", {"userIds": [mail_id, phone_id]}, by=root)
    for name in "OTP_EMAIL_AUTH", "SMS_AUTH", "EMAIL_RECOVERY":
        assert (await remove(server, name, by=root)).status == 200
    reply = await server.submit("CREATE_USERS_V4", {"users": users[:1]}, by=root)
    assert reply.message.startswith("user missing valid credential")
