"""``list_activities`` with a type that matches nothing walked through the whole history, 400,000 rows in one that was
tried, and took the event loop for as long. It is some steps in an index now, whatever the history.
"""

from __future__ import annotations

from typing import Any

import pytest

from composed import ComposedServer
from counterseal.contract.shapes import ActivityType

STEPS_MAX = 2_000
"""Of SQLite's machine, for the look-up of the caller too."""

ALL_TYPES = sorted(ActivityType)
"""Each of them was looked for by itself, whether the organization has any of it or not."""

NOTHING = (
    {"filterByType": ["ACTIVITY_TYPE_CREATE_USERS_V4"]},
    {"filterByType": ["ACTIVITY_TYPE_CREATE_USER_TAG"], "filterByStatus": ["ACTIVITY_STATUS_REJECTED"]},
    {"filterByStatus": ["ACTIVITY_STATUS_FAILED"]},
    {"filterByStatus": ["ACTIVITY_STATUS_FAILED"], "paginationOptions": {"limit": "100"}},
    {"filterByType": ALL_TYPES, "filterByStatus": ["ACTIVITY_STATUS_FAILED", "ACTIVITY_STATUS_REJECTED"]},
)


@pytest.mark.parametrize("filters", NOTHING, ids=lambda filters: str(filters)[:80])
async def test_it_costs_the_same_after_any_history(server: ComposedServer, filters: dict[str, Any]) -> None:
    for number in range(10):
        await server.submit("CREATE_USER_TAG", {"userTagName": f"{number}", "userIds": []})
    tag_id = (await server.query("list_user_tags")).json["userTags"][0]["tagId"]
    costs = [await steps(server, filters)]
    for number in range(300):
        await server.submit("UPDATE_USER_TAG", {"userTagId": tag_id, "newUserTagName": f"new {number}"})
    costs.append(await steps(server, filters))
    assert max(costs) < STEPS_MAX, costs


async def steps(server: ComposedServer, filters: dict[str, Any]) -> int:
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    reader = server.store._reader  # type: ignore[attr-defined]
    reader.set_progress_handler(step, 1)
    reply = await server.query("list_activities", **filters)
    reader.set_progress_handler(None, 0)
    assert reply.json == {"activities": []}
    return count
