"""get_active_policies."""

from __future__ import annotations

from composed import START_MS
from office import Office

AT_EIGHT = "CronSpan('0 8 * * *', '1h', 'UTC')"
FAILS = "[time.now][1] == time.now"


async def test_every_policy_oldest_first_at_the_instant_of_the_request(office: Office) -> None:
    always = await office.allow()
    at_eight = await office.deny(time=AT_EIGHT)
    fails = await office.allow(time=FAILS)
    now_ms = office.server.clock.now_ms()
    organization_id = office.root.organization_id
    assert START_MS < now_ms < START_MS + 60_000
    reply = await office.server.query("get_active_policies")
    assert reply.json == {
        "statuses": [
            {"organizationId": organization_id, "policyId": always, "active": True},
            {"organizationId": organization_id, "policyId": at_eight, "active": True, "timeExpr": AT_EIGHT},
            {
                "organizationId": organization_id,
                "policyId": fails,
                "active": False,
                "timeExpr": FAILS,
                "error": "index 1 is outside a list of length 1",
            },
        ],
        "evaluatedAtMs": str(now_ms),
    }


async def test_a_policy_is_active_while_its_time_is(office: Office) -> None:
    await office.deny(time=AT_EIGHT)
    found = []
    for hours in 0, 1, 23:
        office.server.clock.advance(seconds=hours * 3600)
        reply = await office.server.query("get_active_policies")
        found += [status["active"] for status in reply.json["statuses"]]
    assert found == [True, False, True]


async def test_without_policies_the_list_is_empty_and_there(office: Office) -> None:
    reply = await office.server.query("get_active_policies", by=office.guest)
    assert reply.json == {"statuses": [], "evaluatedAtMs": str(office.server.clock.now_ms())}


async def test_the_parent_reads_those_of_its_sub_organization(office: Office) -> None:
    [owner] = await office.server.add_sub_organization("owner")
    policy = {"policyName": "own", "effect": "EFFECT_ALLOW", "condition": "true", "notes": ""}
    made = await office.server.submit("CREATE_POLICY_V3", policy, by=owner)
    await office.allow()
    for asker in owner, office.root:
        reply = await office.server.query("get_active_policies", by=asker, organizationId=owner.organization_id)
        assert [each["policyId"] for each in reply.json["statuses"]] == [made.result["policyId"]]
        assert reply.json["statuses"][0]["organizationId"] == owner.organization_id
    stranger = await office.server.query("get_active_policies", by=owner, organizationId=office.root.organization_id)
    assert stranger.status == 401
