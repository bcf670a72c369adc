"""Passkeys, whole: registered, shown, counted as votes, and gone."""

from __future__ import annotations

import asyncio

import pytest

from composed import ComposedServer, key_params, user_params
from counterseal.crypto import Curve, generate_key_pair
from passkey_holders import HEADER, Holder, found, register
from software_authenticator import ES256, FORMATS, RS256, SoftwareAuthenticator, b64u

every_algorithm = pytest.mark.parametrize("algorithm", [ES256, RS256], ids=["ES256", "RS256"])


@every_algorithm
async def test_a_passkey_stamps_queries_and_activities(server: ComposedServer, algorithm: int) -> None:
    holder = await register(server, server.root, SoftwareAuthenticator(algorithm))
    assert found(await holder.whoami()) == (holder.organization_id, holder.user_id)
    parameters = {"users": [user_params("ann", generate_key_pair(Curve.P256))]}
    activity = (await holder.submit("CREATE_USERS_V4", parameters)).activity
    assert activity["status"] == "ACTIVITY_STATUS_COMPLETED"


async def test_the_vote_is_the_stamp(server: ComposedServer) -> None:
    holder = await register(server, server.root)
    body = server.activity_body("CREATE_USERS_V4", {"users": [user_params("ann", generate_key_pair(Curve.P256))]})
    stamp = holder.passkey.stamp(body)
    headers = [(HEADER, b64u(stamp.encode()))]
    reply = await server.call("POST", "/public/v1/submit/create_users", body, headers)
    (vote,) = reply.activity["votes"]
    assert vote["publicKey"] == holder.passkey.public_key
    assert vote["signature"] == stamp, "the JSON, though it came in base64"
    assert vote["scheme"] == "SIGNATURE_SCHEME_TK_WEBAUTHN"
    assert vote["message"] == body.decode()
    assert vote["userId"] == holder.user_id
    assert [each["authenticatorId"] for each in vote["user"]["authenticators"]] == [holder.id]
    await server.restart()
    again = await server.query("get_activity", activityId=reply.activity["id"])
    assert again.json["activity"]["votes"] == [vote]


async def test_the_same_bytes_by_key_and_by_passkey_are_one_activity(server: ComposedServer) -> None:
    holder = await register(server, server.root)
    body = server.activity_body("CREATE_USERS_V4", {"users": [user_params("ann", generate_key_pair(Curve.P256))]})
    by_passkey = await holder.post("/public/v1/submit/create_users", body)
    by_key = await server.post("/public/v1/submit/create_users", body, by=server.root)
    assert by_key.activity == by_passkey.activity
    assert len(by_key.activity["votes"]) == 1


@pytest.mark.parametrize("form", FORMATS)
async def test_every_attestation_format_registers_a_passkey_that_stamps(server: ComposedServer, form: str) -> None:
    passkey = SoftwareAuthenticator()
    parameters = {"userId": server.root.user_id, "authenticators": [passkey.registration(form=form)]}
    assert (await server.submit("CREATE_AUTHENTICATORS_V2", parameters)).result
    holder = Holder(server, server.root.organization_id, server.root.user_id, passkey)
    assert (await holder.whoami()).status == 200
    (shown,) = (await holder.query("get_authenticators", userId=holder.user_id)).json["authenticators"]
    assert shown["attestationType"] == form


async def test_the_first_version_registers_too(server: ComposedServer) -> None:
    passkey = SoftwareAuthenticator()
    root = server.root
    parameters = {"userId": root.user_id, "authenticators": [passkey.registration_v1(root.user_id)]}
    reply = await server.submit("CREATE_AUTHENTICATORS", parameters)
    assert reply.activity["type"] == "ACTIVITY_TYPE_CREATE_AUTHENTICATORS"
    assert list(reply.activity["result"]) == ["createAuthenticatorsResult"]
    holder = Holder(server, root.organization_id, root.user_id, passkey)
    assert (await holder.whoami()).status == 200
    other = await server.add_user("ann")
    parameters = {"userId": root.user_id, "authenticators": [passkey.registration_v1(other.user_id)]}
    assert (await server.submit("CREATE_AUTHENTICATORS", parameters)).error == (400, 3, "REQUEST_INVALID")


async def test_authenticators_are_shown_as_the_service_shows_them(server: ComposedServer) -> None:
    holder = await register(server, server.root)
    time = {"seconds": str(server.clock.now_ms() // 1000), "nanos": "0"}
    expected = {
        "transports": ["AUTHENTICATOR_TRANSPORT_INTERNAL"],
        "attestationType": "none",
        "aaguid": "-_wwBxVOTsyMC24CBVfXvQ",
        "credentialId": holder.passkey.id,
        "model": "Security key",
        "credential": {
            "publicKey": holder.passkey.public_key,
            "type": "CREDENTIAL_TYPE_WEBAUTHN_AUTHENTICATOR",
        },
        "authenticatorId": holder.id,
        "authenticatorName": "passkey",
        "createdAt": time,
        "updatedAt": time,
    }
    assert (await server.query("get_authenticator", authenticatorId=holder.id)).json == {"authenticator": expected}
    listed = await server.query("get_authenticators", userId=holder.user_id)
    assert listed.json == {"authenticators": [expected]}
    user = (await server.query("get_user", userId=holder.user_id)).json["user"]
    assert user["authenticators"] == [expected]
    await server.restart()
    assert (await server.query("get_user", userId=holder.user_id)).json["user"] == user


async def test_queries_that_find_nothing(server: ComposedServer) -> None:
    unknown = "00000000-0000-4000-8000-000000000000"
    for name, member in (("get_authenticator", "authenticatorId"), ("get_authenticators", "userId")):
        assert (await server.query(name, **{member: unknown})).error == (404, 5, "")
        assert (await server.query(name, **{member: "me"})).error == (400, 3, "REQUEST_INVALID")
        assert (await server.query(name)).error == (400, 3, "REQUEST_INVALID")
    nobody_s = await server.query("get_authenticators", userId=server.root.user_id)
    assert nobody_s.json == {"authenticators": []}


class TestLife:
    async def test_a_deleted_passkey_is_refused_on_the_very_next_request(self, server: ComposedServer) -> None:
        holder = await register(server, server.root)
        parameters = {"userId": holder.user_id, "authenticatorIds": [holder.id]}
        activity = (await holder.submit("DELETE_AUTHENTICATORS", parameters)).activity
        assert activity["result"] == {"deleteAuthenticatorsResult": {"authenticatorIds": [holder.id]}}
        assert (await holder.query("list_users")).error == (404, 5, "CREDENTIAL_NOT_FOUND")
        assert (await holder.submit("DELETE_AUTHENTICATORS", parameters)).error == (404, 5, "CREDENTIAL_NOT_FOUND")
        (vote,) = (await server.query("get_activity", activityId=activity["id"])).activity["votes"]
        shown = [each["authenticatorId"] for each in vote["user"]["authenticators"]]
        assert shown == [holder.id], "the voter is shown as of the vote"

    async def test_what_waits_behind_the_deletion_is_refused_too(self, server: ComposedServer) -> None:
        """Both have been authenticated before the writer takes the first."""
        holder = await register(server, server.root)
        parameters = {"userId": holder.user_id, "authenticatorIds": [holder.id]}
        users = {"users": [user_params("ann", generate_key_pair(Curve.P256))]}
        deletion = asyncio.ensure_future(server.submit("DELETE_AUTHENTICATORS", parameters))
        late = asyncio.ensure_future(holder.submit("CREATE_USERS_V4", users))
        assert (await deletion).result
        assert (await late).error == (404, 5, "CREDENTIAL_NOT_FOUND")
        assert len((await server.query("list_users")).json["users"]) == 1

    async def test_a_credential_id_may_come_back_once_it_is_free(self, server: ComposedServer) -> None:
        holder = await register(server, server.root)
        ann = await server.add_user("ann")
        parameters = {"userId": ann.user_id, "authenticators": [holder.passkey.registration()]}
        reply = await server.submit("CREATE_AUTHENTICATORS_V2", parameters)
        assert reply.error == (409, 6, "")
        assert (
            await server.submit("DELETE_AUTHENTICATORS", {"userId": holder.user_id, "authenticatorIds": [holder.id]})
        ).result
        anew = await register(server, ann, holder.passkey)
        assert found(await anew.whoami()) == (ann.organization_id, ann.user_id)

    async def test_one_s_own_passkeys_are_one_s_own(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        holder = await register(server, ann)
        parameters = {"userId": server.root.user_id, "authenticators": [SoftwareAuthenticator().registration()]}
        assert (await holder.submit("CREATE_AUTHENTICATORS_V2", parameters)).error == (403, 7, "")
        key = {"userId": ann.user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256))]}
        assert (await holder.submit("CREATE_API_KEYS_V2", key)).result
        own = {"userId": ann.user_id, "authenticatorIds": [holder.id]}
        assert (await holder.submit("DELETE_AUTHENTICATORS", own)).result

    async def test_passkeys_vote(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        await server.set_root_quorum(2, server.root, ann)
        one, two = await register(server, server.root), await register(server, ann)
        users = {"users": [user_params("bob", generate_key_pair(Curve.P256))]}
        waiting = (await one.submit("CREATE_USERS_V4", users)).activity
        assert waiting["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        done = (await two.submit("APPROVE_ACTIVITY", {"fingerprint": waiting["fingerprint"]})).activity
        assert done["status"] == "ACTIVITY_STATUS_COMPLETED"
        assert [vote["publicKey"] for vote in done["votes"]] == [one.passkey.public_key, two.passkey.public_key]

    async def test_new_users_bring_their_passkeys(self, server: ComposedServer) -> None:
        passkeys = [SoftwareAuthenticator() for _ in range(3)]
        users = [
            user_params("ann", authenticators=[passkeys[0].registration("a"), passkeys[1].registration("b")]),
            user_params("bob", authenticators=[passkeys[2].registration("c")]),
        ]
        ids = (await server.submit("CREATE_USERS_V4", {"users": users})).result["userIds"]
        for passkey, user_id in zip(passkeys, [ids[0], ids[0], ids[1]], strict=True):
            holder = Holder(server, server.root.organization_id, user_id, passkey)
            assert found(await holder.whoami()) == (server.root.organization_id, user_id)
        again = [user_params("eve", authenticators=[passkeys[0].registration()])]
        assert (await server.submit("CREATE_USERS_V4", {"users": again})).error == (409, 6, "")
        fresh = SoftwareAuthenticator()
        twice = [user_params(name, authenticators=[fresh.registration()]) for name in ("eve", "eva")]
        assert (await server.submit("CREATE_USERS_V4", {"users": twice})).error == (409, 6, "")

    async def test_older_versions_of_new_users_and_organizations_bring_theirs(self, server: ComposedServer) -> None:
        passkey = SoftwareAuthenticator()
        parameters = {"name": "Old", "rootAuthenticator": passkey.registration()}
        reply = await server.submit("CREATE_SUB_ORGANIZATION", parameters)
        sub_id = reply.result["subOrganizationId"]
        holder = Holder(server, sub_id, "", passkey)
        who = (await holder.whoami()).json
        assert (who["organizationId"], who["username"]) == (sub_id, "Root user")
        old = SoftwareAuthenticator()
        user = {
            "userName": "old",
            "accessType": "ACCESS_TYPE_WEB",
            "apiKeys": [],
            "authenticators": [old.registration_v1(server.root.user_id)],
            "userTags": [],
        }
        assert (await server.submit("CREATE_USERS", {"users": [user]})).result["userIds"]
        assert (await Holder(server, server.root.organization_id, "", old).whoami()).json["username"] == "old"

    async def test_a_user_holds_ten(self, server: ComposedServer) -> None:
        eleven = [SoftwareAuthenticator().registration() for _ in range(11)]
        users = [user_params("ann", authenticators=eleven)]
        reply = await server.submit("CREATE_USERS_V4", {"users": users})
        assert reply.error == (429, 8, "")
        assert reply.message.startswith("user has exceeded maximum authenticators")
