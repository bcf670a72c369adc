"""A page of activities was bounded in items only: a hundred activities of the largest body made a reply of more than a
hundred megabytes. A page over the bound is refused with the limit that fits, so that nobody takes a short page for the
last one (@turnkey/core goes on only while a page is full).
"""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from composed import ComposedServer, Reply
from counterseal.queries.activities import list_activities as module
from largest_activities import with_the_largest_body

BOUND = 250_000
LARGE_NOTES = "\N{GRINNING FACE}" * 4096
"""A policy with these takes nearly a third of such a page: its body has twelve bytes for each."""


@pytest_asyncio.fixture
async def history(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of 25 activities, newest first; each of the five oldest takes nearly a third of a page."""
    monkeypatch.setattr(module, "PAGE_BYTES_MAX", BOUND)
    for number in range(5):
        policy = {"policyName": f"{number}", "effect": "EFFECT_ALLOW", "condition": "false", "notes": LARGE_NOTES}
        assert (await server.submit("CREATE_POLICY_V3", policy)).status == 200
    for number in range(20):
        reply = await server.submit("CREATE_USER_TAG", {"userTagName": f"{number}", "userIds": []})
        assert reply.status == 200
    return (await all_ids(server, limit=10))[0]


async def listed(server: ComposedServer, **options: Any) -> Reply:
    return await server.query("list_activities", paginationOptions=options)


async def all_ids(server: ComposedServer, *, limit: int) -> tuple[list[str], int]:
    """Every id, as @turnkey/core pages: on while pages are full. A refused limit is lowered. And the last limit."""
    found: list[str] = []
    while True:
        reply = await listed(server, limit=str(limit), after=found[-1] if found else "")
        if reply.status == 400:
            limit = int(reply.message.split("at most ")[1].split()[0])
            continue
        page = [activity["id"] for activity in reply.json["activities"]]
        found += page
        if len(page) < limit:
            return found, limit


async def test_a_page_over_the_bound_says_what_would_fit(server: ComposedServer, history: list[str]) -> None:
    reply = await listed(server, limit="100")
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert "`paginationOptions.limit`" in reply.message
    fits = int(reply.message.split("at most ")[1].split()[0])
    assert 20 < fits < 25
    page = await listed(server, limit=str(fits))
    assert [activity["id"] for activity in page.json["activities"]] == history[:fits]
    assert len(page.body) < BOUND + 1000
    assert (await listed(server, limit=str(fits + 1))).status == 400


@pytest.mark.parametrize("limit", [100, 25, 24, 7, 1])
async def test_who_pages_on_while_pages_are_full_sees_everything(
    server: ComposedServer, history: list[str], limit: int
) -> None:
    found, _ = await all_ids(server, limit=limit)
    assert found == history
    assert len(set(history)) == 25


async def test_backwards_what_is_next_to_the_cursor_counts_first(server: ComposedServer, history: list[str]) -> None:
    reply = await listed(server, limit="24", before=history[-1])
    fits = int(reply.message.split("at most ")[1].split()[0])
    page = await listed(server, limit=str(fits), before=history[-1])
    assert [activity["id"] for activity in page.json["activities"]] == history[-1 - fits : -1]
    nearest = await listed(server, limit="15", before=history[18])
    assert [activity["id"] for activity in nearest.json["activities"]] == history[3:18]


async def test_between_two_cursors(server: ComposedServer, history: list[str]) -> None:
    page = await listed(server, limit="100", after=history[1], before=history[17])
    assert [activity["id"] for activity in page.json["activities"]] == history[2:17]
    page = await listed(server, limit="12", after=history[1], before=history[17])
    assert [activity["id"] for activity in page.json["activities"]] == history[2:14]


async def test_one_activity_is_always_shown(
    server: ComposedServer, history: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE_BYTES_MAX", 10)
    page = await listed(server, limit="1")
    assert [activity["id"] for activity in page.json["activities"]] == history[:1]
    assert (await listed(server)).status == 400


async def test_ten_activities_of_the_largest_body_are_a_page(server: ComposedServer) -> None:
    await with_the_largest_body(server, 11)
    page = await server.query("list_activities")
    assert len(page.json["activities"]) == 10
    assert 19_000_000 < len(page.body) < module.PAGE_BYTES_MAX
