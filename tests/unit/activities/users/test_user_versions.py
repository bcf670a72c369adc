"""CREATE_USERS in all its versions, with tags, and CREATE_API_ONLY_USERS, end to end."""

from __future__ import annotations

from typing import Any

import pytest

from composed import Actor, ComposedServer, key_params, user_params
from counterseal.crypto import Curve, PrivateKey, generate_key_pair
from software_authenticator import SoftwareAuthenticator

NOBODY = "00000000-0000-4000-8000-0000000000ff"


def key_params_v1(key: PrivateKey, **members: Any) -> dict[str, Any]:
    return {"apiKeyName": "key", "publicKey": key.public_key.hex()} | members


async def make_tag(server: ComposedServer, name: str = "team") -> str:
    tag_id: str = (await server.submit("CREATE_USER_TAG", {"userTagName": name, "userIds": []})).result["userTagId"]
    return tag_id


async def test_every_version_makes_the_same_user(server: ComposedServer) -> None:
    tag_id = await make_tag(server)
    oldest = {"userEmail": "ada@example.com", "userTags": [tag_id], "authenticators": []}
    newer = oldest | {"oauthProviders": [], "userPhoneNumber": "+13214567890"}
    versions = {
        "CREATE_USERS": oldest | {"accessType": "ACCESS_TYPE_ALL"},
        "CREATE_USERS_V2": oldest,
        "CREATE_USERS_V3": newer,
        "CREATE_USERS_V4": newer,
        "CREATE_API_ONLY_USERS": {"userEmail": "ada@example.com", "userTags": [tag_id]},
    }
    for kind, members in versions.items():
        key = generate_key_pair(Curve.P256)
        keys = [key_params(key) if members is newer else key_params_v1(key)]
        listed = "apiOnlyUsers" if kind == "CREATE_API_ONLY_USERS" else "users"
        parameters = {listed: [{"userName": kind, "apiKeys": keys} | members]}
        reply = await server.submit(kind, parameters)
        activity = reply.activity
        assert activity["type"] == f"ACTIVITY_TYPE_{kind}"
        assert list(activity["intent"].values()) == [parameters]
        [result_key] = activity["result"]
        assert result_key == ("createApiOnlyUsersResult" if listed == "apiOnlyUsers" else "createUsersResult")
        [user_id] = reply.result["userIds"]
        user = (await server.query("get_user", userId=user_id)).json["user"]
        assert (user["userName"], user["userEmail"], user["userTags"]) == (kind, "ada@example.com", [tag_id])
        assert user.get("userPhoneNumber") == members.get("userPhoneNumber")
        assert user["apiKeys"][0]["credential"]["type"] == "CREDENTIAL_TYPE_API_KEY_P256"
        whoami = await server.query("whoami", by=Actor(server.root.organization_id, user_id, key))
        assert whoami.json["userId"] == user_id


@pytest.mark.parametrize("kind", ["CREATE_USERS", "CREATE_USERS_V2", "CREATE_USERS_V3", "CREATE_USERS_V4"])
async def test_every_version_takes_passkeys_in_its_own_form(server: ComposedServer, kind: str) -> None:
    passkey = SoftwareAuthenticator()
    params = passkey.registration_v1(NOBODY) if kind == "CREATE_USERS" else passkey.registration()
    user = {"userName": kind, "apiKeys": [], "authenticators": [params], "userTags": [], "oauthProviders": []}
    reply = await server.submit(kind, {"users": [user | {"accessType": "ACCESS_TYPE_WEB"}]})
    [user_id] = reply.result["userIds"]
    made = (await server.query("get_user", userId=user_id)).json["user"]
    assert [each["credentialId"] for each in made["authenticators"]] == [passkey.id]
    without_mail = await server.submit("UPDATE_USER_EMAIL", {"userId": user_id, "userEmail": ""})
    assert without_mail.status == 200


async def test_tags_must_be_there(server: ComposedServer) -> None:
    tag_id = await make_tag(server)
    for tags, error in (
        ([tag_id, NOBODY], (404, 5, "")),
        (["team"], (400, 3, "REQUEST_INVALID")),
        ([tag_id, tag_id], (400, 3, "REQUEST_INVALID")),
    ):
        user = user_params("ada", generate_key_pair(Curve.P256), userTags=tags)
        assert (await server.submit("CREATE_USERS_V4", {"users": [user]})).error == error
    unknown = await server.submit(
        "CREATE_USERS_V4", {"users": [user_params("ada", generate_key_pair(Curve.P256), userTags=[NOBODY])]}
    )
    organization_id = server.root.organization_id
    assert unknown.message == f"unable to find user tag {NOBODY} in organization {organization_id}"
    assert len((await server.query("list_users")).json["users"]) == 1


async def test_a_tag_of_another_organization_is_unknown(server: ComposedServer) -> None:
    tag_id = await make_tag(server)
    [root] = await server.add_sub_organization("root")
    user = user_params("ada", generate_key_pair(Curve.P256), userTags=[tag_id])
    assert (await server.submit("CREATE_USERS_V4", {"users": [user]}, by=root)).error == (404, 5, "")


async def test_empty_addresses_and_numbers_are_refused(server: ComposedServer) -> None:
    for member, code in (("userEmail", "INVALID_EMAIL"), ("userPhoneNumber", "REQUEST_INVALID")):
        user = user_params("ada", generate_key_pair(Curve.P256)) | {member: ""}
        assert (await server.submit("CREATE_USERS_V4", {"users": [user]})).error == (400, 3, code)


@pytest.mark.parametrize("kind", ["CREATE_USERS_V3", "CREATE_USERS_V4"])
async def test_providers_are_not_here_yet(server: ComposedServer, kind: str) -> None:
    provider = {"providerName": "google", "oidcToken": "x"}
    user = user_params("ada", generate_key_pair(Curve.P256)) | {"oauthProviders": [provider]}
    reply = await server.submit(kind, {"users": [user]})
    assert reply.error == (501, 12, "")
    assert "`users[0].oauthProviders`" in reply.message


async def test_api_only_users_are_held_to_the_same_rules(server: ComposedServer) -> None:
    async def create(*users: dict[str, Any]) -> Any:
        return await server.submit("CREATE_API_ONLY_USERS", {"apiOnlyUsers": list(users)})

    def user(*keys: dict[str, Any]) -> dict[str, Any]:
        return {"userName": "machine", "userTags": [], "apiKeys": list(keys)}

    key = generate_key_pair(Curve.P256)
    assert (await create()).error == (400, 3, "REQUEST_INVALID")
    bare = await create(user())
    assert bare.message.startswith("user missing valid credential: apiOnlyUsers[0]")
    brief = await create(user(key_params_v1(key, expirationSeconds="60")))
    assert brief.message.startswith("user missing valid credential")
    twice = await create(user(key_params_v1(key)), user(key_params_v1(key)))
    assert twice.error == (409, 6, "")
    on_another_curve = await create(user(key_params_v1(generate_key_pair(Curve.ED25519))))
    assert on_another_curve.error == (400, 3, "REQUEST_INVALID")
    crowd = await create(*[user(key_params_v1(generate_key_pair(Curve.P256))) for _ in range(100)])
    assert crowd.error == (429, 8, "")
    assert crowd.message.startswith("organization has exceeded maximum users")
