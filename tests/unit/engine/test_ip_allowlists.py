"""IP allow-lists from request to act: who has one, what it is asked of, and when."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply
from counterseal.crypto import Curve, generate_key_pair
from passkey_holders import register

HERE, THERE = "192.0.2.1", "198.51.100.1"
NOT_ALLOWED = "request not authorized: source IP is not allowed"


async def allow(server: ComposedServer, *cidrs: str, enabled: bool = True, **more: Any) -> None:
    parameters = {"rules": [{"cidr": cidr} for cidr in cidrs], "enabled": enabled} | more
    if "publicKey" in more:
        del parameters["enabled"]
    assert (await server.submit("SET_IP_ALLOWLIST", parameters)).status == 200


async def from_(server: ComposedServer, address: str, by: Actor, **members: Any) -> Reply:
    before, server.address = server.address, address
    try:
        return await server.query("whoami", by=by, **members)
    finally:
        server.address = before


async def tag_from(server: ComposedServer, address: str, by: Actor, name: str) -> Reply:
    before, server.address = server.address, address
    try:
        return await server.submit("CREATE_USER_TAG", {"userTagName": name, "userIds": []}, by=by)
    finally:
        server.address = before


def assert_refused(reply: Reply) -> None:
    assert reply.error == (403, 7, "REQUEST_NOT_AUTHORIZED"), reply.body
    assert reply.message == NOT_ALLOWED


@pytest.fixture(autouse=True)
def _here(server: ComposedServer) -> None:
    server.address = HERE


async def shown(server: ComposedServer, **members: Any) -> Any:
    return (await server.query("get_ip_allowlist", **members)).json["allowlist"]


class TestSetting:
    async def test_it_is_shown_as_it_counts(self, server: ComposedServer) -> None:
        assert await shown(server) == {"organizationId": server.root.organization_id, "rules": []}
        rules = [{"cidr": "192.0.2.9/24", "label": "office"}, {"cidr": "192.0.2.0/24", "label": "again"}]
        assert (await server.submit("SET_IP_ALLOWLIST", {"rules": rules, "onEvaluationError": "ALLOW"})).status == 200
        found = await shown(server)
        (rule,) = found.pop("rules")
        assert rule["createdAt"].isdigit()
        assert (rule["cidr"], rule["label"]) == ("192.0.2.0/24", "office")
        assert found == {
            "organizationId": server.root.organization_id,
            "enabled": False,
            "onEvaluationError": "ALLOW",
        }
        await allow(server, "192.0.2.0/24", "2001:db8::/48")
        found = await shown(server)
        assert (len(found["rules"]), found["enabled"], found["onEvaluationError"]) == (2, True, "DENY")
        assert (await server.submit("REMOVE_IP_ALLOWLIST", {})).status == 200
        assert "enabled" not in await shown(server)
        assert (await server.submit("REMOVE_IP_ALLOWLIST", {})).error == (404, 5, "")

    async def test_a_key_has_its_own_as_long_as_it_is_there(self, server: ComposedServer) -> None:
        key = (await server.add_key(server.root)).public_key
        await allow(server, "198.51.100.0/24", publicKey=key.upper())
        found = await shown(server, publicKey=key)
        assert (found["publicKey"], [each["cidr"] for each in found["rules"]]) == (key, ["198.51.100.0/24"])
        assert "enabled" not in found
        assert (await server.submit("REMOVE_IP_ALLOWLIST", {"publicKey": key})).status == 200
        assert (await server.submit("REMOVE_IP_ALLOWLIST", {"publicKey": key})).error == (404, 5, "")
        for kind in "SET_IP_ALLOWLIST", "REMOVE_IP_ALLOWLIST":
            assert (await server.submit(kind, {"publicKey": "02" * 33})).error == (404, 5, "")
        assert (await server.query("get_ip_allowlist", publicKey="02" * 33)).error == (404, 5, "")

    async def test_sub_organizations_have_none(self, server: ComposedServer) -> None:
        (ann,) = await server.add_sub_organization("ann")
        for kind in "SET_IP_ALLOWLIST", "REMOVE_IP_ALLOWLIST":
            assert (await server.submit(kind, {}, by=ann)).error == (400, 3, "INVALID_ACTIVITY_CALLER")

    @pytest.mark.parametrize(
        ("members", "words"),
        [
            ({"rules": [{"cidr": "10.0.0.0/8"}]}, "invalid CIDR at index 0"),
            ({"rules": [{"cidr": "10.0.0.1", "label": ""}]}, "rules[0].label"),
            ({"onEvaluationError": "MAYBE"}, "expected ALLOW or DENY"),
        ],
    )
    async def test_what_is_wrong_is_named(self, server: ComposedServer, members: Any, words: str) -> None:
        reply = await server.submit("SET_IP_ALLOWLIST", members)
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert words in reply.message

    async def test_a_key_s_list_cannot_be_switched_off(self, server: ComposedServer) -> None:
        key = server.root.public_key
        assert (await server.submit("SET_IP_ALLOWLIST", {"publicKey": key, "enabled": False})).status == 400

    async def test_policies_give_the_right_to_it(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        assert (await server.submit("SET_IP_ALLOWLIST", {}, by=ann)).status == 403
        policy = {"policyName": "p", "effect": "EFFECT_ALLOW", "notes": "", "consensus": "true"}
        assert (await server.submit("CREATE_POLICY_V3", policy | {"condition": "activity.resource == 'CONFIG'"})).result
        assert (await server.submit("SET_IP_ALLOWLIST", {}, by=ann)).status == 200


class TestAsking:
    async def test_every_stamped_request_is_asked(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        holder = await register(server, server.root)
        await allow(server, "192.0.2.0/24")
        for user in server.root, ann:
            assert (await from_(server, HERE, user)).status == 200
            assert_refused(await from_(server, THERE, user))
            assert_refused(await tag_from(server, THERE, user, "one"))
        assert (await tag_from(server, HERE, server.root, "one")).result
        server.address = THERE
        assert_refused(await holder.submit("CREATE_READ_ONLY_SESSION", {}))

    async def test_it_counts_from_the_next_request_on_and_after_a_restart(self, server: ComposedServer) -> None:
        await allow(server, "192.0.2.0/24", enabled=False)
        assert (await from_(server, THERE, server.root)).status == 200
        await allow(server, "192.0.2.0/24")
        assert_refused(await from_(server, THERE, server.root))
        await server.restart()
        assert_refused(await from_(server, THERE, server.root))
        assert (await server.submit("REMOVE_IP_ALLOWLIST", {})).status == 200
        assert (await from_(server, THERE, server.root)).status == 200

    async def test_known_bytes_are_asked_too(self, server: ComposedServer) -> None:
        body = server.activity_body("CREATE_USER_TAG", {"userTagName": "one", "userIds": []})
        path = "/public/v1/submit/create_user_tag"
        assert (await server.post(path, body, by=server.root)).result
        await allow(server, "192.0.2.0/24")
        server.address = THERE
        assert_refused(await server.post(path, body, by=server.root))

    async def test_a_stranger_learns_nothing_of_it(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        await allow(server, "192.0.2.0/24")
        body = json.dumps({"organizationId": ann.organization_id}).encode()
        server.address = THERE
        forged = await server.post("/public/v1/query/whoami", body, by=generate_key_pair(Curve.P256))
        assert forged.status == 401

    async def test_rules_of_a_key_count_instead(self, server: ComposedServer) -> None:
        other = await server.add_key(server.root)
        await allow(server, "192.0.2.0/24")
        await allow(server, "198.51.100.0/24", publicKey=other.public_key)
        assert (await from_(server, THERE, other)).status == 200
        assert_refused(await from_(server, HERE, other))
        assert (await from_(server, HERE, server.root)).status == 200
        await allow(server, publicKey=other.public_key)
        assert (await from_(server, HERE, other)).status == 200

    @pytest.mark.parametrize(("on_error", "status"), [("DENY", 403), ("ALLOW", 200)])
    async def test_an_address_that_is_not_known(self, server: ComposedServer, on_error: str, status: int) -> None:
        await allow(server, "192.0.2.0/24", onEvaluationError=on_error)
        assert (await from_(server, "", server.root)).status == status

    async def test_a_parent_s_key_is_asked_wherever_it_reads(self, server: ComposedServer) -> None:
        (ann,) = await server.add_sub_organization("ann")
        await allow(server, "192.0.2.0/24")
        server.address = THERE
        assert_refused(await server.query("list_users", organizationId=ann.organization_id))
        assert (await server.query("list_users", by=ann)).status == 200
        reverse = Actor(server.root.organization_id, ann.user_id, ann.key)
        assert (await server.query("whoami", by=reverse)).status == 200, "its credential is of the sub-organization"

    async def test_read_only_sessions_are_asked(self, server: ComposedServer) -> None:
        token = (await server.submit("CREATE_READ_ONLY_SESSION", {})).result["session"]
        await allow(server, "192.0.2.0/24")
        body = json.dumps({"organizationId": server.root.organization_id}).encode()
        for address, status in (HERE, 200), (THERE, 403):
            server.address = address
            reply = await server.call("POST", "/public/v1/query/whoami", body, [("X-Session", token)])
            assert reply.status == status

    async def test_a_key_s_rules_are_gone_with_it(self, server: ComposedServer) -> None:
        other = await server.add_key(server.root, seconds=60)
        await allow(server, "198.51.100.0/24", publicKey=other.public_key)
        ids = {each["credential"]["publicKey"]: each["apiKeyId"] for each in await _keys(server)}
        gone = {"userId": server.root.user_id, "apiKeyIds": [ids[other.public_key]]}
        assert (await server.submit("DELETE_API_KEYS", gone)).result
        await server.restart()
        assert (await server.query("get_ip_allowlist", publicKey=other.public_key)).status == 404

    async def test_no_rules_shut_everybody_out(self, server: ComposedServer) -> None:
        await allow(server)
        assert_refused(await from_(server, HERE, server.root))
        assert_refused(await server.submit("REMOVE_IP_ALLOWLIST", {}))


async def test_what_was_on_its_way_is_asked_again_at_the_decision(server: ComposedServer) -> None:
    """The same batch: a list that the first sets counts for the second, which was let in before."""
    lock = {"rules": [{"cidr": "203.0.113.0/24"}], "enabled": True}
    first = asyncio.create_task(server.submit("SET_IP_ALLOWLIST", lock))
    second = asyncio.create_task(server.submit("CREATE_USER_TAG", {"userTagName": "late", "userIds": []}))
    assert (await first).status == 200
    assert_refused(await second)


async def _keys(server: ComposedServer) -> Any:
    return (await server.query("get_api_keys", userId=server.root.user_id)).json["apiKeys"]
