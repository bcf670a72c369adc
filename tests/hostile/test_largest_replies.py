"""No reply is larger than docs/operations.md promises, whatever members of an organization have stored."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import largest
from composed import ComposedServer
from counterseal.http.large_replies import Place
from counterseal.queries import implemented_queries
from counterseal.queries.activities.list_activities import PAGE_BYTES_MAX
from largest_activities import with_the_largest_body, with_the_most_votes

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
LARGE_BYTES = 1024 * 1024
"""A reply without a place is no larger: not all of it counts for ``SMALL_REPLY_BYTES``, but nearly."""
UNITS = {"KiB": 1024, "MiB": 1024 * 1024}


NOT_FILLED = {
    *("list_secrets", "get_smart_contract_interface", "list_smart_contract_interfaces"),
    *("list_app_proofs", "get_boot_proof", "get_latest_boot_proof"),
}
"""Proofs are there of who asks for them. To read sixteen megabytes of interfaces takes minutes; of secrets and
interfaces the promise is what limits make.
"""


def promised() -> dict[str, int]:
    """Bytes by the name of the query, as the table has them."""
    text = PAGE.read_text("utf-8").partition("### The largest replies")[2].partition("###")[0]
    rows = re.findall(r"^\| (`.*`) \| (\d+) (KiB|MiB) \|", text, re.MULTILINE)
    return {
        name: int(number) * UNITS[unit] for names, number, unit in rows for name in re.findall(r"`([a-z_]+)`", names)
    }


def test_every_query_has_a_promise() -> None:
    assert set(promised()) == implemented_queries()


@pytest.mark.slow
async def test_no_reply_is_larger_than_promised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is any large one made without a place."""
    server = await ComposedServer.start(tmp_path)
    places, take = 0, Place.take

    async def counted(place: Place, address: str, organization_id: str) -> None:
        nonlocal places
        places += 1
        await take(place, address, organization_id)

    monkeypatch.setattr(Place, "take", counted)

    async def submit(activity_type: str, parameters: Any) -> Any:
        return (await server.submit(activity_type, parameters)).result

    organization = await largest.fill(submit, root=largest.Member(server.root.user_id, server.root.key))
    await largest.fill_wallets(submit)
    wallets = (await server.query("list_wallets")).json["wallets"]
    accounts = (await server.query("list_wallet_accounts")).json["accounts"]
    private_keys = (await server.query("list_private_keys")).json["privateKeys"]
    account = {"walletId": accounts[0]["walletId"], "address": accounts[0]["address"]}
    places = 0
    large = await with_the_largest_body(server, 11)
    assert places == len(large), "what a submission is answered counts"
    profiles = [
        await submit("CREATE_SESSION_PROFILE", largest.session_profile(at)) for at in range(largest.SESSION_PROFILES)
    ]
    await submit("SET_IP_ALLOWLIST", largest.ip_allowlist())
    voted = await with_the_most_votes(server, organization)
    member = organization.members[0].user_id
    user = (await server.query("get_user", userId=member)).json["user"]
    questions: dict[str, list[dict[str, Any]]] = {name: [{}] for name in implemented_queries() - NOT_FILLED} | {
        "get_wallet": [{"walletId": wallets[-1]["walletId"]}],
        "get_wallet_account": [account],
        "list_wallet_accounts": [{"includeWalletDetails": True, "paginationOptions": {"limit": "100"}}],
        "get_private_key": [{"privateKeyId": private_keys[-1]["privateKeyId"]}],
        "get_activity": [{"activityId": voted}, {"activityId": large[0]}],
        "list_activities": [{}, *({"paginationOptions": {"limit": str(limit)}} for limit in (1, 6, 7, 100))],
        "get_policy_evaluations": [{"activityId": voted}],
        "get_user": [{"userId": member}],
        "get_api_key": [{"apiKeyId": user["apiKeys"][0]["apiKeyId"]}],
        "get_authenticator": [{"authenticatorId": user["authenticators"][0]["authenticatorId"]}],
        "get_authenticators": [{"userId": member}],
        "get_policy": [{"policyId": organization.policy_ids[-1]}],
        "get_session_profile": [{"sessionProfileId": profiles[-1]["sessionProfileId"]}],
        "list_suborgs": [{"paginationOptions": {"limit": "100"}}],
    }
    found = {}
    for name, asked in questions.items():
        replies = []
        for members in asked:
            places = 0
            replies.append(await server.query(name, **members))
            assert places or len(replies[-1].body) <= LARGE_BYTES, name
        assert {reply.status for reply in replies} <= {200, 400}
        assert any(reply.status == 200 for reply in replies), name
        found[name] = max(len(reply.body) for reply in replies)
    found["list_verified_suborgs"] = max(found["list_verified_suborgs"], found["list_suborgs"])
    limits = promised()
    assert {name: size for name, size in found.items() if size > limits[name]} == {}
    idle = {name: size for name, size in found.items() if size < limits[name] / 4 and limits[name] > 8 * 1024}
    assert not idle, "a promise that is never near is none"
    assert limits["list_activities"] == limits["get_activity"] == PAGE_BYTES_MAX
    await server.app.stop()
