"""A policy number with 5,000 leading zeros was answered 500: Python refuses to read so many digits. So it is with every
text of a policy, a case or an intent that becomes a number or a date."""

from __future__ import annotations

from typing import Any

import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.policy import PolicyCase, run_case
from office import Office

ZEROS, NINES = "0" * 5_000, "9" * 5_000


def policy(**texts: str) -> dict[str, Any]:
    return {"policyName": "p", "effect": "EFFECT_ALLOW", "notes": ""} | texts


@pytest.mark.parametrize(
    ("texts", "status"),
    [
        ({"condition": f"1 == {ZEROS}1"}, 200),
        ({"condition": f"'abc'[{ZEROS}1] == 'b'"}, 200),
        ({"condition": f"'abc'[{'0' * 3_000}..{'0' * 3_000}2] == 'ab'"}, 200),
        ({"consensus": f"approvers.count() in [{ZEROS}, {'0' * 2_000}2]"}, 200),
        ({"condition": f"1 == {NINES}"}, 400),
        ({"condition": f"'abc'[{NINES}] == 'b'"}, 400),
        ({"condition": f"'abc'[0..{NINES}] == 'b'"}, 400),
        ({"condition": f"1 == {2**256 - 1} && 'abc'[{2**256 - 1}] == 'b' && 'a'[0..{2**256 - 1}] == 'b'"}, 200),
        ({"condition": f"1 == {2**256}"}, 400),
        ({"time": f"CronSpan('{ZEROS}1 * * * *', '1h', 'UTC')"}, 400),
        ({"time": f"CronSpan('* * * * *', '{ZEROS}1h', 'UTC')"}, 400),
        ({"time": f"CronSpan('* * * * *', '{NINES}h', 'UTC')"}, 400),
        ({"time": f"CronSpan('{NINES}-{NINES} * * * *', '1h', 'UTC')"}, 400),
        ({"time": f"CronSpan('* * * * *', '1h', 'Etc/GMT+{NINES}')"}, 400),
        ({"time": f"CronSpan('{'1,' * 4_000}1 * * * *', '1h', 'UTC')"}, 200),
        ({"time": "time.now < Timestamp('9999-12-31T23:59:59.999999Z')"}, 200),
        ({"time": "time.now > Timestamp('0001-01-01T00:00:00Z')"}, 200),
        ({"time": "time.now > Timestamp('0000-01-01T00:00:00Z')"}, 400),
        ({"time": "time.now > Timestamp('2026-02-30T00:00:00Z')"}, 400),
        ({"time": "time.now > Timestamp('99999-01-01T00:00:00Z')"}, 400),
        ({"time": f"time.now > Timestamp('2026-01-01T00:00:00.{ZEROS}Z')"}, 400),
        ({"time": "time.now > Timestamp('２０２６-01-01T00:00:00Z')"}, 400),
    ],
)
async def test_a_policy_is_stored_or_refused_and_decides(office: Office, texts: dict[str, str], status: int) -> None:
    reply = await office.server.submit("CREATE_POLICY_V3", policy(**texts))
    assert reply.status == status, reply.body
    if status == 400:
        assert reply.message.startswith(f"invalid policy {next(iter(texts))}: line 1, column ")
    for effect in "ALLOW", "DENY":
        await office.policy(f"EFFECT_{effect}", "activity.action == 'NONE'", None)
    proposal = await office.propose(office.guest)
    assert proposal.reply.status in (200, 403)
    simulated = await office.simulate(proposal.body, by=office.guest)
    assert simulated.status == 200


@pytest.mark.parametrize(
    "context",
    [
        {"eth": {"tx": {"value": int("9" * 4_000)}}},
        {"eth": {"tx": {"value": -(10**4_000)}}},
        {"activity": {"params": {"ids": ["a"] * 3, "n": 10**4_000}}},
    ],
)
def test_a_fact_however_large_is_compared_or_fails_and_can_be_shown(context: dict[str, Any]) -> None:
    for condition in (
        "eth.tx.value > 5",
        "eth.tx.value == 5 || eth.tx.value in [1]",
        "activity.params.ids[activity.params.n] == 'a'",
        "activity.params.n == 1",
        "[activity.params.n].any(x, x == 1)",
    ):
        case = PolicyCase(name="large", context=context, expected="OUTCOME_ALLOW", kind="policy", condition=condition)
        assert run_case(case).actual.startswith("OUTCOME_")


@pytest.mark.parametrize("now", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", ZEROS])
def test_a_case_at_an_instant_that_no_zone_has(now: str) -> None:
    span = "CronSpan('* * * * *', '7d', 'Pacific/Kiritimati')"
    with pytest.raises(InvalidRequest, match="case 'far'"):
        run_case(PolicyCase(name="far", context={"time_now": now}, expected="OUTCOME_ALLOW", kind="policy", time=span))


@pytest.mark.parametrize("number", [ZEROS + "5", NINES, "-" + NINES, "5" * 21, "1e400", "0x5", "5.0", "五"])
@pytest.mark.parametrize("as_text", [True, False])
async def test_numbers_of_intents_and_envelopes(office: Office, number: str, as_text: bool) -> None:
    """Each place of the contract in which a decimal text is a number."""
    written = f'"{number}"' if as_text else number
    server, organization = office.server, office.server.root.organization_id

    async def sent(path: str, body: str) -> int:
        return (await server.post(f"/public/v1/{path}", body.encode(), by=server.root)).status

    key = '{"apiKeyName": "k", "publicKey": "02", "curveType": "API_KEY_CURVE_P256", "expirationSeconds": %s}'
    keys = '{"type": "ACTIVITY_TYPE_CREATE_API_KEYS_V2", "organizationId": "%s", "timestampMs": "%s", "parameters": %s}'
    stamp = str(server.clock.now_ms())
    parameters = f'{{"userId": "{server.root.user_id}", "apiKeys": [{key % written}]}}'
    assert await sent("submit/create_api_keys", keys % (organization, stamp, parameters)) == 400
    late = (
        f'{{"type": "ACTIVITY_TYPE_CREATE_API_KEYS_V2", "organizationId": "{organization}", "timestampMs": {written}}}'
    )
    assert await sent("submit/create_api_keys", late) == 400
    page = f'{{"organizationId": "{organization}", "paginationOptions": {{"limit": {written}}}}}'
    assert await sent("query/list_activities", page) in (200, 400)
    quorum = (
        '{"type": "ACTIVITY_TYPE_UPDATE_ROOT_QUORUM", "organizationId": "%s", "timestampMs": "%s", "parameters": %s}'
    )
    parameters = f'{{"threshold": {written}, "userIds": ["{server.root.user_id}"]}}'
    assert await sent("submit/update_root_quorum", quorum % (organization, stamp, parameters)) == 400
