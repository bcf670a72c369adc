"""create_policy, create_policies, update_policy, delete_policy, delete_policies."""

from __future__ import annotations

from typing import Any

import pytest

from office import Office

STRANGER = "3f1c5d0e-6f0b-4a0e-8a3e-0b9d1f2a3c4d"


def policy(name: str = "p", **more: Any) -> dict[str, Any]:
    return {"policyName": name, "effect": "EFFECT_ALLOW", "condition": "true", "consensus": "true", "notes": ""} | more


async def read(office: Office, policy_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await office.server.query("get_policy", policyId=policy_id)).json["policy"]
    return found


async def names(office: Office) -> list[str]:
    return [each["policyName"] for each in (await office.server.query("list_policies")).json["policies"]]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"condition": "eth.tx.valeu > 1"}, "invalid policy condition: line 1, column 8: "),
        ({"condition": "approvers.count() > 1"}, "invalid policy condition: line 1, column 1: "),
        ({"consensus": "approvers.count()"}, "invalid policy consensus: line 1, column 11: "),
        ({"consensus": "approvers.any(u,\n u.id = 'x')"}, "invalid policy consensus: line 2, column 7: "),
        ({"time": "CronSpan('0 9 * * 1-5', '8h', 'Atlantis/Capital')"}, "invalid policy time: line 1, "),
        ({"condition": "(" * 65 + "true" + ")" * 65}, "invalid policy condition: "),
        ({"condition": "true && " * 1024 + "true"}, "invalid policy condition: "),
        ({"policyName": ""}, "invalid request body: expected 1 to 255 characters, got 0 at `policyName`"),
        ({"notes": "x" * 4097}, "invalid request body: expected at most 4096 characters, got 4097 at `notes`"),
        (
            {"notes": "a\x1bb"},
            "invalid request body: expected no control characters but tabs and ends of lines, got U+001B at `notes`",
        ),
        ({"condition": "'\x01' == ''"}, "invalid request body: expected no control characters"),
        ({"effect": "EFFECT_PERHAPS"}, "invalid request body: expected one of EFFECT_ALLOW, EFFECT_DENY"),
    ],
)
async def test_what_does_not_check_is_not_stored(office: Office, given: dict[str, str], message: str) -> None:
    reply = await office.server.submit("CREATE_POLICY_V3", policy(**given))
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert reply.message.startswith(message), reply.message
    assert await names(office) == []


async def test_the_nearest_name_is_suggested(office: Office) -> None:
    reply = await office.server.submit("CREATE_POLICY_V3", policy(condition="eth.tx.valeu > 1"))
    assert "value" in reply.message


@pytest.mark.parametrize("version", ["CREATE_POLICY", "CREATE_POLICY_V2"])
async def test_selectors_are_refused_with_the_way_out(office: Office, version: str) -> None:
    selectors = [{"subject": "user.id", "operator": "OPERATOR_EQUAL", "target": "x", "targets": ["x"]}]
    parameters = {"policyName": "old", "selectors": selectors, "effect": "EFFECT_ALLOW", "notes": ""}
    reply = await office.server.submit(version, parameters)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert reply.message == "policies with selectors are not supported: use ACTIVITY_TYPE_CREATE_POLICY_V3"


async def test_names_are_unique(office: Office) -> None:
    assert (await office.server.submit("CREATE_POLICY_V3", policy("one"))).result
    second = (await office.server.submit("CREATE_POLICY_V3", policy("two"))).result["policyId"]
    again = await office.server.submit("CREATE_POLICY_V3", policy("one"))
    assert again.error == (400, 3, "REQUEST_INVALID")
    assert again.message.startswith("policy label must be unique: 'one' is taken")
    renamed = await office.server.submit("UPDATE_POLICY_V2", {"policyId": second, "policyName": "one"})
    assert renamed.message.startswith("policy label must be unique")
    twins = await office.server.submit("CREATE_POLICIES", {"policies": [policy("new"), policy("new")]})
    assert twins.message.startswith("policy label must be unique: 'new' is taken")
    assert await names(office) == ["one", "two"]


async def test_several_are_made_and_removed_together_or_not_at_all(office: Office) -> None:
    bad = await office.server.submit("CREATE_POLICIES", {"policies": [policy("a"), policy("b", condition="x")]})
    assert bad.message.startswith("invalid policy condition")
    assert (await office.server.submit("CREATE_POLICIES", {"policies": []})).status == 400
    made = (await office.server.submit("CREATE_POLICIES", {"policies": [policy("a"), policy("b")]})).result["policyIds"]
    assert [(await read(office, each))["policyName"] for each in made] == ["a", "b"]
    for ids, status in ([], 400), ([made[0], made[0]], 400), ([made[0], STRANGER], 404):
        assert (await office.server.submit("DELETE_POLICIES", {"policyIds": ids})).status == status
    assert await names(office) == ["a", "b"]
    assert (await office.server.submit("DELETE_POLICIES", {"policyIds": made})).result == {"policyIds": made}
    assert await names(office) == []


async def test_there_are_at_most_a_hundred(office: Office) -> None:
    hundred = [policy(f"p{number}") for number in range(100)]
    over = await office.server.submit("CREATE_POLICIES", {"policies": [*hundred, policy("one more")]})
    assert over.error == (429, 8, "")
    made = (await office.server.submit("CREATE_POLICIES", {"policies": hundred})).result["policyIds"]
    again = await office.server.submit("CREATE_POLICY_V3", policy("one more"))
    assert again.error == (429, 8, "")
    assert "it has 100 of at most 100" in again.message
    assert (await office.server.submit("DELETE_POLICY", {"policyId": made[0]})).result == {"policyId": made[0]}
    assert (await office.server.submit("CREATE_POLICY_V3", policy("one more"))).result


@pytest.mark.parametrize("version", ["UPDATE_POLICY", "UPDATE_POLICY_V2"])
async def test_an_update_changes_what_it_names_and_keeps_the_rest(office: Office, version: str) -> None:
    before = policy("old", notes="kept", consensus="approvers.count() >= 2")
    policy_id = (await office.server.submit("CREATE_POLICY_V3", before)).result["policyId"]
    office.server.clock.advance(seconds=5)
    change = {"policyId": policy_id, "policyName": "new", "policyCondition": "false"}
    assert (await office.server.submit(version, change)).result["policyId"] == policy_id
    after = await read(office, policy_id)
    assert after["policyName"] == "new"
    assert after["condition"] == "false"
    assert after["consensus"] == "approvers.count() >= 2"
    assert (after["effect"], after["notes"]) == ("EFFECT_ALLOW", "kept")
    assert int(after["updatedAt"]["seconds"]) >= int(after["createdAt"]["seconds"]) + 5


async def test_a_null_keeps_and_an_empty_time_clears(office: Office) -> None:
    time = "CronSpan('0 9 * * 1-5', '8h', 'UTC')"
    policy_id = (await office.server.submit("CREATE_POLICY_V3", policy(time=time))).result["policyId"]
    change = {"policyId": policy_id, "policyCondition": "false", "policyConsensus": None, "policyEffect": "EFFECT_DENY"}
    assert (await office.server.submit("UPDATE_POLICY_V2", change)).result
    after = await read(office, policy_id)
    assert (after["condition"], after["consensus"], after["time"]) == ("false", "true", time)
    assert after["effect"] == "EFFECT_DENY"
    assert (await office.server.submit("UPDATE_POLICY_V2", {"policyId": policy_id, "time": ""})).result
    assert "time" not in await read(office, policy_id)


async def test_an_update_is_checked_like_a_new_one(office: Office) -> None:
    policy_id = (await office.server.submit("CREATE_POLICY_V3", policy())).result["policyId"]
    for change, status in (
        ({"policyId": policy_id, "policyCondition": "eth.tx.nothing == 1"}, 400),
        ({"policyId": policy_id, "policyName": ""}, 400),
        ({"policyId": STRANGER, "policyName": "x"}, 404),
        ({"policyId": "x"}, 400),
    ):
        assert (await office.server.submit("UPDATE_POLICY_V2", change)).status == status
    assert (await read(office, policy_id))["condition"] == "true"
    for kind in "DELETE_POLICY", "UPDATE_POLICY_V2":
        assert (await office.server.submit(kind, {"policyId": STRANGER})).status == 404


async def test_policies_may_let_others_make_policies(office: Office) -> None:
    assert (await office.server.submit("CREATE_POLICY_V3", policy(), by=office.agent)).status == 403
    await office.allow("activity.resource == 'POLICY' && activity.action == 'CREATE'", office.tagged(office.agents))
    own = policy("by the agent", condition="false")
    assert (await office.server.submit("CREATE_POLICY_V3", own, by=office.agent)).result
    assert (await office.server.submit("CREATE_POLICY_V3", policy("by a guest"), by=office.guest)).status == 403
